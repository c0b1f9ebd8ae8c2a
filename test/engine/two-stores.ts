import { expect } from "vitest";
import { createRegraft, type FieldSource, type LedgerEntry, type Regraft } from "../../src/index.js";
import { memoryStore } from "../../src/stores/memory.js";
import { manualClock } from "../../src/testing/clock.js";
import { faultyStore } from "../../src/testing/faulty-store.js";
import { sequentialIds } from "../../src/testing/ids.js";
import { flow, walk } from "./helpers.js";

export const v1 = flow(1, "A > B > C");
export const stream = { kind: "session", tenantId: "", id: "s1" };

/** Sessions and records in two stores of their own, as hosts with sessions in their own tables have them. */
export function twoStores(fieldSources: readonly FieldSource[] = []) {
  const clock = manualClock("2026-03-01T09:00:00Z");
  const [sessions, kept] = [memoryStore({ clock }), memoryStore({ clock })];
  const ledger = { isAway: false };
  const records = faultyStore(kept, {
    failOn: ({ method }) => (ledger.isAway && method === "append" ? "before" : undefined),
  });
  const open = (stores: Partial<{ sessions: typeof sessions; records: typeof records }> = {}) =>
    createRegraft({ sessions, records, clock, ids: sequentialIds(), fieldSources: [...fieldSources], ...stores });
  return { clock, sessions, records, ledger, open, regraft: open() };
}

export type Stores = ReturnType<typeof twoStores>;

export async function entriesOf({ records }: Stores): Promise<readonly LedgerEntry[]> {
  return (await records.read(stream, { limit: 500 })).entries;
}

/** Sweeps until there is no page left; how many items had been left. */
export async function sweep(regraft: Regraft): Promise<number> {
  let [delivered, cursor]: [number, string | undefined] = [0, undefined];
  do {
    const page = await regraft.deliver({ limit: 2, ...(cursor === undefined ? {} : { cursor }) });
    expect(page.failed).toEqual([]);
    delivered += page.delivered;
    cursor = page.cursor;
  } while (cursor !== undefined);
  return delivered;
}

export async function walking(regraft: Regraft): Promise<void> {
  await regraft.publish(v1);
  await walk(regraft, "s1", ["B", "C"]);
}
