import type { LedgerEntry } from "../ports/ledger.js";
import type { Subject } from "../ports/subject.js";
import { forgetVersion, versionSubject } from "./archive.js";
import { happened, subjectOf } from "./context.js";
import { entriesOf } from "./retention-inventory.js";
import type { Application, Keeping, KeptItem, RetainedVersion, RetentionResult } from "./retention-items.js";
import { keptFor, referencesTo } from "./retention-references.js";

/** What the ledger has said last about a version: it is to go, or it stays after all. */
function saysLast(log: readonly LedgerEntry[], type: string, version: number): boolean {
  const about = log.findLast(
    (entry) =>
      entry.type.startsWith("retention.") &&
      (entry.data.versions as RetainedVersion[]).some((one) => one.version === version),
  );
  return about?.type === type;
}

async function tell(
  { engine, by, planned, fence }: Application,
  type: "retention.applied" | "retention.spared",
  scenarioId: string,
  versions: readonly object[],
): Promise<void> {
  if (versions.length === 0) return;
  const record = happened(engine, type, { by, planned, versions });
  await engine.records.append(subjectOf(engine, "scenario", scenarioId), [record], { fence });
}

/**
 * Drops versions of a scenario: the ledger entry, the pointers, another look at all sessions, the documents. A version that a session
 * has come to need between the first look and the pointer gets its pointer back. Every step may be repeated.
 */
export async function dropVersions(
  application: Application,
  scenarioId: string,
  items: readonly RetainedVersion[],
): Promise<RetentionResult> {
  const { engine, fence } = application;
  const spared: KeptItem[] = [];
  const going: RetainedVersion[] = [];
  for (const item of items) {
    const kept = await keptBefore(application, item);
    if (kept === undefined) going.push(item);
    else spared.push({ item, ...kept });
  }
  if (going.length === 0) return { dropped: [], spared };
  const log = await entriesOf(engine, "scenario", scenarioId);
  const untold = going.filter(({ version }) => !saysLast(log, "retention.applied", version));
  await tell(
    application,
    "retention.applied",
    scenarioId,
    untold.map(({ version, digest }) => ({ version, digest })),
  );
  for (const { version, digest } of going) {
    await engine.records.cas(versionSubject(engine, scenarioId, version), digest, undefined, { fence });
    forgetVersion(engine, scenarioId, version);
  }
  // Nobody comes to a version without its pointer; who came before is seen now.
  const now = await referencesTo(engine, scenarioId, await liveOf(application, scenarioId), application.keepLease);
  const dropped: RetainedVersion[] = [];
  for (const item of going) {
    const kept = keptFor(now, item, []) ?? (await application.keeping(item));
    const subject = versionSubject(engine, scenarioId, item.version);
    if (kept !== undefined && (await restored(application, subject, item.digest))) {
      await tell(application, "retention.spared", scenarioId, [{ version: item.version, ...kept }]);
      spared.push({ item, ...kept });
      continue;
    }
    await engine.records.drop(subject, item.digest, { fence });
    dropped.push(item);
  }
  return { dropped, spared };
}

async function liveOf({ engine }: Application, scenarioId: string): Promise<number | undefined> {
  const value = await engine.records.pointer(subjectOf(engine, "live", scenarioId));
  return value === undefined ? undefined : Number(value);
}

/** Why a version stays before anything of it was touched. */
async function keptBefore(application: Application, item: RetainedVersion): Promise<Keeping | undefined> {
  const { engine, keeping } = application;
  const pointed = await engine.records.pointer(versionSubject(engine, item.scenarioId, item.version));
  // Taken before a crash: what needs it now is looked at below, and gets the pointer back.
  if (pointed === undefined) return undefined;
  return (await keeping(item)) ?? (pointed === item.digest ? undefined : { reason: "RETENTION.CHANGED" });
}

/** Gives a version its pointer back; false if its document is gone already. */
async function restored({ engine, fence }: Application, subject: Subject, digest: string): Promise<boolean> {
  if ((await engine.records.load(subject, digest)) === undefined) return false;
  await engine.records.cas(subject, undefined, digest, { fence });
  return true;
}
