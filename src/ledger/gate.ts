import type { Machine } from "../contracts/machine.js";
import { reasons as catalogue, isReasonCode } from "../contracts/reasons.js";
import type {
  GateDecision,
  GateEvidence,
  GateMetric,
  GateStage,
  GateSubject,
  GuardRule,
  GuardVerdict,
  Plan,
  PlanContract,
  ReasonCode,
  ReasonCodeEntry,
  Timestamp,
} from "../contracts/types.js";
import { validate } from "../contracts/validate.js";
import { RegraftError } from "../errors.js";
import { digestOf } from "../hash/digest.js";
import { deepFreeze } from "../hash/freeze.js";

/** What a gate looks at. Numbers are measured and come with the size of their sample; there are no estimates. */
export interface GateContext {
  readonly stage: GateStage;
  readonly subject: GateSubject;
  readonly at: Timestamp;
  /** The step in the life of the subject that the gate stands before. */
  readonly transition?: {
    readonly machine: Pick<Machine<string, string>, "states" | "events" | "next">;
    readonly from: string;
    readonly event: string;
  };
  readonly contracts?: readonly PlanContract[];
  readonly plan?: Pick<Plan, "map" | "mapping">;
  readonly evidence?: readonly GateEvidence[];
  readonly metrics?: Readonly<Record<string, GateMetric>>;
  /** Steps of the new version on which sessions would be put; undefined if nobody has measured it. */
  readonly targets?: readonly string[];
}

/** `skip`: the guard has nothing to say here. `missing`: it lacks what it has to judge on, which denies. */
export type GuardAnswer = "pass" | "fail" | "skip" | "missing";

/** A guard's answer with a short note for an operator; the note never carries values of people. */
export type GuardOutcome = GuardAnswer | { readonly answer: GuardAnswer; readonly note?: string };

/**
 * A small named rule. It fails with its one reason; the class of that reason says what failing means: `stop` stops, `structural`
 * denies, `repairable` denies unless trying again helps, `advisory` holds.
 *
 * @public
 */
export interface Guard extends Readonly<GuardRule> {
  /** Pure. One that throws, or answers anything else, has failed. */
  readonly check: (context: GateContext) => GuardOutcome;
}

const classOrder: readonly ReasonCodeEntry["class"][] = ["stop", "structural", "repairable", "advisory"];
const strength: readonly GateDecision["decision"][] = ["allow", "hold", "deny", "stop"];
const answers: readonly GuardAnswer[] = ["pass", "fail", "skip", "missing"];
const longestNote = 240;

/** What a failing guard comes to. */
function decisionFor(reason: ReasonCode): GateDecision["decision"] {
  const { class: grade, retryable } = catalogue.get(reason);
  if (grade === "stop") return "stop";
  return grade === "advisory" || (grade === "repairable" && retryable) ? "hold" : "deny";
}

