import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createRegraft, type FieldSource, RegraftError } from "../../src/index.js";
import { fileStore } from "../../src/stores/file.js";
import { memoryStore } from "../../src/stores/memory.js";
import { manualClock } from "../../src/testing/clock.js";
import { faultyStore } from "../../src/testing/faulty-store.js";
import { bench, flow, roll, walk } from "./helpers.js";

const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > N > B > C");
const asking = flow(2, "A > N:email > B > C");

/** Sessions at C, marked for the second version; what is poisoned makes every decision about s1 throw. */
async function marked(to = v2) {
  let poison: Error | undefined;
  const locale = ({ id }: { readonly id: string }) => {
    if (poison !== undefined && id === "s1") throw poison;
    return undefined;
  };
  const source: FieldSource = { name: "crm", kind: "profile", find: async () => [] };
  const made = bench({ locale, fieldSources: [source], config: { limits: { maxAttempts: 3 } } });
  await made.regraft.publish(v1);
  for (const id of ["s1", "s2"]) await walk(made.regraft, id, ["B", "C"]);
  const plan = await roll(made.regraft, v1, to);
  const setPoison = (error: Error | undefined) => {
    poison = error;
  };
  return { ...made, plan, setPoison };
}

const bug = new TypeError("x is not a function");

describe("a message at which deciding fails", () => {
  it.each(["pointer", "commit"])("goes on, on the old version, where %s of the store fails", async (method) => {
    const { store, clock } = await marked();
    const failing = faultyStore(store, { failOn: (call) => (call.method === method ? "before" : undefined) });
    const result = await createRegraft({ store: failing, clock }).reconcile("s1", { messageId: "m1" });
    expect(result).toMatchObject({
      action: "continue",
      reasons: ["MIGRATION.POSTPONED", "STORE.UNAVAILABLE"],
      position: { version: 1, stepId: "C" },
      pending: true,
    });
    expect((await createRegraft({ store, clock }).reconcile("s1", { messageId: "m1" })).action).toBe("teleport");
  });

  it("is a typed error where the session cannot be read", async () => {
    const { store, clock } = await marked();
    const failing = faultyStore(store, { failOn: ({ method }) => (method === "getWith" ? "before" : undefined) });
    const call = createRegraft({ store: failing, clock }).reconcile("s1");
    await expect(call).rejects.toMatchObject({ code: "STORE.UNAVAILABLE" });
  });

  it("is told where it is not known what became of the write", async () => {
    const { store, clock } = await marked();
    const failing = faultyStore(store, { failOn: ({ method }) => (method === "commit" ? "after" : undefined) });
    const call = createRegraft({ store: failing, clock }).reconcile("s1", { messageId: "m1" });
    await expect(call).rejects.toMatchObject({ code: "STORE.UNAVAILABLE" });
    expect((await createRegraft({ store, clock }).reconcile("s1", { messageId: "m1" })).action).toBe("teleport");
  });

  it("still is the caller's own error where the caller is wrong", async () => {
    const { regraft } = await marked();
    await expect(regraft.reconcile("nobody")).rejects.toMatchObject({ code: "SESSION.NOT_FOUND" });
    await expect(regraft.reconcile("s1", { messageId: "" })).rejects.toMatchObject({ code: "INPUT.INVALID" });
  });

  it("goes on where a function of the host throws, and the session is set aside with what is needed to try again", async () => {
    const { regraft, setPoison } = await marked(asking);
    setPoison(bug);
    const result = await regraft.reconcile("s1", { messageId: "m1" });
    expect(result).toMatchObject({ action: "continue", reasons: ["MIGRATION.POSTPONED", "EXEC.FAILED"] });
    expect(await regraft.deadLetters.get("s1")).toMatchObject({
      status: "parked",
      reason: "EXEC.POISON",
      attempts: 1,
      payload: { operation: "reconcile", sessionId: "s1", messageId: "m1", version: 1, stepId: "C" },
    });
    setPoison(undefined);
    expect((await regraft.reconcile("s1", { messageId: "m1" })).action).toBe("collect");
  });
});

