import { describe, expect, it } from "vitest";
import { bench, flow, roll, walk } from "./helpers.js";

const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > B > C > N");
const asking = flow(2, "A > N:email > B > C");

async function deployed(to = v2) {
  const made = bench();
  await made.regraft.publish(v1);
  for (const id of ["s1", "s2"]) await walk(made.regraft, id, ["B", "C"]);
  return { ...made, plan: await roll(made.regraft, v1, to) };
}

describe("one session", () => {
  it("is held by hand until it is released", async () => {
    const { regraft } = await deployed();
    await regraft.hold("s1", { by: "ana", reason: "calls back" });
    for (let message = 0; message < 2; message += 1) {
      expect(await regraft.reconcile("s1")).toMatchObject({
        action: "continue",
        reasons: ["HOLD.MANUAL"],
        pending: false,
      });
    }
    await roll(regraft, v2, flow(3, "A > B > C > N > M"));
    expect(await regraft.reconcile("s1")).toMatchObject({ reasons: ["HOLD.MANUAL"] });
    await regraft.release("s1", { by: "ana" });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", position: { version: 3 } });
  });

  it("can be held before its version is replaced", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    await regraft.hold("s1", { by: "ana" });
    await roll(regraft, v1, v2);
    expect(await regraft.reconcile("s1")).toMatchObject({ reasons: ["HOLD.MANUAL"], pending: false });
  });

  it("does not move by itself after its mark was taken off, but under a newer plan", async () => {
    const { regraft } = await deployed();
    expect(await regraft.unmark({ sessionId: "s1" })).toEqual({ unmarked: 1 });
    expect(await regraft.reconcile("s1")).toMatchObject({
      action: "continue",
      reasons: ["HOLD.UNMARKED"],
      position: { version: 1 },
    });
    expect(await regraft.reconcile("s2")).toMatchObject({ action: "teleport" });
    await regraft.release("s1", { by: "ana" });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport" });
  });

  it("can be kept from a plan that has not marked it, or from a version without a plan", async () => {
    const { regraft } = await deployed();
    await regraft.unmark({ sessionId: "s1" });
    await regraft.release("s1", { by: "ana" });
    expect(await regraft.unmark({ sessionId: "s1" })).toEqual({ unmarked: 1 });
    expect(await regraft.reconcile("s1")).toMatchObject({ reasons: ["HOLD.UNMARKED"] });
    const bare = bench();
    await bare.regraft.publish(v1);
    await walk(bare.regraft, "s1", ["B"]);
    await bare.regraft.publish(v2);
    await bare.regraft.unmark({ sessionId: "s1" });
    expect(await bare.regraft.reconcile("s1")).toMatchObject({ reasons: ["HOLD.UNMARKED"] });
    await bare.regraft.publish(flow(3, "A > B > C > N > M"));
    expect(await bare.regraft.reconcile("s1")).toMatchObject({ action: "teleport", position: { version: 3 } });
  });

  it("is released without effect if nobody holds it", async () => {
    const { regraft } = await deployed();
    const before = await regraft.session("s1");
    expect(await regraft.release("s1", { by: "ana" })).toEqual(before);
  });

  it("keeps what it was asked through a hold", async () => {
    const { regraft } = await deployed(asking);
    await regraft.reconcile("s1");
    await regraft.hold("s1", { by: "ana" });
    await regraft.provide("s1", { email: "jo@x.example" });
    expect(await regraft.reconcile("s1")).toMatchObject({ reasons: ["HOLD.MANUAL"] });
    await regraft.release("s1", { by: "ana" });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", kind: "gap_fill" });
  });
});