/** Each reason once: the strongest class first, then in alphabetical order. */
function sortedReasons(found: readonly ReasonCode[]): ReasonCode[] {
  const rank = (code: ReasonCode) => classOrder.indexOf(catalogue.get(code).class);
  return [...new Set(found)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

function checkGuards(guards: readonly Guard[]): void {
  const seen = new Set<string>();
  for (const [at, { id, reason }] of guards.entries()) {
    const path = `/guards/${at}`;
    if (!isReasonCode(reason)) {
      throw new RegraftError("INPUT.INVALID", `guard ${id} gives a reason outside the catalogue`, {
        path: `${path}/reason`,
        expected: "a code of the catalogue of reason codes",
        received: String(reason),
      });
    }
    if (seen.has(id)) {
      throw new RegraftError("INPUT.INVALID", `there are two guards ${id}`, {
        path: `${path}/id`,
        expected: "a name of its own",
        received: id,
      });
    }
    seen.add(id);
  }
}

/** The guards of a set without their code; its digest says which rules a decision rests on. */
export function rulesOf(guards: readonly Guard[]): GuardRule[] {
  return guards.map(({ check: _, ...rule }) => rule);
}

function answerOf(guard: Guard, context: GateContext): { readonly answer: GuardAnswer; readonly note?: string } {
  try {
    const outcome: unknown = guard.check(context);
    const said = typeof outcome === "string" ? { answer: outcome } : outcome;
    if (typeof said !== "object" || said === null) return { answer: "fail", note: "the guard gave no answer" };
    const { answer, note }: { readonly answer?: unknown; readonly note?: unknown } = said;
    return {
      answer: answers.find((one) => one === answer) ?? "fail",
      ...(typeof note === "string" ? { note } : {}),
    };
  } catch {
    return { answer: "fail", note: "the guard itself failed" };
  }
}

function ask(guard: Guard, context: GateContext): GuardVerdict {
  const { id, reason, requires = [] } = guard;
  const shown = new Set([...(context.evidence ?? []).map(({ name }) => name), ...Object.keys(context.metrics ?? {})]);
  const lacking = requires.filter((name) => !shown.has(name));
  if (lacking.length > 0) return failed(id, "EVIDENCE.MISSING", `missing: ${lacking.join(", ")}`);
  const { answer, note } = answerOf(guard, context);
  switch (answer) {
    case "pass":
    case "skip":
      return { id, status: answer };
    case "missing":
      return failed(id, "EVIDENCE.MISSING", note);
    default:
      return failed(id, reason, note);
  }
}

function failed(id: string, reason: ReasonCode, note: string | undefined): GuardVerdict {
  const told = note === undefined || note === "" ? {} : { note: [...note].slice(0, longestNote).join("") };
  return { id, status: "fail", reasons: [reason], ...told };
}

/** What nobody checked is not let through. */
const nothingChecked: GuardVerdict = {
  id: "something-checked",
  status: "fail",
  reasons: ["EVIDENCE.MISSING"],
  note: "no guard had anything to check",
};

/**
 * Asks every guard of the stage and decides: the strongest of what the failing ones come to, with the reasons of all of them. Where no guard
 * had anything to check, it is denied.
 *
 * @param guards - in the order in which they are asked; see `planGuards` for those of plans
 * @throws RegraftError `INPUT.INVALID` for a reason outside the catalogue and for two guards of one id, before any guard is asked;
 * `SCHEMA.INVALID` for a context that is none
 * @remarks Pure. Linear in guards and reasons.
 *
 * @example
 * const context = { stage: "deploy", subject: { kind: "plan", id: "p1" }, at: "2026-03-01T09:00:00.000Z" } as const;
 * const closed = { id: "office-hours", reason: "POLICY.NEEDS_HUMAN", check: () => "fail" } as const;
 * evaluateGate([closed], context).decision; // "hold"
 * evaluateGate([], context).reasons; // ["EVIDENCE.MISSING"]
 *
 * @since 0.2.0
 * @public
 */
export function evaluateGate(guards: readonly Guard[], context: GateContext): GateDecision {
  checkGuards(guards);
  const { stage, subject, at, contracts = [], evidence = [], metrics = {} } = context;
  const asked = guards.filter(({ stages }) => stages === undefined || stages.includes(stage));
  const answers = asked.map((guard) => ask(guard, context));
  const verdicts = answers.every(({ status }) => status === "skip") ? [...answers, nothingChecked] : answers;
  const reasons = sortedReasons(verdicts.flatMap((verdict) => verdict.reasons ?? []));
  const rank = Math.max(0, ...reasons.map((reason) => strength.indexOf(decisionFor(reason))));
  const decision = {
    decision: strength[rank],
    stage,
    subject,
    reasons,
    guards: verdicts,
    metrics: { ...metrics },
    evidence: [...evidence].sort((a, b) => (a.name < b.name ? -1 : 1)),
    guardSet: digestOf({ guards: rulesOf(asked) }),
    contracts: contracts.map((contract) => digestOf(contract)),
    at,
  };
  return deepFreeze(validate("gate-decision", decision));
}
