import { describe, expect, it } from "vitest";
import type { Plan } from "../../src/index.js";
import { faultyStore } from "../../src/testing/faulty-store.js";
import { bench, flow, roll, walk } from "./helpers.js";

const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > B > C > N");
const v3 = flow(3, "A > B > C > N > M");

async function published(given = {}) {
  const made = bench(given);
  await made.regraft.publish(v1);
  return made;
}

describe("the ledger of a plan", () => {
  it("names who proposed it, where that is known", async () => {
    const { regraft, store } = await published();
    const named = await regraft.propose({ from: v1, to: v2, by: "ana" });
    const nameless = await regraft.propose({ from: v1, to: v3 });
    const proposer = async ({ id }: Plan) =>
      (await store.read({ kind: "plan", tenantId: "", id }, { limit: 9 })).entries[0]?.data.by;
    expect(await proposer(named)).toBe("ana");
    expect(await proposer(nameless)).toBeUndefined();
  });
});

describe("versions", () => {
  it("are immutable and rise", async () => {
    const { regraft } = await published();
    expect(await regraft.publish(flow(1, "A > B > C"))).toEqual(v1);
    await expect(regraft.publish(flow(1, "A > B"))).rejects.toMatchObject({ code: "SCENARIO.VERSION_TAKEN" });
    await regraft.publish(v3);
    await expect(regraft.publish(v2)).rejects.toMatchObject({ code: "SCENARIO.VERSION_NOT_GREATER" });
    expect(await regraft.versions("flow")).toEqual([1, 3]);
    expect((await regraft.scenario("flow")).version).toBe(3);
    expect(await regraft.scenario("flow", 1)).toEqual(v1);
    await expect(regraft.scenario("flow", 2)).rejects.toMatchObject({ code: "SCENARIO.NOT_FOUND" });
    expect(await regraft.liveVersion("flow")).toBe(3);
    expect(await regraft.liveVersion("other")).toBeUndefined();
  });

  it("are published once by sixteen parallel calls", async () => {
    const { regraft, store } = bench();
    await Promise.all(Array.from({ length: 16 }, () => regraft.publish(v1)));
    const { entries } = await store.read({ kind: "scenario", tenantId: "", id: "flow" }, { limit: 99 });
    expect(entries.map(({ type }) => type)).toEqual(["scenario.published"]);
  });

  it("sort by number, not by text", async () => {
    const { regraft } = await published();
    for (const version of [2, 10, 11]) await regraft.publish(flow(version, "A > B > C"));
    expect(await regraft.versions("flow")).toEqual([1, 2, 10, 11]);
  });

  it("of tenants are apart", async () => {
    const { regraft } = await published();
    await expect(regraft.forTenant("t1").scenario("flow")).rejects.toMatchObject({ code: "SCENARIO.NOT_FOUND" });
    await regraft.forTenant("t1").publish(flow(1, "X > Y"));
    await regraft.forTenant("t1").startSession({ scenarioId: "flow", id: "s1" });
    await expect(regraft.session("s1")).rejects.toMatchObject({ code: "SESSION.NOT_FOUND" });
    expect((await regraft.scenario("flow")).entry).toBe("A");
  });
});

