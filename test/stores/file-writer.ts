import { randomUUID } from "node:crypto";
import { writeSync } from "node:fs";
import { fileStore } from "../../src/stores/file.js";
import { aSession, ledgerRecord } from "../../src/testing/store-contract-fixtures.js";

/** Writes sessions, a stream and a pointer until it is killed, and tells what was acknowledged: one line each. */
const [directory = "", sessionCount = "3"] = process.argv.slice(2);
const store = fileStore(directory, { fsync: false });
const journal = { kind: "journal", tenantId: "", id: "j" };
const live = { kind: "live", tenantId: "", id: "flow" };

const told = (what: string, token: string) => writeSync(1, `${what} ${token}\n`);

for (let n = 0; ; n += 1) {
  const token = randomUUID();
  const key = { tenantId: "", id: `s${n % Number(sessionCount)}` };
  const seen = await store.get(key);
  const revision = seen?.revision ?? 0;
  const session = aSession({ ...key, variables: { token, commits: revision + 1 } });
  const change = { session, expectedRevision: revision, records: [ledgerRecord("committed", { token })] };
  const result = await store.commit(change, { idempotencyKey: token });
  if (result.ok) told(key.id, token);
  await store.append(journal, [ledgerRecord("one", { token }), ledgerRecord("two", { token })], {
    idempotencyKey: token,
  });
  told("journal", token);
  const before = await store.pointer(live);
  const { digest } = await store.put({ ...live, body: { token } });
  if ((await store.cas(live, before, digest)).ok) told("live", token);
}
