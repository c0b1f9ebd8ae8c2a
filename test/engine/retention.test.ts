import { describe, expect, it } from "vitest";
import { createRegraft, type Regraft } from "../../src/index.js";
import { sequentialIds } from "../../src/testing/ids.js";
import { bench, flow, roll, walk } from "./helpers.js";

const dayMs = 86_400_000;
const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > B > N > C");
const v3 = flow(3, "A > B > N > C > D");
const ana = { by: "ana" };

const dropped = (items: readonly { readonly kind: string }[]) =>
  items.map((item) => ("version" in item ? `v${item.version}` : "planId" in item ? item.planId : "?"));

async function reasonsOf(regraft: Regraft): Promise<Record<string, string>> {
  const { keep } = await regraft.planRetention();
  return Object.fromEntries(
    keep.map(({ item, reason }) => [item.kind === "plan" ? item.planId : `v${item.version}`, reason]),
  );
}

/** Version 1 was replaced by version 2 under a plan, and nobody walks it. */
async function replaced() {
  const world = bench();
  await world.regraft.publish(v1);
  const plan = await roll(world.regraft, v1, v2);
  return { ...world, plan };
}

describe("planning retention", () => {
  it("keeps a version for its days from the moment it was replaced, and a plan from its deployment", async () => {
    const { regraft, clock, plan } = await replaced();
    expect(await reasonsOf(regraft)).toEqual({
      [plan.id]: "RETENTION.RECENT",
      v1: "RETENTION.PLAN_OPEN",
      v2: "RETENTION.LIVE",
    });
    clock.advance(30 * dayMs - 1);
    expect((await regraft.planRetention()).drop).toEqual([]);
    clock.advance(1);
    expect(dropped((await regraft.planRetention()).drop)).toEqual([plan.id, "v1"]);
  });

  it("drops a version without a plan after its own days", async () => {
    const { regraft, clock } = bench();
    await regraft.publish(v1);
    clock.advance(100 * dayMs);
    await regraft.publish(v2);
    clock.advance(7 * dayMs - 1);
    expect(await reasonsOf(regraft)).toMatchObject({ v1: "RETENTION.RECENT" });
    clock.advance(1);
    expect(dropped((await regraft.planRetention()).drop)).toEqual(["v1"]);
  });

  it("follows the configuration", async () => {
    const { regraft, clock } = bench({ config: { retention: { versionDays: 1, planDays: 2 } } });
    await regraft.publish(v1);
    const plan = await roll(regraft, v1, v2);
    clock.advance(2 * dayMs);
    const planned = await regraft.planRetention();
    expect(planned).toMatchObject({ versionDays: 1, planDays: 2 });
    expect(dropped(planned.drop)).toEqual([plan.id, "v1"]);
  });

  it.each(["active", "idle", "suspended"] as const)("keeps what a session that is %s stands on", async (status) => {
    const { regraft, clock } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    const plan = await roll(regraft, v1, v2);
    await regraft.update("s1", { status });
    clock.advance(90 * dayMs);
    const { drop, keep } = await regraft.planRetention();
    expect(drop).toEqual([]);
    expect(keep).toMatchObject([
      { item: { planId: plan.id }, reason: "RETENTION.SESSION", by: "s1" },
      { item: { version: 1 }, reason: "RETENTION.SESSION", by: "s1" },
      { item: { version: 2 }, reason: "RETENTION.LIVE" },
    ]);
  });

  it.each(["closed", "exited"] as const)("keeps nothing for a session that is %s", async (status) => {
    const { regraft, clock } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    await roll(regraft, v1, v2);
    await regraft.update("s1", { status });
    clock.advance(90 * dayMs);
    expect((await regraft.planRetention()).drop).toHaveLength(2);
  });

  it("keeps the version that a session has visited and may be undone to", async () => {
    const { regraft, clock } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    await roll(regraft, v1, v2);
    await regraft.reconcile("s1");
    expect((await regraft.session("s1")).scenarioVersion).toBe(2);
    clock.advance(90 * dayMs);
    await regraft.applyRetention(await regraft.planRetention(), ana);
    expect(await regraft.undo("s1", ana)).toMatchObject({ action: "undone", position: { version: 1, stepId: "B" } });
  });

  it("keeps versions and plans on the way of a session to the live version", async () => {
    const { regraft, clock } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    const first = await roll(regraft, v1, v2);
    const second = await roll(regraft, v2, v3);
    clock.advance(90 * dayMs);
    expect(await reasonsOf(regraft)).toEqual({
      [first.id]: "RETENTION.SESSION",
      [second.id]: "RETENTION.SESSION",
      v1: "RETENTION.SESSION",
      v2: "RETENTION.SESSION",
      v3: "RETENTION.LIVE",
    });
  });

  it.each([
    ["pending", async (regraft: Regraft) => regraft.propose({ from: v2, to: v3 })],
    ["approved", async (regraft: Regraft) => regraft.approve(await regraft.propose({ from: v2, to: v3 }), ana)],
    ["paused", async (regraft: Regraft) => regraft.pause(await roll(regraft, v2, v3), ana)],
  ])("keeps the versions of a plan that is %s, and the plan, however old", async (status, make) => {
    const { regraft, clock } = bench();
    await regraft.publish(v1);
    await regraft.publish(v2);
    const plan = await make(regraft);
    expect(plan.status).toBe(status);
    if ((await regraft.liveVersion("flow")) === 2) await regraft.publish(v3);
    clock.advance(400 * dayMs);
    const { drop, keep } = await regraft.planRetention();
    expect(dropped(drop)).toEqual(["v1"]);
    expect(keep).toMatchObject([
      { item: { planId: plan.id }, reason: "RETENTION.PLAN_OPEN" },
      { item: { version: 2 }, reason: "RETENTION.PLAN_OPEN", by: plan.id },
      { item: { version: 3 }, reason: "RETENTION.LIVE" },
    ]);
  });

  it("keeps a rejected plan as long as sessions may start on its version", async () => {
    const { regraft, clock } = bench();
    await regraft.publish(v1);
    const plan = await regraft.reject(await regraft.propose({ from: v1, to: v2 }), ana);
    clock.advance(90 * dayMs);
    expect(await reasonsOf(regraft)).toEqual({ [plan.id]: "RETENTION.LIVE", v1: "RETENTION.LIVE" });
    await regraft.publish(v2);
    clock.advance(7 * dayMs);
    expect(dropped((await regraft.planRetention()).drop)).toEqual([plan.id, "v1"]);
  });

  it("keeps what work that was set aside names", async () => {
    const { regraft, store, clock, plan } = await replaced();
    clock.advance(90 * dayMs);
    const letter = { kind: "dead-letter", tenantId: "", id: "l1" };
    const at = "2026-01-01T00:00:00.000Z";
    const payload = { operation: "drain", sessionId: "l1", scenarioId: "flow", version: 1, stepId: "a", revision: 1 };
    const stamps = { attempts: 3, firstAt: at, lastAt: at, idempotencyKey: "drain:l1" };
    const body = { id: "l1", status: "parked", reason: "EXEC.FAILED", error: "it failed", ...stamps, payload };
    const tags = { scenarioId: "flow", status: "parked", version: "1" };
    const { digest } = await store.put({ ...letter, tags, body });
    await store.cas(letter, undefined, digest);
    expect(await reasonsOf(regraft)).toMatchObject({ [plan.id]: "RETENTION.DEAD_LETTER", v1: "RETENTION.PLAN_OPEN" });
  });

  it("writes nothing, and names every version and plan once", async () => {
    const { regraft, clock } = await replaced();
    clock.advance(90 * dayMs);
    const before = await regraft.planRetention();
    expect(await regraft.planRetention()).toEqual(before);
    expect([...before.drop, ...before.keep]).toHaveLength(3);
  });

  it("refuses a moment to come", async () => {
    const { regraft } = await replaced();
    await expect(regraft.planRetention({ at: "2027-01-01T00:00:00Z" })).rejects.toMatchObject({
      code: "INPUT.INVALID",
    });
  });
});

