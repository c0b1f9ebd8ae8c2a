import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { isRegraftError } from "../../src/errors.js";
import { type PostgresClient, postgresStore } from "../../src/stores/postgres.js";
import { aSession } from "../../src/testing/store-contract-fixtures.js";

const key = { tenantId: "", id: "s1" };

/** A driver that fails with each of the errors in turn, then answers with the rows. */
function failing(errors: readonly unknown[], rows: Record<string, unknown>[] = []) {
  const sent: string[] = [];
  const client: PostgresClient = {
    query: async (text) => {
      sent.push(text);
      if (sent.length <= errors.length) throw errors[sent.length - 1];
      return { rows };
    },
  };
  return { store: postgresStore({ client }), sent };
}

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("a failure of the driver", () => {
  it("is STORE.UNAVAILABLE with its SQLSTATE, and keeps addresses, passwords and rows to itself", async () => {
    const failure = Object.assign(new Error("connect postgres://ana:geheim@db.internal/app failed, password=geheim"), {
      code: "08006",
      detail: "Key (id)=(geheim)",
      query: "SELECT 'geheim'",
      params: ["geheim"],
    });
    const error = await errorOf(failing([failure]).store.get(key));
    expect(isRegraftError(error, "STORE.UNAVAILABLE") && error.details).toEqual({ sqlState: "08006" });
    expect(isRegraftError(error) && error.cause).toMatchObject({ name: "Error", code: "08006" });
    expect(inspect(error, { depth: 9 })).not.toContain("geheim");
  });

  it("is the same for what is no error at all", async () => {
    for (const thrown of [undefined, null, "gone", { code: 7 }]) {
      const error = await errorOf(failing([thrown]).store.get(key));
      expect(isRegraftError(error, "STORE.UNAVAILABLE")).toBe(true);
    }
  });

  it("is the caller's where ids are too long for an index, and is not tried again", async () => {
    const failure = Object.assign(new Error("index row size 3088 exceeds maximum"), { code: "54000" });
    const { store, sent } = failing([failure, failure]);
    await expect(store.get(key)).rejects.toMatchObject({ code: "INPUT.INVALID", details: { sqlState: "54000" } });
    expect(sent).toHaveLength(1);
  });

  it("says what to do where the tables are missing", async () => {
    const missing = Object.assign(new Error('relation "regraft.sessions" does not exist'), { code: "42P01" });
    await expect(failing([missing]).store.get(key)).rejects.toThrow(/call setup\(\) once/);
  });

  it("is tried again only where another writer came in between, and not for ever", async () => {
    for (const code of ["23505", "40001", "40P01"]) {
      const failure = Object.assign(new Error("again"), { code });
      const { store, sent } = failing([failure, failure]);
      expect(await store.get(key)).toBeUndefined();
      expect(sent).toHaveLength(3);
    }
    const lost = failing([Object.assign(new Error("lost"), { code: "08006" })]);
    expect(isRegraftError(await errorOf(lost.store.get(key)), "STORE.UNAVAILABLE")).toBe(true);
    expect(lost.sent).toHaveLength(1);
    const endless = failing(Array.from({ length: 1000 }, () => Object.assign(new Error("again"), { code: "40001" })));
    expect(isRegraftError(await errorOf(endless.store.get(key)), "STORE.UNAVAILABLE")).toBe(true);
    expect(endless.sent).toHaveLength(100);
  });

  it("is told when others are first every time", async () => {
    const { store, sent } = failing([], [{ written: null, known: null, actual: 0, stands: true }]);
    const error = await errorOf(store.commit({ session: aSession(), expectedRevision: 0 }));
    expect(isRegraftError(error, "STORE.UNAVAILABLE")).toBe(true);
    expect(sent).toHaveLength(100);
  });
});

describe("the name of a schema", () => {
  it("is refused if no schema can have it", () => {
    const { client } = { client: { query: async () => ({ rows: [] }) } };
    for (const schema of ["", "x".repeat(64), "é".repeat(32), "a\u0000b", "\ud800"]) {
      expect(() => postgresStore({ client, schema })).toThrow(/INPUT.INVALID/);
    }
    expect(() => postgresStore({ client, schema: "x".repeat(63) })).not.toThrow();
  });
});
