import type { MigrationState, Plan, Session, Timestamp } from "../contracts/types.js";
import { deepFreeze } from "../hash/freeze.js";
import type { LedgerEntry } from "../ports/ledger.js";
import { checkEntry } from "./entry-form.js";
import { chainBroken, verifyStream } from "./verify.js";

/**
 * Where a session stands, as the last entry of each of its commits says. No values of the person are in it.
 *
 * @since 0.2.0
 * @public
 */
export interface SessionState extends Pick<Session, "scenarioId" | "status" | "revision"> {
  readonly version: number;
  readonly stepId: string;
  /** The plan whose mark the session carried after the commit; marks that came later have no entry in the session's stream. */
  readonly mark?: string;
  readonly migration?: Pick<MigrationState, "state" | "reason" | "since" | "planId" | "toVersion">;
}

/** A session as its ledger tells. */
export interface ReplayedSession extends SessionState {
  readonly id: string;
  readonly tenantId: string;
  /** When the last entry was written. */
  readonly at: Timestamp;
}

/** A plan as its ledger tells: everything but its large content, which it names by its digest. */
export type ReplayedPlan = Omit<
  Plan,
  "map" | "policies" | "summary" | "lint" | "mapping" | "effects" | "allowRepeat" | "data"
>;

/** The published versions of a scenario. */
export interface ReplayedScenario {
  readonly id: string;
  readonly tenantId: string;
  /** Ascending, with their checksums. */
  readonly versions: readonly { readonly version: number; readonly checksum: string }[];
  /** The version on which new sessions start. */
  readonly live: number;
}

/**
 * What a ledger tells about plans, sessions and scenarios, each by tenant and id.
 *
 * @since 0.2.0
 * @public
 */
export interface LedgerState {
  readonly plans: readonly ReplayedPlan[];
  readonly sessions: readonly ReplayedSession[];
  readonly scenarios: readonly ReplayedScenario[];
}

/** The state that the last entry with one has recorded. */
function stateAfter<T extends object>(entries: readonly LedgerEntry[]): T | undefined {
  const after = entries.findLast(({ data }) => typeof data.after === "object" && data.after !== null)?.data.after;
  return after as T | undefined;
}

function planOf(entries: readonly LedgerEntry[]): ReplayedPlan[] {
  if (entries.at(-1)?.type === "retention.applied") return [];
  const plan = stateAfter<ReplayedPlan>(entries);
  return plan === undefined ? [] : [plan];
}

function sessionOf(entries: readonly LedgerEntry[]): ReplayedSession[] {
  const state = stateAfter<SessionState>(entries);
  const last = entries.at(-1);
  if (state === undefined || last === undefined) return [];
  const { tenantId, id } = last.subject;
  return [{ id, tenantId, at: last.at, ...state }];
}

interface RetainedData {
  readonly versions?: readonly { readonly version: number }[];
}

function scenarioOf(entries: readonly LedgerEntry[]): ReplayedScenario[] {
  const versions = new Map<number, string>();
  const dropped = new Map<number, string>();
  let live = 0;
  for (const { type, data } of entries) {
    if (type === "scenario.published") {
      const { version, checksum } = data as { readonly version: number; readonly checksum: string };
      versions.set(version, checksum);
      live = Math.max(live, version);
    }
    const retained = type.startsWith("retention.") ? ((data as RetainedData).versions ?? []) : [];
    for (const { version } of retained) {
      const [from, to] = type === "retention.applied" ? [versions, dropped] : [dropped, versions];
      const checksum = from.get(version);
      if (checksum !== undefined && from.delete(version)) to.set(version, checksum);
    }
  }
  const [first] = entries;
  if (first === undefined || live === 0) return [];
  const { id, tenantId } = first.subject;
  const kept = [...versions].map(([version, checksum]) => ({ version, checksum }));
  return [{ id, tenantId, versions: kept.sort((a, b) => a.version - b.version), live }];
}

/** The entries of each stream in the order of their numbers; refused where one is missing or there twice. */
function streamsOf(entries: Iterable<LedgerEntry>): LedgerEntry[][] {
  const streams = new Map<string, LedgerEntry[]>();
  for (const entry of entries) {
    const { kind, tenantId, id } = checkEntry(entry).subject;
    const key = JSON.stringify([kind, tenantId, id]);
    const stream = streams.get(key) ?? [];
    streams.set(key, stream);
    stream.push(entry);
  }
  return [...streams].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, stream]) => checked(stream));
}

function checked(stream: LedgerEntry[]): LedgerEntry[] {
  stream.sort((a, b) => a.seq - b.seq);
  const [first] = stream;
  const doubled = stream.find((entry, at) => stream[at + 1]?.seq === entry.seq);
  if (doubled !== undefined) throw chainBroken(doubled.subject, doubled.seq, { received: "the same number twice" });
  if (first !== undefined) verifyStream(first.subject, stream);
  return stream;
}

/**
 * Rebuilds the state of plans, sessions and scenarios from nothing but the ledger, whatever the order in which its entries come.
 *
 * A session's mark is known as of its last commit. Streams whose first entries were dropped are taken as they are.
 *
 * @param entries - of any streams, each of them whole
 * @throws RegraftError `LEDGER.CHAIN_BROKEN` where entries are missing, doubled or changed; `INPUT.INVALID` for what is no entry
 * @remarks Pure. Keeps all entries; O(n log n).
 *
 * @example
 * const store = memoryStore();
 * const regraft = createRegraft({ store });
 * await regraft.publish(v1);
 * await regraft.startSession({ scenarioId: v1.id, id: "s1" });
 * const { entries } = await store.read({ kind: "session", tenantId: "", id: "s1" }, { limit: 100 });
 * replay(entries).sessions[0]?.stepId; // "hello"
 *
 * @since 0.2.0
 * @public
 */
export function replay(entries: Iterable<LedgerEntry>): LedgerState {
  const streams = streamsOf(entries);
  const of = <T>(kind: string, read: (stream: readonly LedgerEntry[]) => readonly T[]): T[] =>
    streams.filter(([first]) => first?.subject.kind === kind).flatMap(read);
  return deepFreeze({
    plans: of("plan", planOf),
    sessions: of("session", sessionOf),
    scenarios: of("scenario", scenarioOf),
  });
}
