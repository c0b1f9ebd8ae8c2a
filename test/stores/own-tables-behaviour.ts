import { describe, expect, it } from "vitest";
import { createRegraft, type Regraft, sessionsFrom } from "../../src/index.js";
import { memoryStore } from "../../src/stores/memory.js";
import { manualClock } from "../../src/testing/clock.js";
import { faultyStore } from "../../src/testing/faulty-store.js";
import { sequentialIds } from "../../src/testing/ids.js";
import { sessionStoreContract } from "../../src/testing/store-contract.js";
import { flow, roll, walk } from "../engine/helpers.js";
import { type ApplicationTables, applicationTables, createTable, type Database } from "./own-tables-application.js";

/** An empty table of an application, and two connections to it. */
export interface OwnPlace {
  readonly schema: string;
  readonly db: Database;
  readonly other: Database;
}

const reason =
  "a text or jsonb column of PostgreSQL holds no NUL and no unpaired surrogate; the application's ids have none";
const unfit = [
  "commit-texts",
  "commit-ids",
  "scan-pages",
  "scan-tenants",
  "scan-counts",
  "mark-shrinking",
  "restart-sessions",
];

/** The contract, with many writes at once and without. */
export function ownTablesContract(newPlace: () => OwnPlace): void {
  describe.each([
    ["one by one", false],
    ["many at once", true],
  ] as const)("written %s", (_, many) => {
    const storeOver = (db: Database, schema: string) => {
      const { saveMany, ...tables } = applicationTables(db, schema);
      return sessionsFrom(many && saveMany !== undefined ? { ...tables, saveMany } : tables);
    };
    sessionStoreContract(
      { describe, it, expect },
      {
        makeStore: async () => {
          const { schema, db, other } = newPlace();
          await createTable(db, schema);
          return {
            store: storeOver(db, schema),
            reopen: () => storeOver(other, schema),
            another: () => storeOver(other, schema),
          };
        },
        capabilities: { atomicCommit: false, leases: false, setBasedMark: many, indexedOutbox: false },
        deviations: unfit.map((test) => ({ test, reason })),
      },
    );
  });
}

const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > N:email > B > C");
const stream = { kind: "session", tenantId: "", id: "s1" };
const ana = { by: "ana", reason: "asked for by mail" };
const secret = "jo@x.example";

