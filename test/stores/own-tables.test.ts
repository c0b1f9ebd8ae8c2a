import { describe, expect, it } from "vitest";
import { type OwnTables, type SessionColumn, sessionsFrom } from "../../src/index.js";
import { sessionStoreContract } from "../../src/testing/store-contract.js";
import { aSession, create, mark } from "../../src/testing/store-contract-fixtures.js";
import { plainTable } from "./own-tables-table.js";

const runner = { describe, it, expect };
const everybody = { tenantId: "" };

describe("sessions in a plain table", () => {
  sessionStoreContract(runner, {
    makeStore: () => ({ store: sessionsFrom(plainTable().tables) }),
    capabilities: { atomicCommit: false, durable: false, setBasedMark: false, leases: false, indexedOutbox: false },
  });
});

describe("sessions in a table that takes many writes at once", () => {
  sessionStoreContract(runner, {
    makeStore: () => ({ store: sessionsFrom(plainTable({ many: true }).tables) }),
    capabilities: { atomicCommit: false, durable: false, leases: false, indexedOutbox: false },
  });
});

describe("sessions in a table whose trigger raises the version with every write", () => {
  const reason = "a mark raises the version, so a commit that was decided before it is refused and decided again";
  sessionStoreContract(runner, {
    makeStore: () => ({ store: sessionsFrom(plainTable({ raisesAlways: true }).tables) }),
    capabilities: { atomicCommit: false, durable: false, setBasedMark: false, leases: false, indexedOutbox: false },
    deviations: [
      "mark-only",
      "mark-beside-commits",
      "mark-cleared",
      "mark-taken-off",
      "key-mark",
      "race-mark",
      "race-clear",
    ].map((test) => ({ test, reason })),
  });
});

describe("an application's own table", () => {
  it("has what it declares in its columns, and everything else in the state", async () => {
    const { tables, read } = plainTable();
    const session = aSession({ variables: { age: 3 }, channel: "web", customerId: "c1" });
    await sessionsFrom(tables).commit({ session, expectedRevision: 0 });
    const row = read("s1");
    expect(row?.columns).toEqual({
      scenarioId: "flow",
      scenarioVersion: 1,
      stepId: "a",
      status: "active",
      variables: { age: 3 },
      channel: "web",
      createdAt: session.createdAt,
    });
    const state = JSON.parse(row?.state ?? "");
    expect(state).toMatchObject({ format: "regraft-session/1", session: { customerId: "c1", stepHistory: [] } });
    expect(Object.keys(state.session)).not.toEqual(expect.arrayContaining(["variables"]));
    expect(row).toMatchObject({ version: 1, stamp: 1 });
  });

  it("is read with what the application wrote, and refuses what was decided before it", async () => {
    const { tables, change } = plainTable();
    const store = sessionsFrom(tables);
    const session = await create(store);
    change("s1", ({ version, columns }) => ({
      version: version + 1,
      columns: { ...columns, variables: { vip: true } },
    }));
    expect(await store.get({ tenantId: "", id: "s1" })).toEqual({ ...session, revision: 2, variables: { vip: true } });
    expect(await store.commit({ session: { ...session, stepId: "b" }, expectedRevision: 1 })).toEqual({
      ok: false,
      conflict: { expected: 1, actual: 2 },
    });
  });

  it("takes a mark without raising the version", async () => {
    const { tables, read } = plainTable();
    const store = sessionsFrom(tables);
    await create(store);
    await store.mark(everybody, mark, { limit: 9 });
    expect(read("s1")).toMatchObject({ version: 1, stamp: 2 });
  });

  it("keeps a mark that comes between the reading and the writing of a commit", async () => {
    const { tables } = plainTable();
    const store = sessionsFrom(tables);
    const session = await create(store);
    let isFirst = true;
    const slow = sessionsFrom({
      ...tables,
      save: async (...args) => {
        if (isFirst) await store.mark(everybody, mark, { limit: 9 });
        isFirst = false;
        return tables.save(...args);
      },
    });
    const result = await slow.commit({ session: { ...session, stepId: "b" }, expectedRevision: 1 });
    expect(result).toMatchObject({
      ok: true,
      session: { revision: 2, stepId: "b", pendingMigration: { ...mark, stepId: "a" } },
    });
  });

  it("takes a row of the application over when a session of its id is created, and finds none before", async () => {
    const { tables, insert, read } = plainTable();
    const store = sessionsFrom(tables);
    const columns = { scenarioId: "flow", stepId: "z", variables: {}, status: "active" } as const;
    insert({ id: "s1", columns: columns as never, version: 7, stamp: 0, state: null });
    expect(await store.get({ tenantId: "", id: "s1" })).toBeUndefined();
    expect(await store.scan(everybody, { limit: 9 })).toEqual({ sessions: [] });
    expect(await store.count(everybody)).toMatchObject({ total: 0 });
    const stale = await store.commit({ session: aSession(), expectedRevision: 7 });
    expect(stale).toEqual({ ok: false, conflict: { expected: 7, actual: 0 } });
    await expect(create(store)).resolves.toMatchObject({ stepId: "a", revision: 8 });
    expect(read("s1")).toMatchObject({ version: 8, stamp: 1 });
  });

  it("marks a page in one round trip where it takes many writes at once, and one by one where not", async () => {
    for (const [many, saves] of [
      [true, 0],
      [false, 30],
    ] as const) {
      const { tables, calls } = plainTable({ many: false });
      const plain = sessionsFrom(tables);
      for (let n = 0; n < 30; n += 1) await create(plain, { id: `s${n}` });
      const saveMany: OwnTables<never>["saveMany"] = async (all) => {
        calls.push("saveMany");
        return all.map(() => true);
      };
      const store = many ? sessionsFrom({ ...tables, saveMany } as typeof tables) : plain;
      calls.length = 0;
      expect(await store.mark(everybody, mark, { limit: 100 })).toEqual({ marked: 30, done: true });
      expect(calls.filter((call) => call === "save")).toHaveLength(saves);
      expect(calls.filter((call) => call === "saveMany")).toHaveLength(many ? 1 : 0);
      expect(calls.filter((call) => call === "query")).toHaveLength(1);
    }
  });

  it("refuses records, which it would lose", async () => {
    const store = sessionsFrom(plainTable().tables);
    const records = [{ type: "x", at: "2026-01-01T00:00:00.000Z", data: {} }];
    await expect(store.commit({ session: aSession(), expectedRevision: 0, records })).rejects.toMatchObject({
      code: "INPUT.INVALID",
      details: { path: "/records" },
    });
    expect(await store.get({ tenantId: "", id: "s1" })).toBeUndefined();
  });

  it("hides the rows of one tenant from the others also where the application has none", async () => {
    const { tables } = plainTable();
    const only: typeof tables = {
      ...tables,
      load: ({ id }) => tables.load({ tenantId: "", id }),
      query: (query, page) => tables.query({ ...query, tenantId: "" }, page),
    };
    const store = sessionsFrom(only);
    await create(store);
    expect(await store.get({ tenantId: "other", id: "s1" })).toBeUndefined();
    expect(await store.count({ tenantId: "other" })).toEqual({ total: 0, byStep: {} });
  });
});

