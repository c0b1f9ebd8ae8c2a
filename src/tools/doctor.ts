import type { DoctorReport } from "../contracts/types.js";
import { verifyLedger } from "../engine/ledger-verify.js";
import { openEngine } from "../engine/options.js";
import type { Clock } from "../ports/clock.js";
import type { RecordStore } from "../ports/record-store.js";
import type { SessionStore } from "../ports/session-store.js";
import { fileStore } from "../stores/file.js";
import { inspectDirectory, mendDirectory } from "./doctor-files.js";
import { Findings } from "./doctor-findings.js";
import { inspectRecords, type Mending } from "./doctor-records.js";
import { inspectSessions } from "./doctor-sessions.js";
import { gapsOf, pinDrift, readSchemaSet } from "./schema-registry.js";

/** What a doctor looks at. */
export interface DoctorInput {
  readonly tenantId?: string;
  readonly clock?: Clock;
}

function reportOf(found: Findings, fixed: readonly string[]): DoctorReport {
  const set = readSchemaSet();
  const drift = pinDrift(set);
  for (const { path, problem } of drift) found.add("error", "SCHEMA.PIN_MISMATCH", path, problem);
  const gaps = gapsOf(set);
  for (const { path, kind } of gaps)
    found.add("error", "ARTIFACT.INVALID", path, `an example or the schema of ${kind} is missing`);
  const { documents, invalid, staleLocks, openTransactions, openDlq, chainOk } = found;
  return {
    ok: found.all.every(({ severity }) => severity !== "error"),
    findings: found.all,
    health: {
      validRatio: documents === 0 ? 1 : (documents - invalid) / documents,
      documents,
      gaps: gaps.length,
      pinsVerified: drift.length === 0,
      chainOk,
      openDlq,
      staleLocks,
      openTransactions,
    },
    fixed: [...fixed],
  };
}

async function inspect(
  store: SessionStore & RecordStore,
  { tenantId = "", clock }: DoctorInput,
  found: Findings,
): Promise<Mending[]> {
  const engine = { ...openEngine({ store, ...(clock === undefined ? {} : { clock }) }), tenantId };
  const mendings = await inspectRecords({ engine, store }, found);
  try {
    await inspectSessions(store, tenantId, found);
  } catch (error) {
    found.caught(error, "sessions");
  }
  const { ok, findings } = await verifyLedger({ tenantId, records: store });
  found.chainOk = ok;
  for (const { code, stream, seq, message } of findings) {
    const subject = stream === undefined ? "ledger" : `${stream.kind}/${stream.id}`;
    found.add("error", code, seq === undefined ? subject : `${subject}#${seq}`, message);
  }
  return mendings;
}

async function mended(mendings: readonly Mending[]): Promise<string[]> {
  const done: string[] = [];
  for (const { says, act } of mendings) {
    await act();
    done.push(says);
  }
  return done;
}

/**
 * Looks for everything that can be wrong with what a tenant has in a store: records, chains, changes left half way, sessions whose place
 * does not exist or whose past cannot prove what they passed. With `fix` completes what was left half way, and looks again.
 *
 * Reads everything once; memory: the findings, and the versions that sessions walk.
 */
export async function examine(
  store: SessionStore & RecordStore,
  input: DoctorInput & { readonly fix?: boolean } = {},
  fixedBefore: readonly string[] = [],
): Promise<DoctorReport> {
  const found = new Findings();
  const mendings = await inspect(store, input, found);
  if (input.fix !== true || mendings.length === 0) return reportOf(found, fixedBefore);
  const fixed = await mended(mendings);
  const after = new Findings();
  await inspect(store, input, after);
  return reportOf(after, [...fixedBefore, ...fixed]);
}

/** The same for a directory of the file store, whose layout, locks and torn ends are looked at too. Opens it only where it can be. */
export async function examineDirectory(
  directory: string,
  input: DoctorInput & { readonly fix?: boolean } = {},
): Promise<DoctorReport> {
  const found = new Findings();
  const state = inspectDirectory(directory, found);
  if (state === "broken" || (state === "mendable" && input.fix !== true)) return reportOf(found, []);
  const isNew = found.all.some(({ code, fixable }) => code === "STORE.LAYOUT_UNKNOWN" && fixable);
  const fixed = input.fix !== true ? [] : isNew ? ["made an empty store"] : await mendDirectory(directory);
  const store = fileStore(directory, { create: input.fix === true });
  try {
    if (input.fix !== true) {
      await inspect(store, input, found);
      return reportOf(found, []);
    }
    const { locksReleased, temporariesRemoved, streamsRepaired, entriesRolledForward } = await store.recover();
    if (locksReleased > 0) fixed.push(`released ${locksReleased} locks of processes that had ended`);
    if (temporariesRemoved > 0) fixed.push(`removed ${temporariesRemoved} files that were left behind`);
    if (streamsRepaired > 0) fixed.push(`cut the torn ends of ${streamsRepaired} streams off`);
    if (entriesRolledForward > 0) fixed.push(`moved ${entriesRolledForward} entries to their streams`);
    const first = new Findings();
    fixed.push(...(await mended(await inspect(store, input, first))));
    const after = new Findings();
    inspectDirectory(directory, after);
    await inspect(store, input, after);
    return reportOf(after, fixed);
  } finally {
    await store.close();
  }
}