describe("legal holds", () => {
  it.each([
    [{ scenarioId: "flow" }, []],
    [{ scenarioId: "flow", version: 1 }, []],
    [{ sessionId: "s1" }, []],
    [{ scenarioId: "other" }, ["plan", "version"]],
    [{ scenarioId: "flow", version: 7 }, ["plan", "version"]],
  ])("keep what %j covers until they are lifted", async (subject, left) => {
    const { regraft, clock } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    await roll(regraft, v1, v2);
    await regraft.update("s1", { status: "closed" });
    clock.advance(90 * dayMs);
    await regraft.legalHolds.place(subject, { by: "counsel", reason: "case 7" });
    expect((await regraft.planRetention()).drop.map(({ kind }) => kind)).toEqual(left);
    expect(await regraft.legalHolds.list()).toMatchObject([{ subject, by: "counsel", reason: "case 7" }]);
    expect(await regraft.legalHolds.lift(subject, { by: "counsel" })).toBe(true);
    expect(await regraft.legalHolds.lift(subject, { by: "counsel" })).toBe(false);
    expect((await regraft.planRetention()).drop).toHaveLength(2);
  });

  it("keep a plan by its id, with its versions", async () => {
    const { regraft, clock, plan } = await replaced();
    clock.advance(90 * dayMs);
    await regraft.legalHolds.place({ planId: plan.id }, { by: "counsel", reason: "case 7" });
    expect(await reasonsOf(regraft)).toMatchObject({ [plan.id]: "RETENTION.LEGAL_HOLD", v1: "RETENTION.PLAN_OPEN" });
  });

  it("placed twice keep the first reason, and refuse what names nothing or nobody", async () => {
    const { regraft } = bench();
    const first = await regraft.legalHolds.place({ planId: "p" }, { by: "counsel", reason: "case 7" });
    expect(await regraft.legalHolds.place({ planId: "p" }, { by: "bo", reason: "case 8" })).toEqual(first);
    const wrong = [{}, { planId: "p", sessionId: "s" }, { version: 1 }, { scenarioId: "" }] as never[];
    for (const subject of wrong) {
      await expect(regraft.legalHolds.place(subject, { by: "a", reason: "b" })).rejects.toMatchObject({
        code: "INPUT.INVALID",
      });
    }
    await expect(regraft.legalHolds.place({ planId: "p" }, { by: "", reason: "b" })).rejects.toMatchObject({
      code: "INPUT.INVALID",
    });
    await expect(regraft.legalHolds.place({ planId: "p" }, { by: "a", reason: " " })).rejects.toMatchObject({
      code: "INPUT.INVALID",
    });
  });
});

describe("retention of several tenants", () => {
  it("looks at one tenant only", async () => {
    const { regraft: none, store, clock } = bench();
    const a = none.forTenant("a");
    for (const regraft of [none, a]) {
      await regraft.publish(v1);
      await walk(regraft, "s1", ["B"]);
      await roll(regraft, v1, v2);
    }
    await a.update("s1", { status: "closed" });
    clock.advance(90 * dayMs);
    const planned = await a.planRetention();
    expect(planned).toMatchObject({ tenantId: "a", drop: [{ kind: "plan" }, { kind: "version" }] });
    await expect(none.applyRetention(planned, ana)).rejects.toMatchObject({ code: "TENANT.MISMATCH" });
    await a.applyRetention(planned, ana);
    expect(await a.versions("flow")).toEqual([2]);
    const fresh = createRegraft({ store, clock, ids: sequentialIds() });
    expect(await fresh.versions("flow")).toEqual([1, 2]);
    expect((await fresh.reconcile("s1")).action).toBe("teleport");
  });
});
