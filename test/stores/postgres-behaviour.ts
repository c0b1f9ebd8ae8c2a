import { describe, expect, it } from "vitest";
import type { Session } from "../../src/contracts/types.js";
import { isRegraftError } from "../../src/errors.js";
import { chained, emptyHead } from "../../src/ledger/chain.js";
import type { SessionCommit } from "../../src/ports/session-store.js";
import { type PostgresClient, type PostgresStore, postgresStore } from "../../src/stores/postgres.js";
import { aSession, create, createAll, hostileIds, ledgerRecord } from "../../src/testing/store-contract-fixtures.js";

/** A database and a schema of its own for one test. */
export interface Place {
  readonly client: PostgresClient;
  readonly schema: string;
}

const mark = { planId: "p1", targetVersion: 2, markedAt: "2026-02-01T00:00:00.000Z" };
const walkers = { tenantId: "", scenarioId: "flow", versions: [1] };

/** A client that keeps the statements it was sent. */
function counting(client: PostgresClient): { readonly client: PostgresClient; readonly sent: string[] } {
  const sent: string[] = [];
  const query: PostgresClient["query"] = (text, params) => {
    sent.push(text);
    return client.query(text, params);
  };
  return { client: { query }, sent };
}

async function ready({ client, schema }: Place): Promise<{ store: PostgresStore; sent: string[] }> {
  const counted = counting(client);
  const store = postgresStore({ client: counted.client, schema });
  await store.setup();
  counted.sent.length = 0;
  return { store, sent: counted.sent };
}

/** Puts in sessions `s000000` and so on, in one statement. */
export async function fill({ client, schema }: Place, sessions: number): Promise<void> {
  const columns = "tenant_id, id, revision, scenario_id, scenario_version, step_id, status, channel, document";
  await client.query(
    `INSERT INTO "${schema.replaceAll('"', '""')}".sessions (${columns})
    SELECT '', 's' || lpad(n::text, 6, '0'), 1, 'flow', 1, 'a', 'active', CASE WHEN n % 2 = 0 THEN 'web' END,
      $2::text::jsonb || jsonb_build_object('id', 's' || lpad(n::text, 6, '0'))
    FROM generate_series(0, $1::text::integer - 1) n`,
    [String(sessions), JSON.stringify(aSession())],
  );
}