describe("proposals", () => {
  it("take version numbers, and publish nothing", async () => {
    const { regraft } = await published();
    const plan = await regraft.propose({ from: 1, to: v2 });
    expect(plan).toMatchObject({ fromVersion: 1, toVersion: 2, status: "pending", revision: 1 });
    expect(await regraft.versions("flow")).toEqual([1]);
    await expect(regraft.propose({ from: 1, to: 2 })).rejects.toMatchObject({ code: "INPUT.INVALID" });
    await expect(regraft.propose({ from: 1, to: 2, scenarioId: "flow" })).rejects.toMatchObject({
      code: "SCENARIO.NOT_FOUND",
    });
  });

  it("publish the old version where nothing of the scenario is published, and only there", async () => {
    const { regraft } = bench();
    await regraft.propose({ from: v1, to: v2 });
    expect(await regraft.liveVersion("flow")).toBe(1);
    await expect(regraft.propose({ from: v2, to: v3 })).rejects.toMatchObject({ code: "SCENARIO.NOT_FOUND" });
  });

  it("refuse versions that do not rise, and other content under a taken number", async () => {
    const { regraft } = await published();
    await expect(regraft.propose({ from: v1, to: flow(1, "A > B") })).rejects.toMatchObject({
      code: "SCENARIO.VERSION_NOT_GREATER",
    });
    await expect(regraft.propose({ from: flow(1, "A > B"), to: v2 })).rejects.toMatchObject({
      code: "SCENARIO.VERSION_TAKEN",
    });
    await regraft.publish(v3);
    await expect(regraft.propose({ from: v1, to: v2 })).rejects.toMatchObject({ code: "SCENARIO.VERSION_NOT_GREATER" });
    await expect(regraft.propose({ from: v1, to: flow(3, "A > B") })).rejects.toMatchObject({
      code: "SCENARIO.VERSION_TAKEN",
    });
  });

  it("refuse a second open plan for two versions, until the first is rejected", async () => {
    const { regraft } = await published();
    const first = await regraft.propose({ from: v1, to: v2 });
    await expect(regraft.propose({ from: v1, to: v2 })).rejects.toMatchObject({
      code: "PLAN.DUPLICATE",
      details: { planId: first.id },
    });
    await regraft.reject(first, { by: "ana", reason: "wrong" });
    const second = await regraft.propose({ from: v1, to: v2 });
    await expect(regraft.propose({ from: v1, to: v2 })).rejects.toMatchObject({ code: "PLAN.DUPLICATE" });
    expect(await regraft.plans.byVersions("flow", 1, 2)).toEqual(second);
    expect(await regraft.plans.get(first.id)).toMatchObject({
      status: "rejected",
      rejectedBy: "ana",
      rejectReason: "wrong",
    });
  });

  it("let one of many at once through", async () => {
    const { regraft } = await published();
    const made = await Promise.allSettled(Array.from({ length: 8 }, () => regraft.propose({ from: v1, to: v2 })));
    expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const { total } = await regraft.plans.list({ status: "pending" });
    expect(total).toBe(1);
  });

  it("supersede a pending plan to another version, but no approved or deployed one", async () => {
    const { regraft } = await published();
    const first = await regraft.propose({ from: v1, to: v2 });
    const second = await regraft.propose({ from: v1, to: v3 });
    expect(await regraft.plans.get(first.id)).toMatchObject({ status: "superseded", supersededBy: second.id });
    expect(second.status).toBe("pending");
    await expect(regraft.approve(first, { by: "ana" })).rejects.toMatchObject({ code: "PLAN.NOT_PENDING" });
    const approved = await regraft.approve(second, { by: "ana" });
    await expect(regraft.propose({ from: v1, to: v2 })).rejects.toMatchObject({ code: "PLAN.OTHER_OPEN" });
    await regraft.deploy(approved);
    await expect(regraft.propose({ from: v1, to: flow(4, "A > B") })).rejects.toMatchObject({
      code: "PLAN.OTHER_OPEN",
    });
    expect((await regraft.propose({ from: v3, to: flow(4, "A > B") })).status).toBe("pending");
  });

  it("count the sessions by step, or say that nobody could", async () => {
    const { regraft } = await published();
    for (const [id, steps] of [
      ["s1", []],
      ["s2", ["B"]],
      ["s3", ["B"]],
    ] as const)
      await walk(regraft, id, steps);
    const plan = await regraft.propose({ from: v1, to: v2 });
    expect(plan.summary.affectedSessions).toMatchObject({ counted: true, total: 3, byStep: { A: 1, B: 2 } });

    const broken = bench({}, (store) =>
      faultyStore(store, { failOn: ({ method }) => (method === "count" ? "before" : undefined) }),
    );
    await broken.regraft.publish(v1);
    const blind = await broken.regraft.propose({ from: v1, to: v2 });
    expect(blind.summary.affectedSessions).toMatchObject({ counted: false, total: 0 });
  });

  it("refuse terms that would not mean what they say", async () => {
    const { regraft } = await published();
    const refusal = (terms: object) => regraft.propose({ from: v1, to: v2, ...terms });
    await expect(refusal({ policies: { Z: {} } })).rejects.toMatchObject({ code: "PLAN.UNKNOWN_ANCHOR" });
    await expect(refusal({ policies: { "*": { scope: { minAgeMs: 2, maxAgeMs: 1 } } } })).rejects.toMatchObject({
      code: "PLAN.POLICY_INVALID",
    });
    await expect(refusal({ mapping: { A: "nowhere" } })).rejects.toMatchObject({ code: "PLAN.MAPPING_INVALID" });
    expect((await regraft.plans.list()).total).toBe(0);
  });

  it("expire by the configuration when nobody walks their old version", async () => {
    const { regraft, clock } = await published({ config: { planExpiryDays: 7 } });
    const plan = await regraft.propose({ from: v1, to: v2 });
    expect(plan.expiresAt).toBe("2026-03-08T09:00:00.000Z");
    clock.advance(8 * 86_400_000);
    await expect(regraft.approve(plan, { by: "ana" })).rejects.toMatchObject({ code: "PLAN.EXPIRED" });
    expect(await regraft.plans.get(plan.id)).toMatchObject({ status: "expired" });
    expect((await regraft.propose({ from: v1, to: v2 })).status).toBe("pending");
  });

  it("do not expire while a session stands on their old version", async () => {
    const { regraft, clock } = await published({ config: { planExpiryDays: 7 } });
    await walk(regraft, "s1", ["B"]);
    const plan = await regraft.propose({ from: v1, to: v2 });
    clock.advance(8 * 86_400_000);
    expect((await regraft.approve(plan, { by: "ana" })).status).toBe("approved");
  });
});