describe("the functions of an application", () => {
  const failing = (name: "load" | "save" | "query") => async () => {
    const store = sessionsFrom({ ...plainTable().tables, [name]: () => Promise.reject(new Error("no connection")) });
    const call = name === "query" ? store.scan(everybody, { limit: 1 }) : create(store);
    await expect(call).rejects.toMatchObject({
      code: "STORE.UNAVAILABLE",
      details: { method: name },
      cause: { message: "no connection" },
    });
  };

  for (const name of ["load", "save", "query"] as const) {
    it(`make the store unavailable when ${name} fails`, failing(name));
  }

  it("have to say whether they wrote", async () => {
    const store = sessionsFrom({ ...plainTable().tables, save: async () => undefined as never });
    await expect(create(store)).rejects.toMatchObject({ code: "CONFIG.INVALID", details: { path: "/save" } });
    const { tables } = plainTable();
    await create(sessionsFrom(tables));
    const many = sessionsFrom({ ...tables, saveMany: async () => [] });
    await expect(many.mark(everybody, mark, { limit: 1 })).rejects.toMatchObject({
      code: "CONFIG.INVALID",
      details: { path: "/saveMany" },
    });
  });

  it("that never write are given up after a bounded number of tries", async () => {
    const { tables } = plainTable();
    let tries = 0;
    const save = async () => {
      tries += 1;
      return false;
    };
    await expect(create(sessionsFrom({ ...tables, save }))).rejects.toMatchObject({ code: "STORE.UNAVAILABLE" });
    expect(tries).toBe(100);
  });

  it.each([
    ["a version that is no number", { version: "1" as never }, "/version"],
    ["a version below zero", { version: -1 }, "/version"],
    ["a stamp with a fraction", { stamp: 1.5 }, "/stamp"],
    ["no stamp", { stamp: null as never }, "/stamp"],
    ["a state that is no JSON", { state: "{" }, "/state"],
    ["a state of another form", { state: { format: "other" } }, "/state"],
    ["a column without its value", { columns: { stepId: null } as never }, "/columns/scenarioId"],
  ] as const)("that return %s are told so", async (_, part, path) => {
    const { tables, change } = plainTable();
    const store = sessionsFrom(tables);
    await create(store);
    change("s1", () => part as never);
    await expect(store.get({ tenantId: "", id: "s1" })).rejects.toMatchObject({
      code: "STORE.DAMAGED",
      details: { path },
    });
  });

  it("that return a driver's value instead of JSON are told where", async () => {
    const { tables } = plainTable();
    await create(sessionsFrom(tables));
    const store = sessionsFrom({
      ...tables,
      load: async (key) => {
        const row = await tables.load(key);
        return row && { ...row, columns: { ...row.columns, createdAt: new Date() as never } };
      },
    });
    await expect(store.get({ tenantId: "", id: "s1" })).rejects.toMatchObject({
      code: "STORE.DAMAGED",
      details: { path: "/columns/createdAt" },
    });
  });

  it("may return the state as their driver has parsed it", async () => {
    const { tables } = plainTable();
    const store = sessionsFrom({
      ...tables,
      load: async (key) => {
        const row = await tables.load(key);
        return row && { ...row, state: JSON.parse(String(row.state)) };
      },
    });
    const session = await create(store);
    expect(await store.get({ tenantId: "", id: "s1" })).toEqual(session);
  });

  it.each([
    [{ load: undefined }, "/load"],
    [{ save: 1 }, "/save"],
    [{ query: null }, "/query"],
    [{ saveMany: true }, "/saveMany"],
    [{ columns: "stepId" }, "/columns"],
    [{ columns: ["stepId", "tenantId"] }, "/columns/1"],
  ])("are checked when the store is made: %j", (part, path) => {
    const tables = { ...plainTable().tables, ...part } as unknown as OwnTables<SessionColumn>;
    expect(() => sessionsFrom(tables)).toThrowError(
      expect.objectContaining({ code: "CONFIG.INVALID", details: expect.objectContaining({ path }) }),
    );
  });
});
