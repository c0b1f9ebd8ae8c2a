import { describe, expect, it } from "vitest";
import { createRegraft, type FieldSource, inCohort, type Plan, type PlanRollout, replay } from "../../src/index.js";
import { faultyStore } from "../../src/testing/faulty-store.js";
import { bench, flow, roll, walk } from "./helpers.js";

const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > N > B > C");
/** The step where the sessions stand gets a tool: a person has to say whether it is the same. */
const stopping = {
  ...v2,
  steps: v2.steps.map((step) => (step.id === "B" ? { ...step, tools: ["mail"] } : step)),
};
const asking = flow(2, "A > N:email > B > C");

const half = { waves: [50, 100], minSample: 4, bakeMs: 60_000 };
const ids = Array.from({ length: 40 }, (_, at) => `s${String(at).padStart(2, "0")}`);

/** Forty sessions at B under a plan in its first wave; deciding about those that are poisoned throws. */
async function rolled(rollout: PlanRollout = half, { to = v2 }: { to?: typeof v2 } = {}) {
  const poisoned = new Set<string>();
  const locale = ({ id }: { readonly id: string }) => {
    if (poisoned.has(id)) throw new TypeError("x is not a function");
    return undefined;
  };
  const source: FieldSource = { name: "crm", kind: "profile", find: async () => [] };
  const made = bench({ locale, fieldSources: [source], config: { limits: { maxAttempts: 3 }, markPageSize: 7 } });
  const { regraft, store, clock } = made;
  await regraft.publish(v1);
  for (const id of ids) await walk(regraft, id, ["B"]);
  const plan = await roll(regraft, v1, to, { rollout });
  const reached = (percent: number) => ids.filter((id) => inCohort(plan.id, id, percent));
  const first = reached(rollout.waves[0] ?? 100);
  const later = ids.filter((id) => !first.includes(id));
  const marked = async (of: Plan = plan) => {
    const found = await Promise.all(ids.map((id) => regraft.session(id)));
    return found.filter(({ pendingMigration }) => pendingMigration?.planId === of.id).map(({ id }) => id);
  };
  const entries = async (kind: string, id: string) =>
    (await store.read({ kind, tenantId: "", id }, { limit: 500 })).entries;
  const bake = () => clock.advance(60_000);
  return { ...made, plan, poisoned, reached, first, later, marked, entries, bake };
}

const by = { by: "ana" };

