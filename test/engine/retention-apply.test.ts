import { describe, expect, it } from "vitest";
import { createRegraft, type RetentionPlan } from "../../src/index.js";
import type { RecordStore } from "../../src/ports/record-store.js";
import type { SessionStore } from "../../src/ports/session-store.js";
import { faultyStore } from "../../src/testing/faulty-store.js";
import { sequentialIds } from "../../src/testing/ids.js";
import { bench, flow, roll, walk } from "./helpers.js";

type Store = SessionStore & RecordStore;

const dayMs = 86_400_000;
const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > B > N > C");
const ana = { by: "ana" };
const scenario = { kind: "scenario", tenantId: "", id: "flow" };

/** Version 1 and its plan may go. */
async function ripe(wrap?: (store: Store) => Store) {
  const world = bench({}, wrap);
  const { regraft, clock } = world;
  await regraft.publish(v1);
  await walk(regraft, "gone", ["B"]);
  const plan = await roll(regraft, v1, v2);
  const session = await regraft.session("gone");
  await regraft.update("gone", { status: "closed" });
  clock.advance(90 * dayMs);
  return { ...world, plan, session, planned: await regraft.planRetention() };
}

/** All documents, also those that no pointer names. */
async function documents(store: Store, planned: RetentionPlan, planId: string): Promise<number> {
  const stream = { kind: "plan", tenantId: "", id: planId };
  const { entries } = await store.read(stream, { limit: 100 });
  let found = 0;
  for (const { data } of entries) {
    if (typeof data.record === "string" && (await store.load(stream, data.record)) !== undefined) found += 1;
  }
  for (const item of planned.drop) {
    const id = item.kind === "plan" ? item.planId : `flow@${item.version}`;
    const kind = item.kind === "plan" ? "plan" : "scenario";
    if ((await store.load({ kind, tenantId: "", id }, item.digest)) !== undefined) found += 1;
  }
  return found;
}

