import type { Timestamp } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { canonicalJson } from "../hash/canonical-json.js";
import type { Subject } from "../ports/subject.js";
import { requireBy } from "./by.js";
import { type Engine, happened, maxAttempts, subjectOf, timeOf } from "./context.js";
import { requireObject } from "./input.js";
import { recordsOf } from "./retention-inventory.js";

/** What a legal hold keeps: a scenario with all its versions and plans, one version with its plans, a plan, or what a session needs. */
export type HoldSubject =
  | { readonly scenarioId: string; readonly version?: number; readonly planId?: never; readonly sessionId?: never }
  | { readonly planId: string; readonly scenarioId?: never; readonly version?: never; readonly sessionId?: never }
  | { readonly sessionId: string; readonly scenarioId?: never; readonly version?: never; readonly planId?: never };

/**
 * A legal hold: what it names is not dropped until the hold is lifted.
 *
 * @since 0.2.0
 * @public
 */
export interface LegalHold {
  readonly subject: HoldSubject;
  readonly reason: string;
  readonly by: string;
  readonly at: Timestamp;
}

/**
 * Legal holds of one tenant. They keep versions and plans from retention; they have nothing to do with holds of sessions.
 *
 * @since 0.2.0
 * @public
 */
export interface LegalHolds {
  /**
   * Keeps what the subject names. A subject that is held already keeps its first hold, which is returned.
   *
   * @throws RegraftError `INPUT.INVALID` for a subject that names nothing, and without `by` or `reason`
   */
  place(subject: HoldSubject, input: { readonly by: string; readonly reason: string }): Promise<LegalHold>;
  /** Ends a hold; false if there was none. */
  lift(subject: HoldSubject, input: { readonly by: string }): Promise<boolean>;
  list(): Promise<readonly LegalHold[]>;
}

const kind = "legal-hold";

/** All holds of the tenant, in a stable order. */
export async function holdRecords(engine: Engine): Promise<LegalHold[]> {
  const holds: LegalHold[] = [];
  for await (const { body } of recordsOf(engine, { kind })) holds.push(body as LegalHold);
  return holds;
}

function named(subject: unknown): HoldSubject {
  requireObject(subject, "/subject");
  const { scenarioId, version, planId, sessionId, ...others }: Record<string, unknown> = { ...subject };
  const ids = [scenarioId, planId, sessionId].filter((id) => id !== undefined);
  const isVersion = version === undefined || (Number.isSafeInteger(version) && scenarioId !== undefined);
  const [id] = ids;
  if (ids.length === 1 && typeof id === "string" && id !== "" && isVersion && Object.keys(others).length === 0) {
    if (typeof planId === "string") return { planId };
    if (typeof sessionId === "string") return { sessionId };
    return { scenarioId: id, ...(typeof version === "number" ? { version } : {}) };
  }
  throw new RegraftError("INPUT.INVALID", "a legal hold names one thing that it keeps", {
    path: "/subject",
    expected: "scenarioId with or without version, planId, or sessionId",
    received: Object.keys(subject).sort().join(", ") || "nothing",
  });
}

function requireReason({ reason }: { readonly reason?: unknown }): string {
  if (typeof reason === "string" && reason.trim() !== "") return reason;
  throw new RegraftError("INPUT.INVALID", "a legal hold needs a reason", {
    path: "/reason",
    expected: "a text that is not empty",
    received: "nothing",
  });
}

/** The stream of the holds of one subject. */
export function holdStream(engine: Engine, subject: HoldSubject): Subject {
  return subjectOf(engine, kind, canonicalJson(subject));
}

/** Opens the legal holds of the engine's tenant. */
export function legalHolds(engine: Engine): LegalHolds {
  return {
    place: async (given, input) => {
      const subject = named(given);
      const [by, reason] = [requireBy(input), requireReason(input)];
      const at = holdStream(engine, subject);
      const hold: LegalHold = { subject, reason, by, at: timeOf(engine) };
      for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
        const known = await engine.records.load(at);
        if (known !== undefined) return known.body as LegalHold;
        const { digest } = await engine.records.put({ ...at, body: hold });
        await engine.records.append(at, [happened(engine, "hold.placed", { ...hold })]);
        await engine.records.cas(at, undefined, digest);
      }
      throw new RegraftError("STORE.CONFLICT", "the legal hold is being placed and lifted by others all the time");
    },
    lift: async (given, input) => {
      const subject = named(given);
      const by = requireBy(input);
      const at = holdStream(engine, subject);
      const digest = await engine.records.pointer(at);
      if (digest === undefined) return false;
      await engine.records.append(at, [happened(engine, "hold.lifted", { subject, by })]);
      const { ok } = await engine.records.cas(at, digest, undefined);
      if (ok) await engine.records.drop(at, digest);
      return ok;
    },
    list: () => holdRecords(engine),
  };
}
