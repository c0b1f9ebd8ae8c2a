import type { Session } from "../contracts/types.js";
import type { SessionState } from "../ledger/replay.js";
import type { LedgerRecord } from "../ports/ledger.js";

/** Where a write leaves a session, as its ledger keeps it: nothing of what the person said. */
function stateOf(session: Session, revision: number, mark: string | undefined): SessionState {
  const { scenarioId, scenarioVersion: version, stepId, status, migration } = session;
  return {
    scenarioId,
    version,
    stepId,
    status,
    revision,
    ...(mark === undefined ? {} : { mark }),
    ...(migration === undefined ? {} : { migration: waitOf(migration) }),
  };
}

function waitOf({ state, reason, since, planId, toVersion }: NonNullable<Session["migration"]>) {
  return {
    state,
    reason,
    since,
    ...(planId === undefined ? {} : { planId }),
    ...(toVersion === undefined ? {} : { toVersion }),
  };
}

/** The records of a write; the last of them says in `after` where the write leaves the session, so that the ledger alone tells it. */
export function withState(
  records: readonly LedgerRecord[],
  before: Session | undefined,
  { session, clearMark }: { readonly session: Session; readonly clearMark: boolean | undefined },
): readonly LedgerRecord[] {
  const last = records.at(-1);
  if (last === undefined) return records;
  const mark = clearMark === true ? undefined : (before ?? session).pendingMigration?.planId;
  const after = stateOf(session, (before?.revision ?? 0) + 1, mark);
  return [...records.slice(0, -1), { ...last, data: { ...last.data, after } }];
}