describe("approval", () => {
  it("is for the plan that was read", async () => {
    const { regraft } = await published();
    const plan = await regraft.propose({ from: v1, to: v2 });
    const amended = await regraft.amend(plan, { allowRepeat: ["B"] });
    expect(amended.digest).not.toBe(plan.digest);
    expect(amended.revision).toBe(2);
    await expect(regraft.approve(plan, { by: "ana" })).rejects.toMatchObject({ code: "PLAN.CHANGED" });
    const forged: Plan = { ...amended, policies: { "*": { updateDownstream: false } } };
    await expect(regraft.approve(forged, { by: "ana" })).rejects.toMatchObject({ code: "PLAN.CHANGED" });
    const read = JSON.parse(JSON.stringify(amended)) as Plan;
    expect(await regraft.approve(read, { by: "ana" })).toMatchObject({ status: "approved", approvedBy: "ana" });
  });

  it("happens once, and ends all amending", async () => {
    const { regraft } = await published();
    const plan = await regraft.propose({ from: v1, to: v2 });
    const approved = await regraft.approve(plan, { by: "ana" });
    await expect(regraft.approve(approved, { by: "ana" })).rejects.toMatchObject({ code: "PLAN.NOT_PENDING" });
    await expect(regraft.amend(approved, { allowRepeat: ["B"] })).rejects.toMatchObject({
      message: 'PLAN.NOT_PENDING: "amend" is not possible for a plan that is approved',
      details: { event: "amend", from: "approved", received: "a plan that is approved" },
    });
    expect((await regraft.reject(approved, { by: "ben" })).status).toBe("rejected");
  });

  it("is by somebody, for a plan of the same tenant that exists", async () => {
    const { regraft } = await published();
    const plan = await regraft.propose({ from: v1, to: v2 });
    await expect(regraft.approve(plan, { by: "" })).rejects.toMatchObject({ code: "INPUT.INVALID" });
    await expect(regraft.approve({ ...plan, tenantId: "t1" }, { by: "ana" })).rejects.toMatchObject({
      code: "TENANT.MISMATCH",
    });
    await expect(regraft.deploy("plan-77")).rejects.toMatchObject({ code: "PLAN.NOT_FOUND" });
  });

  it("waits for an answer about every edited effect", async () => {
    const { regraft } = bench();
    const before = flow(1, "A > Pay! > C");
    const after = flow(2, "A > Pay! > C");
    const edited = {
      ...after,
      steps: after.steps.map((step) => (step.id === "Pay" ? { ...step, description: "Pay now" } : step)),
    };
    const plan = await regraft.propose({ from: before, to: edited });
    await expect(regraft.approve(plan, { by: "ana" })).rejects.toMatchObject({
      code: "PLAN.EFFECT_UNDECIDED",
      details: { stepIds: ["Pay"] },
    });
    const answered = await regraft.amend(plan, { effects: { Pay: "same" } });
    expect((await regraft.approve(answered, { by: "ana" })).status).toBe("approved");
  });
});

describe("the list of plans", () => {
  it("comes in pages that hold every plan once, with the total of all", async () => {
    const { regraft } = bench();
    for (let at = 0; at < 120; at += 1) {
      const [from, to] = [1, 2].map((version) => ({ ...flow(version, "A > B"), id: `flow-${at}` }));
      await regraft.propose({ from: from!, to: to! });
    }
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await regraft.plans.list({ status: "pending", ...(cursor === undefined ? {} : { cursor }) });
      expect(page.total).toBe(120);
      expect(page.plans.length).toBeLessThanOrEqual(50);
      for (const { id } of page.plans) seen.add(id);
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(seen.size).toBe(120);
    expect(await regraft.plans.list({ scenarioId: "flow-7" })).toMatchObject({ total: 1 });
    expect(await regraft.plans.list({ status: ["deployed", "approved"] })).toMatchObject({ total: 0, plans: [] });
    for (const limit of [0, 101, 1.5]) {
      await expect(regraft.plans.list({ limit })).rejects.toMatchObject({ code: "INPUT.INVALID" });
    }
  });

  it("prefers the deployed plan of two versions", async () => {
    const { regraft } = await published();
    const plan = await roll(regraft, v1, v2);
    await regraft.rollback(plan, { by: "ana" });
    const second = await regraft.propose({ from: v1, to: 2 });
    expect((await regraft.plans.byVersions("flow", 1, 2))?.id).toBe(second.id);
    await regraft.deploy(await regraft.approve(second, { by: "ana" }));
    expect(await regraft.plans.byVersions("flow", 1, 2)).toMatchObject({ id: second.id, status: "deployed" });
    expect(await regraft.plans.byVersions("flow", 1, 9)).toBeUndefined();
  });
});
