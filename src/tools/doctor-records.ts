import { validate } from "../contracts/validate.js";
import { publish } from "../engine/archive.js";
import { documents, engineKinds } from "../engine/artifact-kinds.js";
import type { Engine } from "../engine/context.js";
import { plansFrom } from "../engine/plan-index.js";
import { presentPlan } from "../engine/plan-records.js";
import type { RecordStore, StoredRecord } from "../ports/record-store.js";
import type { Findings } from "./doctor-findings.js";

const pageLimit = 200;

/** What mends a finding, and what it does in words. */
export interface Mending {
  readonly says: string;
  readonly act: () => Promise<unknown>;
}

/** Where the doctor looks. */
export interface Patient {
  readonly engine: Engine;
  /** The store itself: what the engine would refuse to read is a finding. */
  readonly store: RecordStore;
}

async function* recordsOf({ engine, store }: Patient, kind: string): AsyncGenerator<StoredRecord> {
  let cursor: string | undefined;
  do {
    const query = { kind, tenantId: engine.tenantId };
    const page = await store.find(query, { limit: pageLimit, ...(cursor === undefined ? {} : { cursor }) });
    yield* page.records;
    cursor = page.cursor;
  } while (cursor !== undefined);
}

function isValid(record: StoredRecord, found: Findings): boolean {
  found.documents += 1;
  try {
    documents.checkRead(record);
    return true;
  } catch (error) {
    found.invalid += 1;
    found.caught(error, `${record.kind}/${record.id}`);
    return false;
  }
}

/** Looks at everything that pointers name, kind by kind. Returns how what is left half way can be completed. */
export async function inspectRecords(patient: Patient, found: Findings): Promise<Mending[]> {
  const mendings: Mending[] = [];
  const handled = new Map([
    ["plan", planInspector(patient, found, mendings)],
    ["plan-index", indexInspector(patient, found, mendings)],
    ["scenario", versionInspector(patient, found, mendings)],
  ]);
  for (const { kind } of engineKinds) {
    const inspector = handled.get(kind);
    try {
      for await (const record of recordsOf(patient, kind)) {
        if (kind === "dead-letter") found.openDlq += 1;
        if (isValid(record, found)) await inspector?.look(record);
      }
      await inspector?.end?.();
    } catch (error) {
      found.caught(error, kind);
    }
  }
  return mendings;
}

interface Inspector {
  readonly look: (record: StoredRecord) => Promise<void>;
  readonly end?: () => Promise<void>;
}

function open(found: Findings, subject: string, message: string): void {
  found.openTransactions += 1;
  found.add("error", "STORE.TRANSACTION_OPEN", subject, message, true);
}

function planInspector({ engine, store }: Patient, found: Findings, mendings: Mending[]): Inspector {
  const { tenantId } = engine;
  return {
    look: async ({ id, body }) => {
      const subject = `plan/${id}`;
      const { content, ...head } = body as { readonly content: string; readonly revision: number };
      const rest = await store.load({ kind: "plan-content", tenantId, id }, content);
      if (rest === undefined) {
        found.add("error", "ARTIFACT.INVALID", subject, "its content is not kept");
        return;
      }
      try {
        validate("plan", { ...head, ...(rest.body as object) }, { code: "ARTIFACT.INVALID" });
      } catch (error) {
        found.invalid += 1;
        found.caught(error, subject);
      }
      const { entries } = await store.read({ kind: "plan", tenantId, id }, { after: head.revision, limit: 1 });
      if (entries.length === 0) return;
      open(found, subject, "its ledger is further than the plan");
      mendings.push({ says: `completed the change of plan ${id}`, act: () => presentPlan(engine, id) });
    },
  };
}

function indexInspector({ engine, store }: Patient, found: Findings, mendings: Mending[]): Inspector {
  const { tenantId } = engine;
  return {
    look: async ({ id: key, body }) => {
      const { plans } = body as { readonly plans: readonly { readonly id: string; readonly digest: string }[] };
      for (const { id, digest } of plans) {
        const subject = { kind: "plan", tenantId, id };
        if ((await store.pointer(subject)) !== undefined || (await store.load(subject, digest)) === undefined) continue;
        open(found, `plan/${id}`, "it was proposed and not completed");
        const at = key.lastIndexOf("@");
        const act = () => plansFrom(engine, key.slice(0, at), Number(key.slice(at + 1)));
        mendings.push({ says: `completed the proposal of plan ${id}`, act });
      }
    },
  };
}

function versionInspector({ engine, store }: Patient, found: Findings, mendings: Mending[]): Inspector {
  const { tenantId } = engine;
  const newest = new Map<string, StoredRecord & { readonly version: number }>();
  return {
    look: async (record) => {
      const { scenarioId = "", version = "0" } = record.tags;
      if (Number(version) > (newest.get(scenarioId)?.version ?? 0)) {
        newest.set(scenarioId, { ...record, version: Number(version) });
      }
    },
    end: async () => {
      for (const [id, { version, body }] of newest) {
        const live = await store.pointer({ kind: "live", tenantId, id });
        if (live !== undefined && Number(live) >= version) continue;
        open(found, `scenario/${id}@${version}`, "it was archived and is not live");
        mendings.push({ says: `published ${id} version ${version}`, act: () => publish(engine, body) });
      }
    },
  };
}
