import type { Plan, Session } from "../contracts/types.js";
import type { Regraft } from "../engine/regraft.js";
import { isRegraftError } from "../errors.js";
import { canonicalJson } from "../hash/canonical-json.js";
import { type ReplayedPlan, type ReplayedSession, replay } from "../ledger/replay.js";
import type { LedgerEntry } from "../ports/ledger.js";
import type { Subject } from "../ports/subject.js";
import type { Indicator } from "./slo.js";

/** What the ledger tells about a session, of the session itself. Marks lie beside it and come without an entry. */
function placeOf({ scenarioId, scenarioVersion: version, stepId, status, revision, migration }: Session): unknown {
  if (migration === undefined) return { scenarioId, version, stepId, status, revision };
  const { state, reason, since, planId, toVersion } = migration;
  const wait = { state, reason, since, ...(planId && { planId }), ...(toVersion && { toVersion }) };
  return { scenarioId, version, stepId, status, revision, migration: wait };
}

function toldOf({ scenarioId, version, stepId, status, revision, migration }: ReplayedSession): unknown {
  const place = { scenarioId, version, stepId, status, revision };
  return migration === undefined ? place : { ...place, migration };
}

function isSamePlan(stored: Plan, told: ReplayedPlan): boolean {
  return stored.revision === told.revision && stored.status === told.status && stored.digest === told.digest;
}

/** Whether the state of one subject is the one that its entries tell; undefined where there is nothing to compare. */
async function isReplayed(regraft: Regraft, { kind, id }: Subject): Promise<boolean | undefined> {
  const read = async () => {
    const entries: LedgerEntry[] = [];
    for await (const entry of regraft.ledger.entries({ kind, id })) entries.push(entry);
    return replay(entries);
  };
  if (kind === "plan") {
    const [stored, { plans }] = [await regraft.plans.get(id), await read()];
    return stored === undefined || plans[0] === undefined ? undefined : isSamePlan(stored, plans[0]);
  }
  const session = await regraft.session(id).catch((error: unknown) => {
    if (isRegraftError(error, "SESSION.NOT_FOUND")) return undefined;
    throw error;
  });
  const [told] = (await read()).sessions;
  if (session === undefined || told === undefined) return undefined;
  return canonicalJson(placeOf(session)) === canonicalJson(toldOf(told));
}

/**
 * Tells the state of plans and sessions anew from nothing but their ledgers, and compares it with what is stored. A ledger that cannot be
 * replayed counts as another state.
 *
 * @param sample - plans and sessions that are compared at most; all if absent
 * @remarks One stream in memory at a time.
 */
export async function replayedShare(
  regraft: Regraft,
  { sample = Number.POSITIVE_INFINITY }: { readonly sample?: number } = {},
): Promise<Indicator> {
  let [good, total] = [0, 0];
  for await (const { subject } of regraft.ledger.streams()) {
    if (total >= sample) break;
    if (subject.kind !== "plan" && subject.kind !== "session") continue;
    const isSame = await isReplayed(regraft, subject).catch((error: unknown) => {
      if (isRegraftError(error, "LEDGER.CHAIN_BROKEN") || isRegraftError(error, "STORE.DAMAGED")) return false;
      throw error;
    });
    if (isSame === undefined) continue;
    total += 1;
    if (isSame) good += 1;
  }
  return { value: total === 0 ? undefined : good / total, good, total };
}
