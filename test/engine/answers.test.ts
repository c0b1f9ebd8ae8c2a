import { describe, expect, it } from "vitest";
import { bench, flow, roll, walk } from "./helpers.js";

const v1 = flow(1, "A > B > C");
const asking = flow(2, "A > N:email,phone > B > C");

async function waiting() {
  const made = bench();
  await made.regraft.publish(v1);
  await walk(made.regraft, "s1", ["B", "C"]);
  await roll(made.regraft, v1, asking);
  await made.regraft.reconcile("s1");
  return made;
}

describe("answers", () => {
  it("keeps none of them if one is not valid", async () => {
    const { regraft } = await waiting();
    const before = await regraft.session("s1");
    await expect(regraft.provide("s1", { email: "jo@x.example", phone: "none" })).rejects.toMatchObject({
      code: "ANSWER.INVALID",
      details: { path: "/phone", expected: "a phone number with country code", received: '"none"' },
    });
    for (const empty of [null, "", "  "]) {
      await expect(regraft.provide("s1", { email: empty })).rejects.toMatchObject({ code: "ANSWER.INVALID" });
    }
    expect(await regraft.session("s1")).toEqual(before);
  });

  it.each([
    [{}, "an empty object"],
    [[], "an array"],
    [null, "nothing"],
    [undefined, "nothing"],
  ])("have to be there (case %#)", async (given, received) => {
    const { regraft } = await waiting();
    const answers = given as Record<string, unknown>;
    const refusal = { code: "INPUT.INVALID", details: { path: "/answers", received } };
    await expect(regraft.provide("s1", answers)).rejects.toMatchObject(refusal);
    await expect(regraft.confirm("s1", answers)).rejects.toMatchObject(refusal);
  });

  it.each([1n, () => 1, Symbol("x")])("are JSON (case %#)", async (value) => {
    const { regraft } = await waiting();
    await expect(regraft.provide("s1", { email: value })).rejects.toMatchObject({
      code: expect.stringMatching(/^(ANSWER|INPUT)\.INVALID$/),
      details: { path: "/email" },
    });
  });

  it("refuses what nobody asked for", async () => {
    const { regraft } = await waiting();
    await expect(regraft.provide("s1", { shoeSize: 42 })).rejects.toMatchObject({ code: "ANSWER.NOT_ASKED" });
    await regraft.provide("s1", { email: "jo@x.example", phone: "+44 20 7946 0018" });
    await expect(regraft.provide("s1", { email: "ann@x.example" })).rejects.toMatchObject({ code: "ANSWER.NOT_ASKED" });
  });

  it("are taken before anything was asked, if the new version needs them", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B", "C"]);
    await roll(regraft, v1, asking);
    const answers = { email: "jo@x.example", phone: "+44 20 7946 0018" };
    expect(await regraft.provide("s1", answers)).toMatchObject({ action: "teleport", stepId: "C" });
  });

  it("are recomputed when a newer version is published meanwhile", async () => {
    const { regraft } = await waiting();
    await roll(regraft, asking, flow(3, "A > N:phone > B > C"));
    expect(await regraft.provide("s1", { email: "jo@x.example" })).toMatchObject({
      action: "collect",
      fields: ["phone"],
    });
    expect(await regraft.provide("s1", { phone: "+44 20 7946 0018" })).toMatchObject({
      action: "teleport",
      position: { version: 3 },
    });
  });

  it("survive a new engine over the same store", async () => {
    const { regraft, store, clock } = await waiting();
    await regraft.provide("s1", { email: "jo@x.example" });
    const { createRegraft } = await import("../../src/index.js");
    const restarted = createRegraft({ store, clock });
    expect(await restarted.reconcile("s1")).toMatchObject({ action: "collect", fields: ["phone"] });
  });
});

