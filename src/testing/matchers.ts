import type { Decision, MigrationKind, ReasonCode, Scenario, Session } from "../contracts/types.js";
import { verifyWitness, type WitnessInput } from "../session/witness-check.js";

/** What a matcher tells the test runner. */
export interface MatcherAnswer {
  readonly pass: boolean;
  readonly message: () => string;
}

/** The two versions of a move; the old one is absent where it is gone. */
export type Versions = Pick<WitnessInput, "from" | "to">;

/** What a move was decided from, beside the versions and the session. */
export type ProofContext = Omit<WitnessInput, "from" | "to" | "session" | "decision">;

/**
 * The matchers as a test runner shows them on `expect(result)`; for the types of vitest:
 * `declare module "vitest" { interface Matchers<T> extends RegraftMatchers<T> {} }`.
 *
 * @public
 */
export interface RegraftMatchers<R> {
  /** The session moves to the step, and by this kind if one is given. */
  toMoveTo(stepId: string, kind?: MigrationKind): R;
  /** The session goes on where it is; for this reason if one is given. */
  toStay(reason?: ReasonCode): R;
  /** Exactly these fields are asked, in any order, or the only one of them is to be confirmed. */
  toAsk(fields: readonly string[]): R;
  /** These required actions have to run first, in any order. */
  toRunFirst(stepIds: readonly string[]): R;
  /** A checkpoint stops the session. */
  toBeBlockedBy(code: ReasonCode): R;
  /** A person has to decide; for this reason if one is given. */
  toNeedReview(code?: ReasonCode): R;
  /** The session leaves the flow. */
  toExit(): R;
  /** The move carries a proof that holds for the session as it was before. */
  toHaveProof(versions: Versions, session: Session, context?: ProofContext): R;
}

type Fields = Partial<Record<string, unknown>>;

function isDecision(value: unknown): value is Decision {
  return typeof value === "object" && value !== null && "action" in value && "reasons" in value;
}

/** A result in one line. */
function inWords(value: unknown): string {
  if (!isDecision(value)) return `is no result of regraft: ${value === null ? "null" : typeof value}`;
  const why = value.reasons.join(", ");
  switch (value.action) {
    case "teleport":
      return `moves to ${value.stepId} of version ${value.version} by ${value.kind} (${why})`;
    case "continue":
      return `goes on where it is (${why})`;
    case "collect":
      return `is asked ${value.fields.join(", ")} (${value.obstacle.message})`;
    case "confirm":
      return `is asked to confirm ${value.field}`;
    case "execute_action":
      return `waits until ${value.stepIds.join(", ")} has run`;
    case "blocked":
      return `is blocked by ${value.reason} (${value.obstacle.message})`;
    case "review":
      return `waits for a person because of ${value.reason}, candidates: ${value.candidates.join(", ") || "none"}`;
    case "exit_scenario":
      return `leaves the flow (${why})`;
  }
}

function answer(pass: boolean, received: unknown, wanted: string): MatcherAnswer {
  return {
    pass,
    message: () =>
      `expected ${pass ? "anything but this" : "this"}: the session ${wanted}\nbut it ${inWords(received)}`,
  };
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return [...new Set(a)].sort().join("\n") === [...new Set(b)].sort().join("\n");
}

function asked(received: unknown): readonly string[] | undefined {
  if (!isDecision(received)) return undefined;
  if (received.action === "collect") return received.fields;
  return received.action === "confirm" ? [received.field] : undefined;
}

/** Whether the received value is the result of an action, with these values and no others in the named places. */
function isResult(received: unknown, action: Decision["action"], wanted: Fields = {}): boolean {
  if (!isDecision(received) || received.action !== action) return false;
  const given = new Map<string, unknown>(Object.entries(received));
  return Object.entries(wanted).every(([name, value]) => value === undefined || given.get(name) === value);
}

/**
 * Matchers for decisions and results, for `expect.extend` of vitest, jest and others with the same form. They depend on none of
 * them.
 *
 * @example
 * matchers.toStay({ action: "continue", reasons: ["HOLD.MANUAL"] }, "HOLD.PAUSED").pass; // false
 *
 * @since 0.1.0
 * @public
 */
export const matchers = {
  toMoveTo(received: unknown, stepId: string, kind?: MigrationKind): MatcherAnswer {
    const by = kind === undefined ? "" : ` by ${kind}`;
    return answer(isResult(received, "teleport", { stepId, kind }), received, `moves to ${stepId}${by}`);
  },
  toStay(received: unknown, reason?: ReasonCode): MatcherAnswer {
    const pass =
      isResult(received, "continue") &&
      (reason === undefined || (isDecision(received) && received.reasons.includes(reason)));
    return answer(pass, received, `goes on where it is${reason === undefined ? "" : ` (${reason})`}`);
  },
  toAsk(received: unknown, fields: readonly string[]): MatcherAnswer {
    const found = asked(received);
    return answer(found !== undefined && sameSet(found, fields), received, `is asked ${fields.join(", ")}`);
  },
  toRunFirst(received: unknown, stepIds: readonly string[]): MatcherAnswer {
    const pass = isDecision(received) && received.action === "execute_action" && sameSet(received.stepIds, stepIds);
    return answer(pass, received, `waits until ${stepIds.join(", ")} has run`);
  },
  toBeBlockedBy(received: unknown, code: ReasonCode): MatcherAnswer {
    return answer(isResult(received, "blocked", { reason: code }), received, `is blocked by ${code}`);
  },
  toNeedReview(received: unknown, code?: ReasonCode): MatcherAnswer {
    const because = code === undefined ? "" : ` because of ${code}`;
    return answer(isResult(received, "review", { reason: code }), received, `waits for a person${because}`);
  },
  toExit(received: unknown): MatcherAnswer {
    return answer(isResult(received, "exit_scenario"), received, "leaves the flow");
  },
  toHaveProof(received: unknown, versions: Versions, session: Session, context: ProofContext = {}): MatcherAnswer {
    if (!isDecision(received) || received.action !== "teleport") return answer(false, received, "moves with a proof");
    const verdict = verifyWitness({ ...context, ...versions, session, decision: received });
    if (verdict.ok) return answer(true, received, `moves with a proof for ${nameOf(versions.to)}`);
    const problems = verdict.problems.map(({ code, message }) => `  ${code}: ${message}`).join("\n");
    return { pass: false, message: () => `expected a proof that holds, but it ${inWords(received)}, and\n${problems}` };
  },
};

function nameOf({ id, version }: Scenario): string {
  return `${id} version ${version}`;
}