describe("applying a retention plan", () => {
  it("drops versions and plans with every document of theirs", async () => {
    const { regraft, store, plan, planned } = await ripe();
    const { dropped, spared } = await regraft.applyRetention(planned, ana);
    expect(dropped).toEqual(planned.drop);
    expect(spared).toEqual([]);
    expect(await documents(store, planned, plan.id)).toBe(0);
    expect(await regraft.versions("flow")).toEqual([2]);
    await expect(regraft.scenario("flow", 1)).rejects.toMatchObject({ code: "SCENARIO.NOT_FOUND" });
    expect(await regraft.plans.get(plan.id)).toBeUndefined();
    expect(await regraft.plans.list()).toMatchObject({ plans: [], total: 0 });
    expect(await regraft.plans.byVersions("flow", 1, 2)).toBeUndefined();
    await expect(regraft.rollback(plan.id, ana)).rejects.toMatchObject({ code: "PLAN.NOT_FOUND" });
    expect(await store.pointer({ kind: "draft", tenantId: "", id: plan.id })).toBeUndefined();
    expect((await regraft.planRetention()).drop).toEqual([]);
  });

  it("records ids, digests, actor and time before it drops anything", async () => {
    const order: string[] = [];
    const { regraft, store, plan, planned } = await ripe((inner) => ({
      ...inner,
      append: async (stream, records, options) => {
        order.push(...records.map(({ type }) => `${type} ${stream.kind}`));
        return inner.append(stream, records, options);
      },
      drop: async (subject, ...rest) => {
        order.push(`drop ${subject.kind}`);
        return inner.drop(subject, ...rest);
      },
    }));
    order.length = 0;
    await regraft.applyRetention(planned, ana);
    expect(order[0]).toBe("retention.applied plan");
    expect(order.indexOf("retention.applied scenario")).toBeLessThan(order.indexOf("drop scenario"));
    const at = "2026-05-30T09:00:00.000Z";
    const told = (await store.read({ ...scenario, kind: "plan", id: plan.id }, { limit: 100 })).entries.at(-1);
    expect(told).toMatchObject({
      type: "retention.applied",
      at,
      data: { by: "ana", planned: planned.digest, planId: plan.id, fromVersion: 1, toVersion: 2, status: "deployed" },
    });
    expect(told?.data.documents).toContainEqual({ kind: "plan", digest: planned.drop[0]?.digest });
    const version = (await store.read(scenario, { limit: 100 })).entries.at(-1);
    expect(version).toMatchObject({
      type: "retention.applied",
      at,
      data: { by: "ana", planned: planned.digest, versions: [{ version: 1, digest: planned.drop[1]?.digest }] },
    });
  });

  it("applied twice changes nothing more", async () => {
    const { regraft, store, planned } = await ripe();
    const first = await regraft.applyRetention(planned, ana);
    const { head } = await store.read(scenario, { limit: 1 });
    expect(await regraft.applyRetention(planned, ana)).toEqual(first);
    expect((await store.read(scenario, { limit: 1 })).head).toBe(head);
  });

  it("refuses a plan that was altered, and one of nobody", async () => {
    const { regraft, planned } = await ripe();
    const altered = { ...planned, drop: [...planned.drop, ...planned.keep.map(({ item }) => item)] };
    await expect(regraft.applyRetention(altered, ana)).rejects.toMatchObject({ code: "RETENTION.PLAN_CHANGED" });
    await expect(regraft.applyRetention(planned, { by: " " })).rejects.toMatchObject({ code: "INPUT.INVALID" });
    expect(await regraft.versions("flow")).toEqual([1, 2]);
  });

  it("lets one worker at a time apply it", async () => {
    const { regraft, store, planned } = await ripe();
    await store.lease({ kind: "retention", tenantId: "", id: "lease" }, { owner: "other", ttlMs: 1000 });
    await expect(regraft.applyRetention(planned, ana)).rejects.toMatchObject({ code: "STORE.LEASE_HELD" });
  });

  it("spares what has come to be needed since it was planned", async () => {
    const { regraft, plan, planned, session } = await ripe();
    await regraft.importSession({ ...session, id: "late" });
    const { dropped, spared } = await regraft.applyRetention(planned, ana);
    expect(dropped).toEqual([]);
    expect(spared).toMatchObject([
      { item: { planId: plan.id }, reason: "RETENTION.SESSION", by: "late" },
      { item: { version: 1 }, reason: "RETENTION.SESSION", by: "late" },
    ]);
    expect((await regraft.reconcile("late")).action).toBe("teleport");
  });

  it("spares what is too young by the rule of the day, whatever the plan says", async () => {
    const { regraft, store, clock, planned } = await ripe();
    const config = { retention: { versionDays: 365, planDays: 365 } };
    const careful = createRegraft({ store, clock, ids: sequentialIds(), config });
    const { dropped, spared } = await careful.applyRetention(planned, ana);
    expect(dropped).toEqual([]);
    expect(spared).toMatchObject([{ reason: "RETENTION.RECENT" }, { reason: "RETENTION.PLAN_OPEN" }]);
    expect((await regraft.applyRetention(planned, ana)).dropped).toEqual(planned.drop);
  });

  it("spares a plan that was changed since", async () => {
    const { regraft, plan, planned } = await ripe();
    await regraft.rollback(plan.id, ana);
    const { spared } = await regraft.applyRetention(planned, ana);
    expect(spared).toMatchObject([{ reason: "RETENTION.CHANGED" }]);
    expect((await regraft.plans.get(plan.id))?.status).toBe("rolled_back");
  });

  it("spares what a legal hold came to cover", async () => {
    const { regraft, planned } = await ripe();
    await regraft.legalHolds.place({ scenarioId: "flow" }, { by: "counsel", reason: "case 7" });
    expect((await regraft.applyRetention(planned, ana)).dropped).toEqual([]);
  });

  it("gives a version back to a session that came while its pointer was being taken", async () => {
    let armed = false;
    const { regraft, store, planned, session } = await ripe((inner) => ({
      ...inner,
      cas: async (pointer, expected, next, options) => {
        if (armed && pointer.kind === "scenario" && next === undefined) {
          armed = false;
          await inner.commit({ session: { ...session, id: "late" }, expectedRevision: 0 });
        }
        return inner.cas(pointer, expected, next, options);
      },
    }));
    armed = true;
    const { dropped, spared } = await regraft.applyRetention(planned, ana);
    expect(dropped).toMatchObject([{ kind: "plan" }]);
    expect(spared).toMatchObject([{ item: { version: 1 }, reason: "RETENTION.SESSION", by: "late" }]);
    expect((await regraft.scenarioOf("late")).version).toBe(1);
    expect((await store.read(scenario, { limit: 100 })).entries.at(-1)).toMatchObject({
      type: "retention.spared",
      data: { versions: [{ version: 1, by: "late" }] },
    });
  });

  it("does not bring a plan back that somebody was reading meanwhile", async () => {
    let reading: Promise<unknown> | undefined;
    const { regraft, store, clock, plan, planned } = await ripe((inner) => ({
      ...inner,
      drop: async (subject, ...rest) => {
        reading ??= other()
          .plans.byVersions("flow", 1, 2)
          .then(() =>
            other()
              .rollback(plan.id, ana)
              .catch(() => undefined),
          );
        await reading;
        return inner.drop(subject, ...rest);
      },
    }));
    const other = () => createRegraft({ store, clock, ids: sequentialIds() });
    await regraft.applyRetention(planned, ana);
    expect(await regraft.plans.list()).toMatchObject({ total: 0 });
    expect(await documents(store, planned, plan.id)).toBe(0);
  });

  it("leaves a plan that a hold came to cover after a crash as free to be changed as before, and to be dropped later", async () => {
    let left = Number.POSITIVE_INFINITY;
    const { regraft, plan, planned, clock } = await ripe((inner) =>
      faultyStore(inner, {
        failOn: ({ method }) => {
          if (method !== "append") return undefined;
          left -= 1;
          return left === 0 ? "after" : undefined;
        },
      }),
    );
    left = 1;
    await expect(regraft.applyRetention(planned, ana)).rejects.toMatchObject({ code: "STORE.UNAVAILABLE" });
    const hold = { scenarioId: "flow" };
    await regraft.legalHolds.place(hold, { by: "counsel", reason: "case 7" });
    for (let again = 0; again < 2; again += 1) {
      const { spared } = await regraft.applyRetention(planned, ana);
      expect(spared[0]).toMatchObject({ item: { planId: plan.id }, reason: "RETENTION.LEGAL_HOLD" });
    }
    expect((await regraft.ledger.verify()).ok).toBe(true);
    await regraft.rollback(plan.id, ana);
    expect((await regraft.plans.get(plan.id))?.status).toBe("rolled_back");
    await regraft.legalHolds.lift(hold, ana);
    expect((await regraft.applyRetention(planned, ana)).spared).toMatchObject([{ reason: "RETENTION.CHANGED" }]);
    clock.advance(90 * dayMs);
    const { dropped } = await regraft.applyRetention(await regraft.planRetention(), ana);
    expect(dropped).toMatchObject([{ kind: "plan", planId: plan.id, status: "rolled_back" }]);
    expect(await regraft.plans.list()).toMatchObject({ total: 0 });
  });

  it("goes on after a crash at any write, and ends as if there had been none", async () => {
    const whole = await ripe();
    await whole.regraft.applyRetention(whole.planned, ana);
    let crashes = 0;
    for (let at = 1; ; at += 1) {
      let left = Number.POSITIVE_INFINITY;
      const { regraft, store, plan, planned } = await ripe((inner) =>
        faultyStore(inner, {
          failOn: ({ method }) => {
            if (!["append", "cas", "drop", "put"].includes(method)) return undefined;
            left -= 1;
            return left === 0 ? "after" : undefined;
          },
        }),
      );
      left = at;
      const first = await regraft.applyRetention(planned, ana).catch((error: unknown) => error);
      if (!(first instanceof Error)) break;
      crashes += 1;
      left = Number.POSITIVE_INFINITY;
      await regraft.applyRetention(planned, ana);
      expect(await documents(store, planned, plan.id)).toBe(0);
      expect(await regraft.versions("flow")).toEqual([2]);
      expect(await regraft.plans.list()).toMatchObject({ total: 0 });
      const told = (await store.read(scenario, { limit: 100 })).entries.filter(({ type }) =>
        type.startsWith("retention"),
      );
      expect(told).toHaveLength(1);
    }
    expect(crashes).toBeGreaterThan(8);
  });
});