/** What holds for this store beyond the contract, on every server. */
export function postgresBehaviour(newPlace: () => Place): void {
  describe("one statement", () => {
    it("does for each call, also for a commit with records and a key", async () => {
      const { store, sent } = await ready(newPlace());
      const session = await create(store);
      const records = [ledgerRecord("one"), ledgerRecord("two")];
      const change = { session, expectedRevision: 1, records, clearMark: true };
      const subject = { kind: "plan", tenantId: "", id: "p" };
      const calls: (() => Promise<unknown>)[] = [
        () => store.commit(change, { idempotencyKey: "m1" }),
        () => store.commit(change, { idempotencyKey: "m1" }),
        () => store.commit({ session, expectedRevision: 9 }),
        () => store.get(session),
        () => store.scan(walkers, { limit: 10 }),
        () => store.count(walkers),
        () => store.mark(walkers, mark, { limit: 10 }),
        () => store.unmark(walkers),
        () => store.append(subject, records, { expectedSeq: 0, idempotencyKey: "k" }),
        () => store.read(subject, { limit: 10 }),
        () => store.put({ ...subject, body: {} }),
        () => store.cas(subject, undefined, "1"),
        () => store.find({ kind: "plan", tenantId: "" }, { limit: 10 }),
        () => store.lease(subject, { owner: "ana", ttlMs: 1000 }),
        () => store.drop(subject, "2", { fence: { lease: subject, token: 1 } }),
      ];
      for (const call of calls) {
        sent.length = 0;
        await call();
        expect(sent, String(call)).toHaveLength(1);
      }
    });

    it("marks five thousand sessions, reaching each once", async () => {
      const place = newPlace();
      const { store, sent } = await ready(place);
      await fill(place, 12_000);
      let cursor: string | undefined;
      let marked = 0;
      do {
        const page = { limit: 5000, ...(cursor === undefined ? {} : { cursor }) };
        const result = await store.mark({ ...walkers, channels: ["web"] }, mark, page);
        marked += result.marked;
        cursor = result.cursor;
      } while (cursor !== undefined);
      expect(marked).toBe(6000);
      expect(sent).toHaveLength(3);
      expect((await store.count({ ...walkers, marked: "p1" })).total).toBe(6000);
      sent.length = 0;
      expect(await store.unmark({ tenantId: "", marked: "p1" })).toEqual({ unmarked: 6000 });
      expect(sent).toHaveLength(2);
    });

    it("keeps nothing on the connection", async () => {
      const { store, sent } = await ready(newPlace());
      await create(store);
      await store.lease({ kind: "deploy", tenantId: "", id: "p" }, { owner: "ana", ttlMs: 1 });
      expect(sent.join("\n")).not.toMatch(/\b(PREPARE|LISTEN|SET SESSION|SET LOCAL|BEGIN|TEMP)\b|advisory_lock/i);
    });
  });

  describe("setup", () => {
    it("may be repeated, and keeps what is there", async () => {
      const place = newPlace();
      const { store } = await ready(place);
      const session = await create(store);
      expect(await store.setup()).toEqual({ version: 2 });
      expect(await store.get(session)).toEqual(session);
    });

    it("is asked for where the tables are missing", async () => {
      const error: unknown = await postgresStore(newPlace())
        .get({ tenantId: "", id: "s1" })
        .catch((reason: unknown) => reason);
      expect(isRegraftError(error, "STORE.UNAVAILABLE") && error.message).toMatch(/call setup\(\) once/);
    });
  });

  describe("what is stored", () => {
    it("comes back as it was, whatever characters it has", async () => {
      const { store } = await ready(newPlace());
      const texts = [...hostileIds, "\ud800", "a\\u0000", "\u0001\n", "NULL", "{}", "'"];
      for (const text of texts) {
        const parts = { tenantId: text, id: text, scenarioId: text, stepId: text, channel: text };
        const session = await create(store, { ...parts, variables: { [text]: [text] } });
        expect(await store.get({ tenantId: text, id: text })).toEqual(session);
        const query = { ...parts, stepIds: [text], channels: [text, "x"], sessionIds: [text, "x"] };
        expect((await store.scan(query, { limit: 2 })).sessions).toEqual([session]);
        expect(await store.count({ ...query, notChannels: [text] })).toEqual({ total: 0, byStep: {} });
        const key = { idempotencyKey: text };
        const second = await store.commit({ session, expectedRevision: 1 }, key);
        expect(await store.commit({ session, expectedRevision: 1 }, key)).toEqual({ ...second, repeated: true });
      }
    });

    it("keeps tags, bodies, entries and owners with such characters", async () => {
      const { store } = await ready(newPlace());
      for (const text of hostileIds) {
        const subject = { kind: text, tenantId: text, id: text };
        const record = { ...subject, tags: { [text]: text }, body: { [text]: text } };
        const { digest } = await store.put(record);
        await store.cas(subject, undefined, digest);
        expect((await store.find({ ...subject, tags: { [text]: ["x", text] } }, { limit: 1 })).records).toEqual([
          { ...record, digest },
        ]);
        const records = [{ type: text, at: text, data: { [text]: text } }];
        await store.append(subject, records);
        expect((await store.read(subject, { limit: 1 })).entries).toEqual(
          chained(subject, emptyHead(subject), records),
        );
        await store.lease(subject, { owner: text, ttlMs: 60_000 });
        const second = await store.lease(subject, { owner: "x", ttlMs: 1 });
        expect(second).toMatchObject({ ok: false, heldBy: { owner: text } });
      }
    });

    it("is a large document as well", async () => {
      const { store } = await ready(newPlace());
      const variables = { text: "😀\u0000".repeat(200_000) };
      const session = await create(store, { variables });
      expect((await store.get(session))?.variables).toEqual(variables);
    });

    it("chains many records of one commit", async () => {
      const { store } = await ready(newPlace());
      const records = Array.from({ length: 200 }, (_, n) => ledgerRecord("step", { n }));
      await store.commit({ session: aSession(), expectedRevision: 0, records });
      const subject = { kind: "session", tenantId: "", id: "s1" };
      const { entries } = await store.read(subject, { limit: 500 });
      expect(entries).toEqual(chained(subject, emptyHead(subject), records));
    });
  });

  it("remembers the latest thirty-two keys of a session, each with the mark of its time", async () => {
    const { store } = await ready(newPlace());
    const changes: SessionCommit[] = [];
    let session: Session = await create(store);
    for (let n = 0; n < 34; n += 1) {
      if (n === 5) await store.mark(walkers, mark, { limit: 9 });
      if (n === 6) await store.unmark(walkers);
      const change = { session, expectedRevision: session.revision };
      const result = await store.commit(change, { idempotencyKey: `m${n}` });
      if (result.ok) session = result.session;
      changes.push(change);
    }
    const repeat = (n: number) =>
      store.commit(changes[n] ?? { session, expectedRevision: 0 }, { idempotencyKey: `m${n}` });
    expect(await repeat(5)).toMatchObject({ ok: true, repeated: true, session: { pendingMigration: mark } });
    expect(await repeat(2)).toMatchObject({ ok: true, repeated: true, session: { revision: 4 } });
    expect(await repeat(1)).toEqual({ ok: false, conflict: { expected: 2, actual: 35 } });
  });

  it("ends leases by the clock of the database where no other is given", async () => {
    const { store } = await ready(newPlace());
    const name = { kind: "deploy", tenantId: "", id: "p" };
    expect(await store.lease(name, { owner: "ana", ttlMs: -1 })).toMatchObject({ ok: true, token: 1 });
    const taken = await store.lease(name, { owner: "ben", ttlMs: 3_600_000 });
    expect(taken).toMatchObject({ ok: true, token: 2 });
    expect(await store.lease(name, { owner: "ana", ttlMs: 1 })).toMatchObject({ ok: false, heldBy: { owner: "ben" } });
    expect(await store.renew({ lease: name, token: 1 }, { ttlMs: 1 })).toBe(false);
    expect(await store.release({ lease: name, token: 2 })).toBe(true);
  });

  it("gives out frozen values", async () => {
    const { store } = await ready(newPlace());
    await createAll(store, ["s1"]);
    const session = await store.get({ tenantId: "", id: "s1" });
    expect(Object.isFrozen(session) && Object.isFrozen(session?.variables)).toBe(true);
  });
}