describe("a rollout in waves", () => {
  it("marks and moves only the sessions that its first wave reaches", async () => {
    const { regraft, plan, first, later, marked } = await rolled();
    expect(plan).toMatchObject({ status: "canary", wave: { number: 1, percent: 50 }, marking: { done: true } });
    expect(first.length).toBeGreaterThan(5);
    expect(later.length).toBeGreaterThan(5);
    expect(await marked()).toEqual(first);
    for (const id of first) expect(await regraft.reconcile(id)).toMatchObject({ action: "teleport" });
    for (const id of later) {
      const result = await regraft.reconcile(id);
      expect(result).toMatchObject({ action: "continue", reasons: ["HOLD.LATER_WAVE"], position: { version: 1 } });
    }
    expect(await regraft.status(plan)).toMatchObject({ applied: first.length, held: later.length });
  });

  it("goes on to the next wave once enough sessions went well for long enough, and is deployed after the last", async () => {
    const { regraft, plan, first, later, marked, bake, entries } = await rolled();
    for (const id of first) await regraft.reconcile(id);
    bake();
    const second = await regraft.promote(plan, by);
    expect(second.plan).toMatchObject({ status: "canary", wave: { number: 2, percent: 100 } });
    expect(second.gate).toMatchObject({
      decision: "allow",
      stage: "deploy.wave",
      metrics: {
        sessions: { value: first.length, sample: first.length },
        failureRatio: { value: 0, sample: first.length },
      },
    });
    expect(await marked()).toEqual(later);
    for (const id of later) expect(await regraft.reconcile(id)).toMatchObject({ action: "teleport" });
    bake();
    const last = await regraft.promote(plan, by);
    expect(last.plan).toMatchObject({ status: "deployed", marking: { done: true, marked: ids.length } });
    expect(last.plan.wave).toBeUndefined();
    const told = await entries("plan", plan.id);
    expect(told.filter(({ type }) => type !== "plan.marked").map(({ type }) => type)).toEqual([
      "plan.proposed",
      "plan.approved",
      "plan.deployed",
      "plan.wave_started",
      "plan.promoted",
    ]);
    expect(told.filter(({ data }) => data.gate !== undefined).map(({ type }) => type)).toHaveLength(2);
    await expect(regraft.promote(plan.id, by)).rejects.toMatchObject({ code: "PLAN.ILLEGAL_TRANSITION" });
  });

  it("is rolled back by failures in the first wave; what was not moved loses its mark, and no other session is touched", async () => {
    const { regraft, plan, first, later, marked, poisoned, bake, entries } = await rolled(
      { ...half, waves: [50, 75, 100] },
      { to: asking },
    );
    const before = await Promise.all(later.map((id) => regraft.session(id)));
    for (const id of first.slice(0, 3)) poisoned.add(id);
    for (const id of first.slice(0, -2)) await regraft.reconcile(id);
    bake();
    const { plan: ended, gate } = await regraft.promote(plan, by);
    expect(gate).toMatchObject({ decision: "stop", reasons: ["ROLLOUT.ANALYSIS_FAILED"] });
    expect(gate.metrics.failureRatio).toEqual({ value: 3 / (first.length - 2), sample: first.length - 2 });
    expect(ended.status).toBe("rolled_back");
    expect(await marked()).toEqual([]);
    expect(await Promise.all(later.map((id) => regraft.session(id)))).toEqual(before);
    const [last] = first.slice(-1);
    expect(await regraft.reconcile(last ?? "")).toMatchObject({
      reasons: ["HOLD.ROLLED_BACK"],
      position: { version: 1 },
    });
    expect((await entries("plan", plan.id)).at(-1)).toMatchObject({ type: "plan.rolled_back", data: { by: "ana" } });
  });

  it("waits while its wave is young or too few sessions were decided about, with the reasons on record", async () => {
    const { regraft, plan, first, bake, entries } = await rolled();
    const early = await regraft.promote(plan, by);
    expect(early.gate).toMatchObject({ decision: "hold", reasons: ["ROLLOUT.BAKING", "ROLLOUT.SAMPLE_TOO_SMALL"] });
    expect(early.plan).toMatchObject({ status: "canary", wave: { number: 1 }, revision: plan.revision });
    bake();
    for (const id of first.slice(0, 3)) await regraft.reconcile(id);
    expect((await regraft.promote(plan, by)).gate.reasons).toEqual(["ROLLOUT.SAMPLE_TOO_SMALL"]);
    await regraft.reconcile(first[3] ?? "");
    expect((await regraft.promote(plan, by)).gate.decision).toBe("allow");
    expect((await entries("gate", plan.id)).map(({ type }) => type)).toEqual(["gate.decided", "gate.decided"]);
  });

  it("does not take an empty wave for a good one, unless the rollout says so", async () => {
    const empty = await rolled({ waves: [0.01, 100], bakeMs: 0 });
    expect(empty.first).toEqual([]);
    expect((await empty.regraft.promote(empty.plan, by)).gate.reasons).toEqual(["ROLLOUT.SAMPLE_TOO_SMALL"]);
    const allowed = await rolled({ waves: [0.01, 100], bakeMs: 0, minSample: 0 });
    expect((await allowed.regraft.promote(allowed.plan, by)).gate.decision).toBe("allow");
  });

  it("is satisfied with all sessions of a wave where they are fewer than the sample", async () => {
    const { regraft, plan, first } = await rolled({ ...half, minSample: 1000, bakeMs: 0 });
    for (const id of first) {
      expect((await regraft.promote(plan, by)).gate.decision).toBe("hold");
      await regraft.reconcile(id);
    }
    expect((await regraft.promote(plan, by)).gate.decision).toBe("allow");
  });

  it("pauses for a person where a budget of the contract is broken, and goes on in the same wave", async () => {
    const { store, clock, plan, first, later, bake, marked } = await rolled(half, { to: stopping });
    const regraft = createRegraft({ store, clock, gates: { contract: { budgets: { maxBlockedRatio: 0.1 } } } });
    for (const id of first.slice(0, 4)) expect((await regraft.reconcile(id)).action).toBe("review");
    bake();
    const { plan: paused, gate } = await regraft.promote(plan, by);
    expect(gate).toMatchObject({ decision: "deny", reasons: ["BUDGET.BLOCKED_EXCEEDED"] });
    expect(paused).toMatchObject({ status: "paused", wave: { number: 1 } });
    expect(await regraft.reconcile(first[0] ?? "")).toMatchObject({ reasons: ["HOLD.PAUSED"] });
    await regraft.resume(plan.id, by);
    expect(await marked()).toEqual(first);
    expect(await regraft.reconcile(later[0] ?? "")).toMatchObject({ reasons: ["HOLD.LATER_WAVE"] });
  });

  it("measures each wave by what happened in it", async () => {
    const { regraft, plan, first, later, poisoned, bake } = await rolled(half, { to: asking });
    for (const id of first) await regraft.reconcile(id);
    bake();
    expect((await regraft.promote(plan, by)).plan.wave?.number).toBe(2);
    bake();
    const waiting = await regraft.promote(plan.id, by);
    expect(waiting.gate).toMatchObject({ reasons: ["ROLLOUT.SAMPLE_TOO_SMALL"], metrics: { sessions: { sample: 0 } } });
    poisoned.add(later[0] ?? "");
    for (const id of later.slice(0, 4)) await regraft.reconcile(id);
    const { gate, plan: ended } = await regraft.promote(plan.id, by);
    expect(gate.metrics.failureRatio).toEqual({ value: 0.25, sample: 4 });
    expect(ended.status).toBe("rolled_back");
  });

  it("asks guards of the host between waves too", async () => {
    const { regraft: _, store, clock, plan, first, bake } = await rolled();
    const seen: unknown[] = [];
    const gates = {
      after: [
        {
          id: "office-hours",
          reason: "POLICY.NEEDS_HUMAN" as const,
          stages: ["deploy.wave" as const],
          check: ({ metrics }: { readonly metrics?: object }) => {
            seen.push(metrics);
            return "fail" as const;
          },
        },
      ],
    };
    const regraft = createRegraft({ store, clock, gates });
    for (const id of first) await regraft.reconcile(id);
    bake();
    expect((await regraft.promote(plan, by)).gate).toMatchObject({ decision: "hold", reasons: ["POLICY.NEEDS_HUMAN"] });
    expect(seen).toMatchObject([{ sessions: { sample: first.length } }]);
  });

  it("is paused and resumed in the wave where it was", async () => {
    const { regraft, plan, first, later, marked } = await rolled();
    await regraft.pause(plan, by);
    expect(await regraft.reconcile(first[0] ?? "")).toMatchObject({ reasons: ["HOLD.PAUSED"] });
    await expect(regraft.promote(plan.id, by)).rejects.toMatchObject({ code: "STATE.ILLEGAL_TRANSITION" });
    await expect(regraft.deploy(plan.id)).rejects.toMatchObject({ code: "PLAN.ALREADY_DEPLOYED" });
    expect(await regraft.resume(plan.id, by)).toMatchObject({ status: "canary", wave: { number: 1 } });
    expect(await regraft.reconcile(first[0] ?? "")).toMatchObject({ action: "teleport" });
    expect(await regraft.reconcile(later[0] ?? "")).toMatchObject({ reasons: ["HOLD.LATER_WAVE"] });
    expect(await marked()).toEqual(first.slice(1));
  });

  it("is no way around its gate: deploying again does not reach more sessions", async () => {
    const { regraft, plan, first, marked } = await rolled();
    await expect(regraft.deploy(plan.id)).rejects.toMatchObject({ code: "PLAN.ALREADY_DEPLOYED" });
    expect(await marked()).toEqual(first);
  });

  it.each(["mark", "append", "cas", "put"])("goes on after a crash at any %s", async (method) => {
    let crashes = 0;
    for (const n of [1, 2, 4]) {
      for (const moment of ["before", "after"] as const) {
        const { regraft, store, clock, plan, first, marked, bake } = await rolled();
        for (const id of first) await regraft.reconcile(id);
        bake();
        const failing = faultyStore(store, {
          failOn: (call) => (call.method === method && call.n === n ? moment : undefined),
        });
        const crashing = createRegraft({ store: failing, clock, config: { markPageSize: 7 } });
        await crashing.promote(plan.id, by).catch(() => {
          crashes += 1;
        });
        clock.advance(31_000);
        await regraft.promote(plan.id, by);
        expect(await regraft.plans.get(plan.id)).toMatchObject({
          status: "canary",
          wave: { number: 2 },
          marking: { done: true },
        });
        expect(await marked()).toEqual(ids.filter((id) => !first.includes(id)));
      }
    }
    expect(crashes).toBeGreaterThan(0);
  });

  it("can be told from the ledger alone", async () => {
    const { regraft, store, plan, first, bake } = await rolled();
    for (const id of first) await regraft.reconcile(id);
    bake();
    const { plan: now } = await regraft.promote(plan, by);
    const { entries } = await store.read({ kind: "plan", tenantId: "", id: plan.id }, { limit: 500 });
    expect(replay(entries).plans).toMatchObject([{ id: plan.id, status: "canary", wave: now.wave, rollout: half }]);
  });

  it("is part of what is approved", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    const plan = await regraft.propose({ from: v1, to: v2, rollout: half });
    const amended = await regraft.amend(plan, { rollout: { waves: [100] } });
    expect(amended.digest).not.toBe(plan.digest);
    await expect(regraft.approve(plan, by)).rejects.toMatchObject({ code: "PLAN.CHANGED" });
    await expect(regraft.propose({ from: v1, to: v2, rollout: { waves: [5] } })).rejects.toMatchObject({
      code: "INPUT.INVALID",
    });
  });
});
