import type { ReasonCode, Timestamp } from "../contracts/types.js";
import { checkEntry } from "../ledger/entry-form.js";
import type { LedgerEntry } from "../ports/ledger.js";

/** A measured share, and of how many. */
export interface Indicator {
  /** From 0 to 1; undefined where nothing was measured. */
  readonly value: number | undefined;
  readonly good: number;
  readonly total: number;
}

/**
 * What the ledger says about how well migrations go. Values come with the number of things that they were measured on.
 *
 * @since 0.2.0
 * @public
 */
export interface Indicators {
  readonly since?: Timestamp;
  readonly until?: Timestamp;
  /** Sessions decided about, of all that somebody tried to decide about: a session that was set aside counts against it. */
  readonly availability: Indicator;
  /** Decisions that let the session go on by itself: neither blocked nor in need of a person. */
  readonly flow: Indicator;
  /** Detours, fills, refusals and reviews with evidence of what they were decided on. */
  readonly evidence: Indicator;
  /** Entries without a sign that a protection was broken. */
  readonly safety: Indicator;
  /** Plans and sessions whose state, told from nothing but their ledgers, is the one that is stored; absent where nobody compared. */
  readonly determinism?: Indicator;
  /** Share of tries to decide that failed for good. */
  readonly failRatio: Indicator;
  /** Further tries that were needed. */
  readonly retries: number;
  /** Dead letters that were not settled at the end. */
  readonly openDeadLetters: number;
  /** Entries of the window. */
  readonly entries: number;
}

/** What each indicator has to reach. */
export type Objectives = Readonly<Record<"availability" | "flow" | "evidence" | "safety" | "determinism", number>>;

/**
 * What is agreed where nobody says anything.
 *
 * @since 0.2.0
 * @public
 */
export const defaultObjectives: Objectives = Object.freeze({
  availability: 0.999,
  flow: 0.9,
  evidence: 1,
  safety: 1,
  determinism: 1,
});

/** An objective and whether it was reached. Without measurements nothing is reached. */
export interface ObjectiveVerdict {
  readonly name: keyof Objectives;
  readonly objective: number;
  readonly indicator: Indicator;
  readonly status: "met" | "missed" | "no_data";
  readonly reason?: ReasonCode;
}

/** Signs that a protection was broken, as the start of a code. */
const violations = ["SECURITY.", "LEDGER.CHAIN_BROKEN", "LEDGER.SIGNATURE_INVALID"];

const settledActions: ReadonlySet<unknown> = new Set([
  "continue",
  "teleport",
  "collect",
  "confirm",
  "execute_action",
  "blocked",
  "review",
  "exit_scenario",
]);

function share(good: number, total: number): Indicator {
  return { value: total === 0 ? undefined : good / total, good, total };
}

function isViolation({ data: { reasons, reason } }: LedgerEntry): boolean {
  const codes: readonly unknown[] = Array.isArray(reasons) ? reasons : [reason];
  return codes.some((code) => typeof code === "string" && violations.some((start) => code.startsWith(start)));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** Whether each value that a model may have read says what let it through. */
function namesGates({ data: { found } }: LedgerEntry): boolean {
  const values: readonly unknown[] = Array.isArray(found) ? found : [];
  return values.every((one) => {
    const isRead = isObject(one) && (one.kind === "conversation" || one.model !== undefined);
    return !isRead || isObject(one.gate);
  });
}

/** Whether a decision is one that has to say what it rests on. */
function needsEvidence({ data: { action, kind } }: LedgerEntry): boolean {
  if (action === "blocked" || action === "review") return true;
  return action === "teleport" && kind !== "clean_graft";
}

/**
 * Computes the indicators from ledger entries of any streams, in any order between streams. Nothing but the entries counts; those whose data
 * was erased count for nothing.
 *
 * @remarks O(entries) time; memory O(dead letters).
 *
 * @example
 * const { availability } = await computeIndicators([]);
 * availability.value; // undefined
 *
 * @since 0.2.0
 * @public
 */
export async function computeIndicators(
  entries: Iterable<LedgerEntry> | AsyncIterable<LedgerEntry>,
  window: { readonly since?: Timestamp; readonly until?: Timestamp } = {},
): Promise<Indicators> {
  const { since, until } = window;
  let [all, decided, flowing, owing, shown, broken, failed, retries] = [0, 0, 0, 0, 0, 0, 0, 0];
  const letters = new Map<string, string>();
  for await (const entry of entries) {
    const { type, data, subject } = checkEntry(entry);
    if (subject.kind === "dead-letter") letters.set(`${subject.tenantId}\n${subject.id}`, type);
    const at = Date.parse(entry.at);
    if ((since !== undefined && at < Date.parse(since)) || (until !== undefined && at >= Date.parse(until))) continue;
    if (entry.erased === true) continue;
    all += 1;
    if (isViolation(entry)) broken += 1;
    if (type === "dead_letter.parked") {
      failed += 1;
      retries += Math.max(0, Number(data.attempts ?? 1) - 1);
    }
    if (type !== "session.reconciled") continue;
    if (settledActions.has(data.action)) decided += 1;
    else failed += 1;
    if (data.action !== "blocked" && data.action !== "review") flowing += 1;
    if (needsEvidence(entry)) {
      owing += 1;
      if (isObject(data.evidence) && namesGates(entry)) shown += 1;
    }
    retries += Math.max(0, Number(data.attempts ?? 1) - 1);
  }
  const tried = decided + failed;
  const open = [...letters.values()].filter((type) => type === "dead_letter.parked" || type === "dead_letter.requeued");
  return {
    ...window,
    availability: share(decided, tried),
    flow: share(flowing, decided),
    evidence: share(shown, owing),
    safety: share(all - broken, all),
    failRatio: share(failed, tried),
    retries,
    openDeadLetters: open.length,
    entries: all,
  };
}

/**
 * Holds indicators against objectives. Where nothing was measured nothing is met, but for evidence that nobody owed.
 *
 * @since 0.2.0
 * @public
 */
export function judgeObjectives(
  indicators: Indicators,
  objectives: Partial<Objectives> = {},
): readonly ObjectiveVerdict[] {
  const agreed = { ...defaultObjectives, ...objectives };
  const names = Object.keys(defaultObjectives) as (keyof Objectives)[];
  return names.flatMap((name): ObjectiveVerdict[] => {
    const [indicator, objective] = [indicators[name], agreed[name]];
    if (indicator === undefined) return [];
    const told = { name, objective, indicator };
    if (indicator.value === undefined) {
      const isOwed = name !== "evidence" || indicators.availability.total === 0;
      return [isOwed ? { ...told, status: "no_data", reason: "EVIDENCE.MISSING" } : { ...told, status: "met" }];
    }
    const isMet = indicator.value >= objective;
    return [isMet ? { ...told, status: "met" } : { ...told, status: "missed", reason: "SLO.MISSED" }];
  });
}
