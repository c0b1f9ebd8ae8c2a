import { describe, expect, it } from "vitest";
import { createRegraft } from "../../src/index.js";
import { faultyStore } from "../../src/testing/faulty-store.js";
import { bench, flow, roll, walk } from "./helpers.js";

const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > B > C > N");

async function crowd(count: number, given = {}) {
  const made = bench(given);
  await made.regraft.publish(v1);
  for (let at = 0; at < count; at += 1) await walk(made.regraft, `s${String(at).padStart(3, "0")}`, ["B"]);
  return made;
}

describe("deployment", () => {
  it("needs an approved plan, once", async () => {
    const { regraft } = await crowd(1);
    const plan = await regraft.propose({ from: v1, to: v2 });
    await expect(regraft.deploy(plan)).rejects.toMatchObject({ code: "PLAN.NOT_APPROVED" });
    expect(await regraft.versions("flow")).toEqual([1]);
    expect((await regraft.session("s000")).pendingMigration).toBeUndefined();
    const approved = await regraft.approve(plan, { by: "ana" });
    const deployed = await regraft.deploy(approved);
    await expect(regraft.deploy(deployed)).rejects.toMatchObject({ code: "PLAN.ALREADY_DEPLOYED" });
    await regraft.rollback(deployed, { by: "ana" });
    await expect(regraft.deploy(deployed)).rejects.toMatchObject({ code: "PLAN.NOT_APPROVED" });
  });

  it("is approved by the system where the configuration asks nobody", async () => {
    const { regraft, store } = await crowd(1, { config: { requireApproval: false } });
    const plan = await regraft.propose({ from: v1, to: v2 });
    expect(await regraft.deploy(plan)).toMatchObject({
      status: "deployed",
      approvedBy: "system",
      marking: { marked: 1 },
    });
    const { entries } = await store.read({ kind: "plan", tenantId: "", id: plan.id }, { limit: 9 });
    expect(entries.map(({ type }) => type)).toEqual(["plan.proposed", "plan.deployed", "plan.marked"]);
  });

  it("waits for answers about edited effects also where nobody has to approve", async () => {
    const { regraft } = bench({ config: { requireApproval: false } });
    const before = flow(1, "A > Pay! > C");
    const after = {
      ...flow(2, "A > Pay! > C"),
      steps: before.steps.map((s) => (s.id === "Pay" ? { ...s, description: "x" } : s)),
    };
    const plan = await regraft.propose({ from: before, to: after });
    await expect(regraft.deploy(plan)).rejects.toMatchObject({ code: "PLAN.EFFECT_UNDECIDED" });
  });

  it("marks page by page, touching neither revision nor activity", async () => {
    const { regraft, store } = await crowd(25, { config: { markPageSize: 10 } });
    const before = await regraft.session("s007");
    const plan = await roll(regraft, v1, v2);
    expect(plan.marking).toMatchObject({ marked: 25, done: true });
    const { pendingMigration, ...after } = await regraft.session("s007");
    expect(after).toEqual(before);
    expect(pendingMigration).toMatchObject({ planId: plan.id, targetVersion: 2, stepId: "B" });
    const { entries } = await store.read({ kind: "plan", tenantId: "", id: plan.id }, { limit: 99 });
    expect(entries.filter(({ type }) => type === "plan.marked").map(({ data }) => data.marked)).toEqual([25]);
  });

  it("marks nobody where the configuration says so; sessions move by their checksum", async () => {
    const { regraft } = await crowd(2, { config: { autoMark: false } });
    const plan = await roll(regraft, v1, v2);
    expect(plan.marking).toMatchObject({ marked: 0, done: true });
    expect((await regraft.session("s000")).pendingMigration).toBeUndefined();
    expect(await regraft.reconcile("s000")).toMatchObject({ action: "teleport" });
  });

  it("marks by the policy of each step, and by the condition of its scope", async () => {
    const { regraft } = bench({ config: { markPageSize: 2 } });
    await regraft.publish(v1);
    const places: [string, string[], number][] = [
      ["a1", [], 1],
      ["a2", [], 9],
      ["b1", ["B"], 1],
      ["b2", ["B"], 9],
      ["c1", ["B", "C"], 9],
    ];
    for (const [id, steps, age] of places) await walk(regraft, id, steps, { variables: { age } });
    await walk(regraft, "b3", ["B"]);
    const policies = {
      "*": { scope: { excludeSessions: ["a1"] } },
      B: { scope: { condition: "age > 5" } },
      C: { updateDownstream: false },
    };
    const plan = await roll(regraft, v1, v2, { policies });
    expect(plan.marking).toMatchObject({ marked: 2, done: true });
    const marked: string[] = [];
    for (const id of ["a1", "a2", "b1", "b2", "b3", "c1"])
      if ((await regraft.session(id)).pendingMigration) marked.push(id);
    expect(marked).toEqual(["a2", "b2"]);
    const reasons: Record<string, string> = {};
    for (const id of ["a1", "b1", "b3", "c1"]) reasons[id] = String((await regraft.reconcile(id)).reasons);
    expect(reasons).toEqual({
      a1: "POLICY.OUT_OF_SCOPE",
      b1: "POLICY.OUT_OF_SCOPE",
      b3: "POLICY.OUT_OF_SCOPE",
      c1: "POLICY.NOT_UPDATED",
    });
  });

  it("takes ages at the moment of deployment", async () => {
    const { regraft, clock } = await crowd(1);
    clock.advance(86_400_000);
    await walk(regraft, "young", ["B"]);
    const plan = await regraft.propose({ from: v1, to: v2, policies: { "*": { scope: { minAgeMs: 86_400_000 } } } });
    const deployed = await regraft.deploy(await regraft.approve(plan, { by: "ana" }));
    expect(deployed.marking?.marked).toBe(1);
    clock.advance(90 * 86_400_000);
    expect(await regraft.reconcile("young")).toMatchObject({ reasons: ["POLICY.OUT_OF_SCOPE"] });
    expect(await regraft.reconcile("s000")).toMatchObject({ action: "teleport" });
  });

  it("says how far the counts drifted since the proposal", async () => {
    const { regraft } = await crowd(2);
    const plan = await regraft.propose({ from: v1, to: v2 });
    await regraft.recordVisit("s000", "C", { version: 1 });
    await walk(regraft, "late", ["B"]);
    await walk(regraft, "later", []);
    const deployed = await regraft.deploy(await regraft.approve(plan, { by: "ana" }));
    expect(deployed.marking?.drift).toEqual({ A: 1, C: 1 });
  });

  it("is refused when a version is not the one that was planned", async () => {
    const { regraft } = await crowd(1);
    const plan = await regraft.approve(await regraft.propose({ from: v1, to: v2 }), { by: "ana" });
    await regraft.publish(flow(2, "A > B > X"));
    await expect(regraft.deploy(plan)).rejects.toMatchObject({ code: "PLAN.STALE" });
    expect(await regraft.plans.get(plan.id)).toMatchObject({ status: "approved" });
  });

  it("of a version that was published by hand, or overtaken, leaves the live version as it is", async () => {
    const { regraft } = await crowd(1);
    await regraft.publish(v2);
    await regraft.publish(flow(3, "A > B > C > N > M"));
    expect(await roll(regraft, v1, v2)).toMatchObject({ status: "deployed", marking: { marked: 1 } });
    expect(await regraft.liveVersion("flow")).toBe(3);
  });

  it("does not lose a turn that is written while it marks", async () => {
    const made = await crowd(3, { config: { markPageSize: 1 } });
    let turned = false;
    const store = faultyStore(made.store, {
      onCall: async ({ method, n }) => {
        if (method !== "mark" || n !== 2 || turned) return;
        turned = true;
        await made.regraft.recordVisit("s001", "C", { version: 1, variables: { note: 1 } });
      },
    });
    const regraft = createRegraft({ store, clock: made.clock, config: { markPageSize: 1 } });
    await roll(regraft, v1, v2);
    expect(await made.regraft.session("s001")).toMatchObject({
      stepId: "C",
      variables: { note: 1 },
      pendingMigration: { stepId: "C" },
    });
    expect(await made.regraft.reconcile("s001")).toMatchObject({ action: "teleport", stepId: "C" });
  });

  it("is done by one worker at a time", async () => {
    const made = await crowd(3);
    const plan = await made.regraft.approve(await made.regraft.propose({ from: v1, to: v2 }), { by: "ana" });
    const outcomes = await Promise.allSettled([made.regraft.deploy(plan), made.regraft.deploy(plan)]);
    const refused = outcomes.filter((one) => one.status === "rejected");
    expect(refused).toHaveLength(1);
    expect(["STORE.LEASE_HELD", "PLAN.ALREADY_DEPLOYED"]).toContain((refused[0] as PromiseRejectedResult).reason.code);
    expect(await made.regraft.plans.get(plan.id)).toMatchObject({ marking: { marked: 3, done: true } });
  });

  it("goes on under a lease that a dead worker left, once it has run out", async () => {
    const made = await crowd(3);
    const plan = await made.regraft.approve(await made.regraft.propose({ from: v1, to: v2 }), { by: "ana" });
    await made.store.lease({ kind: "deployment", tenantId: "", id: plan.id }, { owner: "dead", ttlMs: 30_000 });
    await expect(made.regraft.deploy(plan)).rejects.toMatchObject({ code: "STORE.LEASE_HELD" });
    made.clock.advance(31_000);
    expect(await made.regraft.deploy(plan)).toMatchObject({ status: "deployed", marking: { marked: 3, done: true } });
  });
});

