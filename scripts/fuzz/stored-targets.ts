import * as api from "../../src/index.js";
import { chained, emptyHead } from "../../src/ledger/chain.js";
import { flow } from "../../src/testing/flow.js";
import type { Target } from "./target.js";

const at = "2026-03-01T09:00:00.000Z";
const subject = { kind: "session", tenantId: "", id: "s1" };
const state = { scenarioId: "flow", status: "active", revision: 1, version: 1, stepId: "A" };
const entries = chained(subject, emptyHead(subject), [
  { type: "session.started", at, data: { after: state } },
  { type: "session.reconciled", at, data: { action: "continue", planIds: ["p1"], reasons: [], after: state } },
]);

/** What a store or a table may hand back: entries, and one value among entries that are whole. */
function asEntries(input: unknown): never[] {
  const list = Array.isArray(input) ? Array.from<unknown>(input).slice(0, 50) : [input];
  return list as never[];
}

const session = api.startSession(flow(1, "A B", "A>B"), { id: "s1", at });
const row = {
  columns: { scenarioId: "flow", stepId: "A", status: "active" },
  version: 1,
  stamp: 1,
  state: { format: "regraft-session/1", tenantId: "", session, outcomes: [] },
};

/** A table with one row, which holds whatever it is given. */
async function overTables(input: unknown): Promise<void> {
  const tables = {
    columns: ["scenarioId", "stepId", "status"],
    load: async () => input,
    save: async () => true,
    page: async () => [input],
    scan: async () => [input],
  };
  const sessions = api.sessionsFrom(tables as never);
  await sessions.get({ tenantId: "", id: "s1" });
  await sessions.scan({ tenantId: "" }, { limit: 10 });
}

/** Those that take back what was stored once. */
export const stored: readonly Target[] = [
  { name: "replay", sample: entries, call: (input: unknown) => api.replay(asEntries(input)) },
  { name: "verifyStream", sample: entries, call: (input: unknown) => api.verifyStream(subject, asEntries(input)) },
  {
    name: "migrationReport",
    sample: entries,
    call: (input: unknown) => api.migrationReport("p1", asEntries(input), at),
  },
  { name: "toCloudEvents", sample: entries, call: (input: unknown) => [...api.toCloudEvents(asEntries(input))] },
  {
    name: "computeIndicators",
    sample: entries,
    call: async (input: unknown) => api.computeIndicators(asEntries(input)),
  },
  { name: "own tables", sample: row, call: overTables },
];
