import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRegraft, type Regraft, sessionsFrom } from "../../src/index.js";
import { memoryStore } from "../../src/stores/memory.js";
import { manualClock } from "../../src/testing/clock.js";
import { faultyStore } from "../../src/testing/faulty-store.js";
import { sequentialIds } from "../../src/testing/ids.js";
import { sessionStoreContract } from "../../src/testing/store-contract.js";
import { flow, roll, walk } from "../engine/helpers.js";
import { applicationTables, createTable } from "./own-tables-application.js";

const reason =
  "a text or jsonb column of PostgreSQL holds no NUL and no unpaired surrogate; the application's ids have none";

describe("sessions in the table of an application on PostgreSQL", () => {
  let db: PGlite;
  let schemas = 0;

  async function table() {
    schemas += 1;
    await createTable(db, `app${schemas}`);
    return `app${schemas}`;
  }

  beforeAll(async () => {
    db = await PGlite.create();
  });
  afterAll(() => db.close());

  sessionStoreContract(
    { describe, it, expect },
    {
      makeStore: async () => {
        const schema = await table();
        const open = () => sessionsFrom(applicationTables(db, schema));
        return { store: open(), reopen: open, another: open };
      },
      capabilities: { atomicCommit: false, leases: false },
      deviations: [
        "commit-texts",
        "commit-ids",
        "scan-pages",
        "scan-tenants",
        "scan-counts",
        "mark-shrinking",
        "restart-sessions",
      ].map((test) => ({ test, reason })),
    },
  );

  const v1 = flow(1, "A > B > C");
  const v2 = flow(2, "A > N:email > B > C");
  const stream = { kind: "session", tenantId: "", id: "s1" };

  async function application() {
    const clock = manualClock("2026-03-01T09:00:00Z");
    const records = memoryStore({ clock });
    const schema = await table();
    const tables = applicationTables(db, schema);
    const options = { records, clock, ids: sequentialIds() };
    const open = (wrap: typeof faultyStore | undefined = undefined, failAt = 0): Regraft => {
      const sessions = sessionsFrom(tables);
      let calls = 0;
      const failing = wrap?.(sessions, {
        failOn: () => {
          calls += 1;
          return calls === failAt ? "after" : undefined;
        },
      });
      return createRegraft({ ...options, sessions: failing ?? sessions });
    };
    const columnsOf = async (id: string) => {
      const found = await db.query(
        `SELECT edition, page, answers, version FROM "${schema}".applications WHERE id = $1`,
        [id],
      );
      return found.rows[0];
    };
    const answer = (id: string, answers: object) =>
      db.query(
        `UPDATE "${schema}".applications SET answers = answers || $2::jsonb, version = version + 1 WHERE id = $1`,
        [id, JSON.stringify(answers)],
      );
    return { regraft: open(), open, records, columnsOf, answer };
  }

  it("walk, are asked and move, and the application sees it in its columns", async () => {
    const { regraft, records, columnsOf } = await application();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"], { variables: { note: "x" } });
    expect(await columnsOf("s1")).toEqual({ edition: 1, page: "B", answers: { note: "x" }, version: 2 });
    await roll(regraft, v1, v2);
    expect(await columnsOf("s1")).toMatchObject({ version: 2 });
    expect((await regraft.session("s1")).pendingMigration?.planId).toBe("plan-1");
    await regraft.reconcile("s1", { messageId: "m1" });
    expect(await regraft.provide("s1", { email: "jo@x.example" }, { messageId: "m2" })).toMatchObject({
      action: "teleport",
    });
    expect(await columnsOf("s1")).toEqual({
      edition: 2,
      page: "B",
      answers: { note: "x", email: "jo@x.example" },
      version: 4,
    });
    const { entries } = await records.read(stream, { limit: 9 });
    expect(entries.map(({ type }) => type)).toEqual([
      "session.started",
      "session.visited",
      "session.reconciled",
      expect.stringContaining("session."),
      "session.reconciled",
    ]);
    expect((await regraft.status("plan-1")).applied).toBe(1);
  });

  it("are decided about on what the application has written by itself", async () => {
    const { regraft, columnsOf, answer } = await application();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    await roll(regraft, v1, v2);
    await answer("s1", { email: "jo@x.example" });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", stepId: "B" });
    expect(await columnsOf("s1")).toMatchObject({ edition: 2, version: 4 });
  });

  it("lose no entry when the process ends right after a write", async () => {
    const { regraft, open, records } = await application();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    const before = (await records.read(stream, { limit: 9 })).head;
    // The calls of an update: get, then commit.
    const crashing = open(faultyStore, 2);
    await expect(crashing.update("s1", { variables: { n: 1 } })).rejects.toMatchObject({ code: "STORE.UNAVAILABLE" });
    expect((await records.read(stream, { limit: 9 })).head).toBe(before);
    expect(await open().deliver()).toEqual({ scanned: 1, delivered: 1, failed: [] });
    expect((await records.read(stream, { limit: 9 })).head).toBe(before + 1);
    expect(await open().deliver()).toMatchObject({ delivered: 0 });
  });
});
