import { fileStore } from "../../src/stores/file.js";
import { ledgerRecord } from "../../src/testing/store-contract-fixtures.js";

/** Appends the same records under the same keys as every other process that is started with these arguments, and tells the outcomes. */
const [directory = "", count = "1"] = process.argv.slice(2);
const store = fileStore(directory, { fsync: false });
const journal = { kind: "journal", tenantId: "", id: "j" };
const outcomes: unknown[] = [];

process.once("message", async () => {
  for (let n = 0; n < Number(count); n += 1) {
    const records = [ledgerRecord("one", { n }), ledgerRecord("two", { n })];
    outcomes.push(await store.append(journal, records, { idempotencyKey: `key-${n}` }));
  }
  process.send?.(outcomes, () => process.disconnect());
});
process.send?.("ready");
