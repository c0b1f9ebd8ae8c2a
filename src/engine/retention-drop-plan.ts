import type { LedgerEntry } from "../ports/ledger.js";
import type { Subject } from "../ports/subject.js";
import { happened, subjectOf } from "./context.js";
import { isListed, withdrawn } from "./plan-index.js";
import { entriesOf } from "./retention-inventory.js";
import type { Application, Keeping, RetainedPlan } from "./retention-items.js";

/** A stored document, by the parts of its subject that a tenant needs. */
interface Document {
  readonly kind: string;
  readonly digest: string;
}

/** The documents of a plan: every revision, their contents, and its draft. */
async function documentsOf(
  { engine }: Application,
  { planId, digest }: RetainedPlan,
  entries: readonly LedgerEntry[],
): Promise<Document[]> {
  const heads = entries.flatMap(({ data }) => (typeof data.record === "string" ? [data.record] : []));
  const documents = new Map<string, Document>();
  const add = (kind: string, one: string) => documents.set(`${kind} ${one}`, { kind, digest: one });
  for (const head of new Set([...heads, digest])) {
    add("plan", head);
    const record = await engine.records.load(subjectOf(engine, "plan", planId), head);
    const content = (record?.body as { readonly content?: unknown } | undefined)?.content;
    if (typeof content === "string") add("plan-content", content);
  }
  const draft = await engine.records.pointer(subjectOf(engine, "draft", planId));
  if (draft !== undefined) add("draft", draft);
  return [...documents.values()];
}

/**
 * Records in the plan's stream that the plan is dropped, at the revision that was looked at: whoever changes the plan afterwards, or
 * has done so before, does not go together with it.
 *
 * @returns the documents to be dropped, or undefined if the plan is not at that revision any more
 */
async function recorded(application: Application, item: RetainedPlan): Promise<readonly Document[] | undefined> {
  const { engine, by, planned, fence } = application;
  const stream = subjectOf(engine, "plan", item.planId);
  const entries = await entriesOf(engine, "plan", item.planId);
  const last = entries.at(-1);
  // Recorded before a crash.
  if (last?.type === "retention.applied") return last.data.documents as readonly Document[];
  const documents = await documentsOf(application, item, entries);
  const { scenarioId, fromVersion, toVersion, status, planId } = item;
  const data = { by, planned, planId, scenarioId, fromVersion, toVersion, status, documents };
  const record = happened(engine, "retention.applied", data);
  const expectedSeq = last?.type === "retention.spared" ? last.seq : item.revision;
  const { ok } = await engine.records.append(stream, [record], { expectedSeq, fence });
  return ok ? documents : undefined;
}

/**
 * Takes back what was recorded before a crash about a plan that stays after all, so that it can be changed again. One that decisions
 * do not find any more is only kept from being dropped.
 */
async function spared({ engine, by, planned, fence }: Application, item: RetainedPlan, kept: Keeping): Promise<void> {
  const { planId, scenarioId, fromVersion } = item;
  const last = (await entriesOf(engine, "plan", planId, item.revision)).at(-1);
  if (last?.type !== "retention.applied" || !(await isListed(engine, scenarioId, fromVersion, planId))) return;
  const record = happened(engine, "retention.spared", { by, planned, planId, ...kept });
  await engine.records.append(subjectOf(engine, "plan", planId), [record], { expectedSeq: last.seq, fence });
}

/**
 * Drops a plan: the ledger entry, its place among the plans of its version, its pointers, its documents. Every step may be
 * repeated.
 *
 * @returns why it stays after all; undefined if it is gone
 */
export async function dropPlan(application: Application, item: RetainedPlan): Promise<Keeping | undefined> {
  const { engine, fence } = application;
  const { planId, scenarioId, fromVersion } = item;
  const subject = subjectOf(engine, "plan", planId);
  const pointed = await engine.records.pointer(subject);
  if (pointed !== undefined) {
    const kept = await application.keeping(item);
    if (kept !== undefined) {
      await spared(application, item, kept);
      return kept;
    }
    if (pointed !== item.digest) return { reason: "RETENTION.CHANGED" };
  }
  const documents = await recorded(application, item);
  if (documents === undefined) return { reason: "RETENTION.CHANGED" };
  await withdrawn(engine, scenarioId, fromVersion, planId, fence);
  const pointers: Subject[] = [subject, subjectOf(engine, "draft", planId)];
  for (const pointer of pointers) {
    const value = await engine.records.pointer(pointer);
    if (value !== undefined) await engine.records.cas(pointer, value, undefined, { fence });
  }
  for (const { kind, digest } of documents) {
    await engine.records.drop(subjectOf(engine, kind, planId), digest, { fence });
  }
  return undefined;
}