describe("a session that makes every try fail", () => {
  it("is set aside after the last try, and draining leaves it out", async () => {
    const { regraft, setPoison, plan } = await marked(asking);
    setPoison(bug);
    expect((await regraft.drain()).byOutcome).toEqual({ failed: 1, collect: 1 });
    const { letters, total } = await regraft.deadLetters.list();
    expect(total).toBe(1);
    expect(letters[0]).toMatchObject({ id: "s1", attempts: 3, payload: { operation: "drain", planId: plan.id } });
    expect((await regraft.drain()).byOutcome).toEqual({ parked: 1, collect: 1 });
  });

  it("is tried again on request, and settled by a try that does not fail", async () => {
    const { regraft, setPoison, store } = await marked(asking);
    setPoison(bug);
    await regraft.drain();
    expect(await regraft.deadLetters.retry("s1", { by: "ana" })).toMatchObject({
      reason: "EXEC.FAILED",
      letter: { status: "parked", attempts: 4 },
    });
    setPoison(undefined);
    expect(await regraft.deadLetters.retry("s1", { by: "ana" })).toMatchObject({
      outcome: "collect",
      letter: { status: "resolved" },
    });
    expect((await regraft.deadLetters.list()).total).toBe(0);
    const { entries } = await store.read({ kind: "dead-letter", tenantId: "", id: "s1" }, { limit: 10 });
    expect(entries.map(({ type }) => type)).toEqual(
      ["parked", "requeued", "parked", "requeued", "resolved"].map((status) => `dead_letter.${status}`),
    );
  });

  it("moves once, however often a crash makes its retry come again", async () => {
    const { regraft, store, clock } = await marked();
    const dying = faultyStore(store, { failOn: ({ method }) => (method === "commit" ? "after" : undefined) });
    const letter = {
      ...{ id: "s1", status: "parked", reason: "EXEC.POISON", error: "x", attempts: 3, idempotencyKey: "letter-9" },
      ...{ firstAt: "2026-03-01T09:00:00.000Z", lastAt: "2026-03-01T09:00:00.000Z" },
      payload: { operation: "drain", sessionId: "s1", scenarioId: "flow", version: 1, stepId: "C", revision: 3 },
    };
    const at = { kind: "dead-letter", tenantId: "", id: "s1" };
    const { digest } = await store.put({
      ...at,
      tags: { scenarioId: "flow", status: "parked", version: "1" },
      body: letter,
    });
    await store.cas(at, undefined, digest);
    const first = createRegraft({ store: dying, clock }).deadLetters.retry("s1", { by: "ana" });
    await expect(first).rejects.toMatchObject({ code: "STORE.UNAVAILABLE" });
    expect(await createRegraft({ store, clock }).deadLetters.retry("s1", { by: "ana" })).toMatchObject({
      letter: { status: "resolved" },
    });
    const { entries } = await store.read({ kind: "session", tenantId: "", id: "s1" }, { limit: 50 });
    expect(entries.filter(({ data }) => data.action === "teleport")).toHaveLength(1);
    expect(await regraft.deadLetters.get("s1")).toBeUndefined();
  });

  it("is set aside where what it fails with shows a secret, which is not kept", async () => {
    const { regraft, setPoison } = await marked(asking);
    setPoison(new TypeError("connect postgres://u:zq7canary@h/db"));
    expect((await regraft.drain()).byOutcome).toEqual({ failed: 1, collect: 1 });
    expect((await regraft.deadLetters.get("s1"))?.error).toBe("TypeError: connect postgres://u:[REDACTED]@h/db");
    expect((await regraft.drain()).byOutcome).toEqual({ parked: 1, collect: 1 });
  });

  it.each([
    "file",
    "memory",
  ])("has one letter and one move, whatever several processes do to it at once: %s", async (kind) => {
    const directory = mkdtempSync(join(tmpdir(), "regraft-letters-"));
    try {
      for (let round = 0; round < 4; round += 1) {
        const clock = manualClock("2026-03-01T09:00:00Z");
        const kept = memoryStore({ clock });
        const open = () => (kind === "memory" ? kept : fileStore(join(directory, `${round}`), { fsync: false, clock }));
        let isPoisoned = true;
        const locale = () => {
          if (isPoisoned) throw bug;
          return undefined;
        };
        const source: FieldSource = { name: "crm", kind: "profile", find: async () => [known] };
        const known = { field: "tel", value: "1", confidence: 1 };
        const process = () => createRegraft({ store: open(), clock, locale, fieldSources: [source] });
        const workers = [process(), process(), process(), process()];
        const [one = process()] = workers;
        await one.publish(v1);
        await walk(one, "s1", ["B", "C"]);
        await roll(one, v1, flow(2, "A > N:tel > B > C"));
        await Promise.all(workers.map((worker) => worker.drain()));
        expect((await one.deadLetters.list()).total).toBe(1);
        isPoisoned = false;
        const by = { by: "ana" };
        await Promise.allSettled(workers.map((worker) => worker.deadLetters.retry("s1", by)));
        // Whoever lost against the others may be asked again.
        await one.deadLetters.retry("s1", by).catch((error: unknown) => {
          expect(error).toMatchObject({ code: "DLQ.NOT_FOUND" });
        });
        const { entries } = await open().read({ kind: "session", tenantId: "", id: "s1" }, { limit: 50 });
        expect(entries.filter(({ data }) => data.action === "teleport")).toHaveLength(1);
        expect((await one.session("s1")).scenarioVersion).toBe(2);
        expect((await one.deadLetters.list()).total).toBe(0);
        expect((await one.ledger.verify()).findings).toEqual([]);
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("is not tried again for a plan that is no longer deployed, but can be given up", async () => {
    const { regraft, setPoison, plan } = await marked(asking);
    setPoison(bug);
    await regraft.drain();
    await regraft.rollback(plan.id, { by: "ana" });
    await expect(regraft.deadLetters.retry("s1", { by: "ana" })).rejects.toMatchObject({
      code: "DLQ.PLAN_NOT_DEPLOYED",
    });
    const drop = (reason: string) => regraft.deadLetters.drop("s1", { by: "ana", reason });
    await expect(drop(" ")).rejects.toMatchObject({ code: "INPUT.INVALID" });
    expect(await drop("rolled back")).toMatchObject({ status: "discarded" });
    await expect(drop("again")).rejects.toMatchObject({ code: "DLQ.NOT_FOUND" });
  });

  it("belongs to its tenant", async () => {
    const { regraft, setPoison } = await marked(asking);
    setPoison(bug);
    await regraft.drain();
    const other = regraft.forTenant("other").deadLetters;
    expect(await other.get("s1")).toBeUndefined();
    expect((await other.list()).total).toBe(0);
    await expect(other.retry("s1", { by: "eve" })).rejects.toMatchObject({ code: "DLQ.NOT_FOUND" });
  });
});

describe("a source that fails", () => {
  it("is left alone after five failures, and asked again after a while", async () => {
    let calls = 0;
    const crm: FieldSource = {
      name: "crm",
      kind: "profile",
      find: async () => {
        calls += 1;
        throw new RegraftError("TRANSIENT.TIMEOUT", "down");
      },
    };
    const { regraft, clock } = bench({ fieldSources: [crm] });
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B", "C"]);
    await roll(regraft, v1, asking);
    for (let n = 0; n < 9; n += 1) expect((await regraft.reconcile("s1")).action).toBe("collect");
    expect(calls).toBe(5);
    clock.advance(30_000);
    await regraft.reconcile("s1");
    expect(calls).toBe(6);
  });

  it("may return no more than can be kept", async () => {
    const big: FieldSource = {
      name: "crm",
      kind: "profile",
      find: async () => [{ field: "tel", value: "x".repeat(200_000), confidence: 1 }],
    };
    const { regraft } = bench({ fieldSources: [big] });
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B", "C"]);
    await roll(regraft, v1, flow(2, "A > N:tel > B > C"));
    expect((await regraft.reconcile("s1")).action).toBe("collect");
  });
});

describe("rates of a tenant", () => {
  it("let a message beyond them go on as it is, and count tenants apart", async () => {
    const { regraft, clock } = bench({ config: { rateLimits: { reconciles: 1 } } });
    const other = regraft.forTenant("b");
    for (const one of [regraft, other]) {
      await one.publish(v1);
      await walk(one, "s1", ["B", "C"]);
      await walk(one, "s2", ["B", "C"]);
      await roll(one, v1, v2);
    }
    expect((await regraft.reconcile("s1")).action).toBe("teleport");
    const late = await regraft.reconcile("s2");
    expect(late).toMatchObject({ action: "continue", reasons: ["MIGRATION.POSTPONED", "TRANSIENT.RATE_LIMITED"] });
    expect((await other.reconcile("s2")).action).toBe("teleport");
    clock.advance(60_000);
    expect((await regraft.reconcile("s2")).action).toBe("teleport");
  });

  it("are only told of where they are advisory", async () => {
    const lines: string[] = [];
    const warn = (fields: object) => lines.push(JSON.stringify(fields));
    const logger = { debug: () => {}, info: () => {}, warn, error: () => {} };
    const { regraft } = bench({ logger, config: { rateLimits: { reconciles: 0, mode: "advisory" } } });
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    expect((await regraft.reconcile("s1")).reasons).toEqual(["MIGRATION.NOTHING_TO_DO"]);
    expect(lines).toEqual([expect.stringContaining("TRANSIENT.RATE_LIMITED")]);
  });
});
