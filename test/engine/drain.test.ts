import { describe, expect, it } from "vitest";
import type { Session } from "../../src/index.js";
import { isRegraftError, RegraftError } from "../../src/index.js";
import type { SessionCommit } from "../../src/ports/session-store.js";
import { bench, flow, roll, walk } from "./helpers.js";

const v1 = flow(1, "A > B > C > D");
/** C gets another text, and a question stands before D. */
const v2 = flow(2, "A > B > N > C > E:email > D");
const stream = (id: string) => ({ kind: "session", tenantId: "", id });

async function marked(given: Parameters<typeof bench>[0] = {}, wrap?: Parameters<typeof bench>[1]) {
  const world = bench(given, wrap);
  await world.regraft.publish(v1);
  await walk(world.regraft, "b", ["B"]);
  await walk(world.regraft, "c", ["B", "C"]);
  await walk(world.regraft, "d", ["B", "C", "D"]);
  const plan = await roll(world.regraft, v1, v2);
  return { ...world, plan };
}

describe("draining", () => {
  it("moves the sessions whose move nobody notices, each in one commit, and says so in the ledger", async () => {
    const { regraft, store, plan } = await marked();
    const page = await regraft.drain({ planId: plan.id });
    expect(page).toEqual({ scanned: 3, moved: 2, byOutcome: { moved: 2, collect: 1 } });
    for (const id of ["b", "c"]) {
      const session = await regraft.session(id);
      expect(session).toMatchObject({ scenarioVersion: 2, stepId: id.toUpperCase() });
      expect(session.pendingMigration).toBeUndefined();
      const { entries } = await store.read(stream(id), { limit: 100 });
      const moves = entries.filter(({ type }) => type === "session.reconciled");
      expect(moves).toMatchObject([{ data: { action: "teleport", planIds: [plan.id], drained: true } }]);
    }
    expect((await regraft.status(plan.id)).applied).toBe(2);
  });

  it("leaves every other session exactly as it is", async () => {
    const { regraft, store } = await marked();
    const before = await store.get({ tenantId: "", id: "d" });
    const { head } = await store.read(stream("d"), { limit: 1 });
    await regraft.drain();
    expect(await store.get({ tenantId: "", id: "d" })).toEqual(before);
    expect((await store.read(stream("d"), { limit: 1 })).head).toBe(head);
    expect((await regraft.reconcile("d")).action).toBe("collect");
  });

  it.each([
    [
      "a re-route, of which the person is told",
      flow(2, "A > B > X [age > 5]", "B > Y [age <= 5]", "X > D", "Y > D"),
      { age: 9 },
    ],
    ["a text that has changed", flow(2, "A > B > C > D"), {}],
  ] as const)("leaves %s to the next message", async (_, next, variables) => {
    const { regraft } = bench();
    const edited = { ...next, steps: next.steps.map((one) => (one.id === "C" ? { ...one, description: "New" } : one)) };
    await regraft.publish(v1);
    await walk(regraft, "c", ["B", "C"], { variables });
    await roll(regraft, v1, edited);
    const { moved } = await regraft.drain();
    expect(moved).toBe(0);
    expect((await regraft.session("c")).scenarioVersion).toBe(1);
    expect((await regraft.reconcile("c")).action).toBe("teleport");
  });

  it("leaves suspended, held and closed sessions alone", async () => {
    const { regraft, plan } = await marked();
    await regraft.update("b", { status: "suspended" });
    await regraft.update("c", { status: "closed" });
    expect(await regraft.drain({ planId: plan.id })).toMatchObject({ scanned: 1, moved: 0 });
    await regraft.update("b", { status: "active" });
    await regraft.pause(plan.id, { by: "ana" });
    expect(await regraft.drain({ planId: plan.id })).toMatchObject({ moved: 0, byOutcome: { continue: 2 } });
  });

  it("goes on with its cursor, past those that were left", async () => {
    const { regraft, plan } = await marked();
    const seen: string[] = [];
    let cursor: string | undefined;
    let scanned = 0;
    do {
      const page = await regraft.drain({ planId: plan.id, limit: 1, ...(cursor === undefined ? {} : { cursor }) });
      scanned += page.scanned;
      seen.push(...Object.keys(page.byOutcome));
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(scanned).toBe(3);
    expect(seen).toEqual(["moved", "moved", "collect"]);
    expect(await regraft.marked({ planId: plan.id })).toEqual({ sessionIds: ["d"] });
  });

  it("never overwrites what the owner writes meanwhile, and decides anew about it", async () => {
    let turns = 1;
    const { regraft, store } = await marked({}, (inner) => ({
      ...inner,
      commit: async (change: SessionCommit, options) => {
        if (change.records?.some(({ data }) => data.drained === true) && turns > 0) {
          turns -= 1;
          const present = (await inner.get({ tenantId: "", id: change.session.id })) as Session;
          const session = { ...present, variables: { ...present.variables, said: "hello" } };
          await inner.commit({ session, expectedRevision: present.revision });
        }
        return inner.commit(change, options);
      },
    }));
    expect(await regraft.drain({ sessionIds: ["b"] })).toMatchObject({ moved: 1 });
    expect(await store.get({ tenantId: "", id: "b" })).toMatchObject({
      scenarioVersion: 2,
      variables: { said: "hello" },
    });
  });

  it("leaves a session whose owner never stops writing", async () => {
    const { regraft } = await marked({}, (inner) => ({
      ...inner,
      commit: async (change: SessionCommit, options) =>
        change.records?.some(({ data }) => data.drained === true)
          ? { ok: false, conflict: { expected: change.expectedRevision, actual: change.expectedRevision + 1 } }
          : inner.commit(change, options),
    }));
    expect(await regraft.drain()).toMatchObject({ moved: 0, byOutcome: { busy: 2, collect: 1 } });
  });

  it("asks no model", async () => {
    let asked = 0;
    const judge = {
      judge: async () => {
        asked += 1;
        return true as const;
      },
    };
    const { regraft } = bench({ judge });
    const next = flow(2, "A > B > X {the person wants it}", "B > C > D", "X > D");
    await regraft.publish(v1);
    await walk(regraft, "c", ["B", "C"]);
    await roll(regraft, v1, next);
    expect(await regraft.drain()).toMatchObject({ moved: 0, byOutcome: { unknown: 1 } });
    expect(asked).toBe(0);
  });

  it("counts a session that cannot be decided about, goes on with the next, and stops where the store does", async () => {
    const failing = (code: "INTERNAL.BUG" | "STORE.UNAVAILABLE") =>
      marked({}, (inner) => ({
        ...inner,
        commit: async (change: SessionCommit, options) => {
          if (change.records?.some(({ data }) => data.drained === true) && change.session.id === "b")
            throw new RegraftError(code, "no");
          return inner.commit(change, options);
        },
      }));
    expect(await (await failing("INTERNAL.BUG")).regraft.drain()).toMatchObject({ moved: 1, byOutcome: { failed: 1 } });
    const stopped = await (await failing("STORE.UNAVAILABLE")).regraft.drain().catch((error: unknown) => error);
    expect(isRegraftError(stopped, "STORE.UNAVAILABLE")).toBe(true);
  });

  it.each([0, 1.5, 10_001])("refuses a page of %s sessions", async (limit) => {
    const { regraft } = bench();
    await expect(regraft.drain({ limit })).rejects.toMatchObject({ code: "INPUT.INVALID" });
  });
});
