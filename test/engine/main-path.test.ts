import { describe, expect, it } from "vitest";
import { bench, flow, roll, walk } from "./helpers.js";

const v1 = flow(1, "A > B > C");

describe("the way of a session from one version to the next", () => {
  it("marks at deployment and moves at the next message", async () => {
    const { regraft, store } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    const plan = await regraft.propose({ from: v1, to: flow(2, "A > B > C > N") });
    expect(plan).toMatchObject({
      status: "pending",
      summary: { affectedSessions: { counted: true, total: 1, byStep: { B: 1 } } },
    });
    expect(await regraft.versions("flow")).toEqual([1]);
    const deployed = await regraft.deploy(await regraft.approve(plan, { by: "ana" }));
    expect(deployed).toMatchObject({ status: "deployed", marking: { marked: 1, done: true } });
    const marked = await regraft.session("s1");
    expect(marked).toMatchObject({
      stepId: "B",
      scenarioVersion: 1,
      revision: 2,
      pendingMigration: { planId: plan.id },
    });
    const result = await regraft.reconcile("s1", { messageId: "m1" });
    expect(result).toMatchObject({
      action: "teleport",
      kind: "clean_graft",
      position: { version: 2, stepId: "B" },
      pending: false,
    });
    const moved = await regraft.session("s1");
    expect(moved).toMatchObject({
      stepId: "B",
      scenarioVersion: 2,
      revision: 3,
      lastActivityAt: marked.lastActivityAt,
    });
    expect(moved.stepHistory.at(-1)).toMatchObject({ reason: "graft", scenarioVersion: 2 });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "continue", reasons: ["MIGRATION.NOTHING_TO_DO"] });
    const { entries } = await store.read({ kind: "session", tenantId: "", id: "s1" }, { limit: 50 });
    expect(entries.map(({ type }) => type)).toEqual(["session.started", "session.visited", "session.reconciled"]);
  });

  it("asks for what is missing, keeps the answers and moves once", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B", "C"]);
    await roll(regraft, v1, flow(2, "A > N:email,phone > B > C"));
    const first = await regraft.reconcile("s1");
    expect(first).toMatchObject({
      action: "collect",
      fields: ["email", "phone"],
      pending: true,
      position: { version: 1, stepId: "C" },
    });
    const { revision } = await regraft.session("s1");
    await regraft.reconcile("s1");
    expect((await regraft.session("s1")).revision).toBe(revision);
    expect(await regraft.provide("s1", { email: "jo@x.example" })).toMatchObject({
      action: "collect",
      fields: ["phone"],
    });
    expect((await regraft.session("s1")).scenarioVersion).toBe(1);
    const result = await regraft.provide("s1", { phone: "020 7946 0018" });
    expect(result).toMatchObject({ action: "teleport", kind: "gap_fill", position: { version: 2, stepId: "C" } });
    expect(await regraft.session("s1")).toMatchObject({ variables: { email: "jo@x.example", phone: "020 7946 0018" } });
    expect((await regraft.session("s1")).migration).toBeUndefined();
  });
});