describe("a plan", () => {
  it("loses all its marks and leaves its sessions where they are", async () => {
    const { regraft, plan } = await deployed();
    await regraft.update("s2", { status: "closed" });
    expect(await regraft.unmark(plan)).toEqual({ unmarked: 2 });
    expect(await regraft.session("s2")).toMatchObject({ status: "closed", revision: 4 });
    expect((await regraft.session("s2")).pendingMigration).toBeUndefined();
    expect(await regraft.reconcile("s1")).toMatchObject({ reasons: ["HOLD.UNMARKED"] });
    expect(await regraft.unmark(plan.id)).toEqual({ unmarked: 0 });
  });

  it("pauses and goes on, marking again whom it met meanwhile", async () => {
    const { regraft, plan } = await deployed();
    await regraft.pause(plan, { by: "ana" });
    expect(await regraft.reconcile("s1")).toMatchObject({
      action: "continue",
      reasons: ["HOLD.PAUSED"],
      pending: false,
    });
    await expect(regraft.pause(plan, { by: "ana" })).rejects.toMatchObject({ code: "PLAN.ILLEGAL_TRANSITION" });
    const resumed = await regraft.resume(plan, { by: "ana" });
    expect(resumed).toMatchObject({
      status: "deployed",
      deployedAt: plan.deployedAt,
      marking: { marked: 3, done: true },
    });
    expect(await regraft.session("s1")).toMatchObject({ pendingMigration: { planId: plan.id } });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport" });
    await expect(regraft.resume(plan, { by: "ana" })).rejects.toMatchObject({ code: "PLAN.ILLEGAL_TRANSITION" });
  });

  it("is rolled back: who has moved stays, who has not is held for good", async () => {
    const { regraft, plan } = await deployed();
    await regraft.reconcile("s1");
    expect(await regraft.rollback(plan, { by: "ana", reason: "errors" })).toMatchObject({ status: "rolled_back" });
    expect((await regraft.session("s2")).pendingMigration).toBeUndefined();
    for (let message = 0; message < 2; message += 1) {
      expect(await regraft.reconcile("s2")).toMatchObject({
        action: "continue",
        reasons: ["HOLD.ROLLED_BACK"],
        position: { version: 1 },
      });
    }
    expect(await regraft.reconcile("s1")).toMatchObject({
      reasons: ["MIGRATION.NOTHING_TO_DO"],
      position: { version: 2 },
    });
    await roll(regraft, v2, flow(3, "A > B > C > N > M"));
    expect(await regraft.reconcile("s2")).toMatchObject({ reasons: ["HOLD.ROLLED_BACK"] });
    await roll(regraft, v1, v2);
    expect(await regraft.reconcile("s2")).toMatchObject({ action: "teleport", position: { version: 3 } });
  });

  it("that was rolled back further on holds the sessions before it too", async () => {
    const { regraft } = await deployed();
    const v3 = flow(3, "A > B > C > N > M");
    await regraft.rollback(await roll(regraft, v2, v3), { by: "ana" });
    expect(await regraft.reconcile("s1")).toMatchObject({
      action: "continue",
      reasons: ["HOLD.ROLLED_BACK"],
      position: { version: 1 },
    });
    await roll(regraft, v2, flow(4, "A > B > C > N"));
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", position: { version: 4 } });
  });
});

describe("whoever decides", () => {
  const nobody: [unknown, string][] = [
    [undefined, "nothing"],
    [{}, "nothing"],
    [{ by: null }, "nothing"],
    [{ by: "" }, "an empty text"],
    [{ by: " " }, "an empty text"],
    [{ by: 7 }, "a number"],
  ];

  it.each(nobody)("has a name (case %#)", async (given, received) => {
    const { regraft, plan } = await deployed();
    const who = given as { by: string };
    const next = await regraft.propose({ from: v2, to: flow(3, "A") });
    const before = await regraft.session("s1");
    const calls = [
      () => regraft.hold("s1", who),
      () => regraft.release("s1", who),
      () => regraft.resolve("s1", { hold: true }, who),
      () => regraft.pause(plan, who),
      () => regraft.resume(plan, who),
      () => regraft.rollback(plan, who),
      () => regraft.reject(next, who),
      () => regraft.approve(next, who),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({
        code: "INPUT.INVALID",
        details: { path: "/by", expected: "a text that is not empty", received },
      });
    }
    expect(await regraft.session("s1")).toEqual(before);
    expect((await regraft.plans.get(plan.id))?.status).toBe("deployed");
    expect((await regraft.plans.get(next.id))?.status).toBe("pending");
  });
});