describe("required actions", () => {
  const screened = flow(2, "A > Screen^ > B > C");

  async function owing() {
    const made = bench();
    await made.regraft.publish(v1);
    await walk(made.regraft, "s1", ["B", "C"]);
    await roll(made.regraft, v1, screened);
    return made;
  }

  it("are asked for, completed on record, and then the session moves", async () => {
    const { regraft } = await owing();
    expect(await regraft.reconcile("s1")).toMatchObject({
      action: "execute_action",
      stepIds: ["Screen"],
      pending: true,
    });
    const result = await regraft.completeAction("s1", "Screen", { evidence: { score: 3 } });
    expect(result).toMatchObject({ action: "teleport", stepId: "C" });
    expect((await regraft.session("s1")).completedActions).toMatchObject([
      { stepId: "Screen", evidence: { score: 3 } },
    ]);
  });

  it("are waived only by somebody", async () => {
    const { regraft } = await owing();
    await regraft.reconcile("s1");
    await expect(regraft.completeAction("s1", "Screen", { waive: true })).rejects.toMatchObject({
      code: "INPUT.INVALID",
    });
    expect(await regraft.completeAction("s1", "Screen", { waive: true, by: "ana" })).toMatchObject({
      action: "teleport",
    });
    expect((await regraft.session("s1")).completedActions).toMatchObject([{ waived: true, by: "ana" }]);
  });

  it("cannot be something else", async () => {
    const { regraft } = await owing();
    await expect(regraft.completeAction("s1", "B")).rejects.toMatchObject({ code: "ANSWER.NOT_ASKED" });
    await expect(regraft.completeAction("s1", "Z")).rejects.toMatchObject({ code: "SESSION.STEP_UNKNOWN" });
  });

  it("stay done when a newer version is published before the move", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B", "C"]);
    const two = flow(2, "A > Screen^ > Consent^ > B > C");
    await roll(regraft, v1, two);
    expect(await regraft.completeAction("s1", "Screen")).toMatchObject({
      action: "execute_action",
      stepIds: ["Consent"],
    });
    await roll(regraft, two, flow(3, "A > Screen^ > Consent^ > B > C > D"));
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "execute_action", stepIds: ["Consent"] });
    expect(await regraft.completeAction("s1", "Consent")).toMatchObject({
      action: "teleport",
      position: { version: 3 },
    });
    await roll(
      regraft,
      flow(3, "A > Screen^ > Consent^ > B > C > D"),
      flow(4, "A > Screen^ > Consent^ > B > C > D > E"),
    );
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", position: { version: 4 } });
  });
});

describe("a person's decision", () => {
  const twins = {
    from: flow(1, "A > B > C"),
    to: flow(2, "A > X > Y > C"),
  };

  async function inReview() {
    const made = bench();
    await made.regraft.publish(twins.from);
    await walk(made.regraft, "s1", ["B"]);
    await roll(made.regraft, twins.from, twins.to);
    return made;
  }

  it("chooses the step where the session stands", async () => {
    const { regraft } = await inReview();
    const result = await regraft.resolve("s1", { choose: "Y" }, { by: "ana" });
    expect(result).toMatchObject({ action: "teleport", stepId: "Y" });
    expect((await regraft.session("s1")).migration).toBeUndefined();
  });

  it("names steps of the new version only", async () => {
    const { regraft } = await inReview();
    await expect(regraft.resolve("s1", { map: "B" }, { by: "ana" })).rejects.toMatchObject({
      code: "SESSION.STEP_UNKNOWN",
    });
  });

  it("holds a session for that version, and no longer than for it", async () => {
    const { regraft } = await inReview();
    expect(await regraft.resolve("s1", { hold: true }, { by: "ana" })).toMatchObject({
      action: "continue",
      reasons: ["HOLD.RESOLVED"],
    });
    expect(await regraft.reconcile("s1")).toMatchObject({
      action: "continue",
      reasons: ["HOLD.RESOLVED"],
      pending: false,
    });
    await roll(regraft, twins.to, flow(3, "A > B > C > Z"));
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", stepId: "B", position: { version: 3 } });
  });

  it("stays under the promise: a payment is not repeated on anybody's word", async () => {
    const { regraft } = bench();
    const paid = flow(1, "W > Pay! > C");
    await regraft.publish(paid);
    await walk(regraft, "s1", ["Pay", "C"]);
    await roll(regraft, paid, flow(2, "W > Pay! > C > D"));
    expect(await regraft.resolve("s1", { map: "W" }, { by: "ana" })).toMatchObject({
      action: "blocked",
      reason: "CHECKPOINT.WOULD_REPEAT",
    });
  });
});