describe("a crash during deployment", () => {
  /** Which calls of the store a deployment of five sessions in pages of two makes. */
  async function calls(): Promise<{ method: string; n: number }[]> {
    const seen: { method: string; n: number }[] = [];
    const made = await crowd(5);
    const store = faultyStore(made.store, { onCall: ({ method, n }) => void seen.push({ method, n }) });
    const plan = await made.regraft.approve(await made.regraft.propose({ from: v1, to: v2 }), { by: "ana" });
    await createRegraft({ store, clock: made.clock, config: { markPageSize: 2 } }).deploy(plan);
    return seen;
  }

  it("before or after any call of the store is mended by deploying again, with exact counts", async () => {
    const points = (await calls()).filter(({ method }) => method !== "release");
    expect(points.length).toBeGreaterThan(20);
    for (const point of points) {
      for (const moment of ["before", "after"] as const) {
        const made = await crowd(5);
        const plan = await made.regraft.approve(await made.regraft.propose({ from: v1, to: v2 }), { by: "ana" });
        const store = faultyStore(made.store, {
          failOn: ({ method, n }) => (method === point.method && n === point.n ? moment : undefined),
        });
        const name = `${point.method} ${point.n} ${moment}`;
        const options = { clock: made.clock, config: { markPageSize: 2 } };
        const crashed = await createRegraft({ store, ...options })
          .deploy(plan)
          .catch((error: { code: string }) => error);
        if ("code" in crashed) expect(crashed.code, name).toBe("STORE.UNAVAILABLE");
        for (const id of ["s000", "s004"])
          expect((await made.regraft.reconcile(id)).action, name).toMatch(/continue|teleport/);
        await made.regraft.update("s001", { variables: { turn: 1 } });
        made.clock.advance(31_000);
        const regraft = createRegraft({ store: made.store, ...options });
        const again = await regraft.deploy(plan.id).catch((error: { code: string }) => error);
        if ("code" in again) expect(again.code, name).toBe("PLAN.ALREADY_DEPLOYED");
        const deployed = await regraft.plans.get(plan.id);
        expect(deployed, name).toMatchObject({ status: "deployed", marking: { done: true } });
        expect(deployed?.marking?.marked, name).toBeGreaterThanOrEqual(3);
        expect(await regraft.liveVersion("flow"), name).toBe(2);
        for (const id of ["s001", "s002", "s003"]) {
          expect((await regraft.session(id)).pendingMigration, name).toMatchObject({ planId: plan.id });
        }
        const { entries, head } = await made.store.read({ kind: "plan", tenantId: "", id: plan.id }, { limit: 99 });
        expect(deployed?.revision, name).toBe(head);
        expect(
          entries.filter(({ type }) => type === "plan.deployed"),
          name,
        ).toHaveLength(1);
        const total = entries.reduce((sum, { data }) => sum + Number(data.marked ?? 0), 0);
        expect(total, name).toBe(deployed?.marking?.marked);
      }
    }
  });

  it("leaves an exact count where nobody moved in between", async () => {
    for (const n of [1, 2, 3]) {
      const made = await crowd(5);
      const plan = await made.regraft.approve(await made.regraft.propose({ from: v1, to: v2 }), { by: "ana" });
      const store = faultyStore(made.store, {
        failOn: (call) => (call.method === "mark" && call.n === n ? "after" : undefined),
      });
      const options = { clock: made.clock, config: { markPageSize: 2 } };
      await expect(createRegraft({ store, ...options }).deploy(plan)).rejects.toMatchObject({
        code: "STORE.UNAVAILABLE",
      });
      const deployed = await createRegraft({ store: made.store, ...options }).deploy(plan);
      expect(deployed.marking).toMatchObject({ marked: 5, done: true });
    }
  });
});