/** What holds for an application whose sessions are in its own table and whose records are elsewhere. */
export function ownTablesBehaviour(newPlace: () => OwnPlace): void {
  async function application() {
    const { schema, db, other } = newPlace();
    await createTable(db, schema);
    const clock = manualClock("2026-03-01T09:00:00Z");
    const kept = memoryStore({ clock });
    const ledger = { isAway: false };
    const records = faultyStore(kept, {
      failOn: ({ method }) => (ledger.isAway && method === "append" ? "before" : undefined),
    });
    const ids = sequentialIds();
    const open = (wrap?: (tables: ApplicationTables) => ApplicationTables, over = db): Regraft => {
      const tables = applicationTables(over, schema);
      return createRegraft({ records, clock, ids, sessions: sessionsFrom(wrap === undefined ? tables : wrap(tables)) });
    };
    const row = async (): Promise<Record<string, unknown>> =>
      (await db.query<Record<string, unknown>>(`SELECT * FROM "${schema}".applications WHERE id = 's1'`)).rows[0] ?? {};
    const columns = async () => {
      const { edition, page, answers, version } = await row();
      return { edition, page, answers, version };
    };
    const answer = (answers: object) =>
      other.query(
        `UPDATE "${schema}".applications SET answers = answers || $1::jsonb, version = version + 1 WHERE id = 's1'`,
        [JSON.stringify(answers)],
      );
    const types = async () => (await kept.read(stream, { limit: 99 })).entries.map(({ type }) => type);
    return { regraft: open(), elsewhere: open(undefined, other), open, records, ledger, row, columns, answer, types };
  }

  /** A session that stands at B and has a plan to go on. */
  async function marked() {
    const made = await application();
    await made.regraft.publish(v1);
    await walk(made.regraft, "s1", ["B"], { variables: { note: "x" } });
    await roll(made.regraft, v1, v2);
    return made;
  }

  it("walk, are asked and move, and the application sees it in its columns", async () => {
    const { regraft, columns, types } = await marked();
    expect(await columns()).toEqual({ edition: 1, page: "B", answers: { note: "x" }, version: 2 });
    expect((await regraft.session("s1")).pendingMigration?.planId).toBe("plan-1");
    await regraft.reconcile("s1", { messageId: "m1" });
    expect(await regraft.provide("s1", { email: secret }, { messageId: "m2" })).toMatchObject({ action: "teleport" });
    expect(await columns()).toEqual({ edition: 2, page: "B", answers: { note: "x", email: secret }, version: 4 });
    expect(await types()).toEqual([
      "session.started",
      "session.visited",
      "session.reconciled",
      expect.stringContaining("session."),
      "session.reconciled",
    ]);
    expect((await regraft.status("plan-1")).applied).toBe(1);
  });

  it("are decided about on what the application has written by itself", async () => {
    const { regraft, columns, answer } = await marked();
    await answer({ email: secret });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", stepId: "B" });
    expect(await columns()).toMatchObject({ edition: 2, version: 4 });
  });

  it("are decided about anew where the application writes between the decision and its write", async () => {
    const { open, columns, answer } = await marked();
    let isFirst = true;
    const raced = open((tables) => ({
      ...tables,
      save: async (...args) => {
        if (isFirst) await answer({ email: secret, vip: true });
        isFirst = false;
        return tables.save(...args);
      },
    }));
    expect(await raced.reconcile("s1")).toMatchObject({ action: "teleport", stepId: "B" });
    expect(await columns()).toEqual({
      edition: 2,
      page: "B",
      answers: { note: "x", email: secret, vip: true },
      version: 4,
    });
  });

  it("take one message once, whoever repeats it and however many at a time", async () => {
    const { regraft, elsewhere, answer, columns, types } = await marked();
    await answer({ email: secret });
    const results = await Promise.all(
      [regraft, elsewhere, regraft, elsewhere].map((engine) => engine.reconcile("s1", { messageId: "m1" })),
    );
    const again = await elsewhere.reconcile("s1", { messageId: "m1" });
    for (const { action, stepId } of [...results, again] as { action: string; stepId?: string }[]) {
      expect([action, stepId]).toEqual(["teleport", "B"]);
    }
    expect(await columns()).toMatchObject({ edition: 2, version: 4 });
    expect((await types()).filter((type) => type === "session.reconciled")).toHaveLength(1);
  });

  it("take a message once also where the row was written and its save failed afterwards", async () => {
    const { open, answer, columns, types } = await marked();
    await answer({ email: secret });
    let isLost = true;
    const deaf = open((tables) => ({
      ...tables,
      save: async (...args) => {
        const written = await tables.save(...args);
        if (!isLost) return written;
        isLost = false;
        throw new Error("the connection was lost");
      },
    }));
    await expect(deaf.reconcile("s1", { messageId: "m1" })).rejects.toMatchObject({ code: "STORE.UNAVAILABLE" });
    for (const engine of [deaf, open()]) {
      const again = await engine.reconcile("s1", { messageId: "m1" });
      expect(again).toMatchObject({ action: "teleport", stepId: "B" });
      expect(again.reasons).toContain("MIGRATION.SETTLED");
    }
    expect(await columns()).toMatchObject({ edition: 2, version: 4 });
    expect((await types()).filter((type) => type === "session.reconciled")).toHaveLength(1);
  });

  it("lose no entry when the process ends between the write of the row and the ledger", async () => {
    const { open, records, types } = await marked();
    const before = await types();
    const ends = open((tables) => ({
      ...tables,
      save: async (...args) => {
        await tables.save(...args);
        throw new Error("the process has ended");
      },
    }));
    await expect(ends.update("s1", { variables: { n: 1 } })).rejects.toMatchObject({ code: "STORE.UNAVAILABLE" });
    expect(await types()).toEqual(before);
    const { head } = await records.read(stream, { limit: 1 });
    expect(await open().deliver()).toEqual({ scanned: 1, delivered: 1, failed: [] });
    expect((await records.read(stream, { limit: 1 })).head).toBe(head + 1);
    expect(await open().deliver()).toMatchObject({ delivered: 0 });
  });

  it("lose no entry and no order while the store of records is away", async () => {
    const { regraft, elsewhere, ledger, types } = await marked();
    const before = await types();
    ledger.isAway = true;
    await regraft.update("s1", { variables: { n: 1 } });
    await expect(elsewhere.update("s1", { variables: { n: 2 } })).rejects.toMatchObject({ code: "STORE.UNAVAILABLE" });
    expect(await types()).toEqual(before);
    ledger.isAway = false;
    await elsewhere.recordVisit("s1", "C", { version: 1 });
    expect(await types()).toEqual([...before, "session.updated", "session.visited"]);
    expect((await regraft.ledger.verify()).ok).toBe(true);
  });

  it("keep nothing of a person who is erased, in any column", async () => {
    const { regraft, row, records } = await marked();
    await regraft.reconcile("s1", { messageId: `m of ${secret}` });
    await regraft.provide("s1", { email: secret }, { messageId: "m2" });
    expect(JSON.stringify(await row())).toContain(secret);
    const { entries } = await regraft.eraseSession("s1", ana);
    expect(entries).toBeGreaterThan(3);
    expect(JSON.stringify(await row())).not.toContain(secret);
    expect(JSON.parse(String((await row()).regraft_state)).outcomes).toEqual([]);
    expect(JSON.stringify(await records.read(stream, { limit: 99 }))).not.toContain(secret);
    expect((await regraft.ledger.verify()).ok).toBe(true);
  });

  it("are erased to the end by the next call where the process ended in the middle", async () => {
    const { regraft, elsewhere, ledger, row, records } = await marked();
    await regraft.update("s1", { variables: { email: secret } });
    ledger.isAway = true;
    await expect(regraft.eraseSession("s1", ana)).rejects.toMatchObject({ code: "STORE.UNAVAILABLE" });
    expect(JSON.stringify(await row())).not.toContain(secret);
    ledger.isAway = false;
    expect((await elsewhere.eraseSession("s1", ana)).entries).toBeGreaterThan(2);
    expect(JSON.stringify(await records.read(stream, { limit: 99 }))).not.toContain(secret);
    expect(await regraft.eraseSession("s1", ana)).toMatchObject({ entries: 0 });
    expect((await regraft.ledger.verify()).ok).toBe(true);
  });

  it("are not erased under a legal hold, and the row stays as it is", async () => {
    const { regraft, row } = await marked();
    await regraft.legalHolds.place({ sessionId: "s1" }, { by: "counsel", reason: "case 7" });
    const before = await row();
    await expect(regraft.eraseSession("s1", ana)).rejects.toMatchObject({ code: "RETENTION.LEGAL_HOLD" });
    expect(await row()).toEqual(before);
    await regraft.legalHolds.lift({ sessionId: "s1" }, { by: "counsel" });
    expect((await regraft.eraseSession("s1", ana)).session.status).toBe("closed");
  });
}
