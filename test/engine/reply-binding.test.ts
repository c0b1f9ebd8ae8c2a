import { describe, expect, it } from "vitest";
import { defineScenario, type ReconciliationResult, type Regraft, type Scenario } from "../../src/index.js";
import { bench, flow, roll, walk } from "./helpers.js";

const ana = { by: "ana" };
const v1 = flow(1, "A > Q");

/** The same flow with the quote in other words. */
function reworded(scenario: Scenario, stepId: string, name: string): Scenario {
  return defineScenario({ ...scenario, steps: scenario.steps.map((s) => (s.id === stepId ? { ...s, name } : s)) });
}

/** A session that has been asked the quote Q of version 1, with version 2 deployed. */
async function quoted(v2: Scenario, more: { variables?: Record<string, unknown>; terms?: object } = {}) {
  const made = bench();
  await made.regraft.publish(v1);
  await walk(made.regraft, "s1", ["Q"], { variables: more.variables ?? {} });
  await roll(made.regraft, v1, v2, more.terms);
  return made;
}

/** What a host does with a "yes": it counts for the step that the session stands on, or for nothing. */
const consents = ({ replyBinding, position }: ReconciliationResult): string | undefined =>
  replyBinding === "same_question" ? position.stepId : undefined;

describe("a yes to a quote", () => {
  it("counts for the same quote in the new version", async () => {
    const { regraft } = await quoted(flow(2, "A > N > Q"));
    const result = await regraft.reconcile("s1", { messageId: "yes" });
    expect([result.action, consents(result)]).toEqual(["teleport", "Q"]);
  });

  it("counts for nothing when the quote was reworded", async () => {
    const { regraft } = await quoted(reworded(flow(2, "A > Q"), "Q", "A higher quote"));
    const result = await regraft.reconcile("s1");
    expect(result).toMatchObject({ action: "teleport", stepId: "Q", replyBinding: "changed_question" });
  });

  it("is no consent to the branch that the session is led to", async () => {
    const { regraft } = await quoted(flow(2, "A > F", "F > Waiver [age < 18]", "F > Q [age >= 18]"), {
      variables: { age: 12 },
    });
    expect(await regraft.reconcile("s1")).toMatchObject({
      action: "teleport",
      kind: "re_route",
      stepId: "Waiver",
      replyBinding: "other_step",
    });
  });

  it("is no consent to what follows a quote that is gone, and none when the session leaves", async () => {
    const { regraft } = await quoted(flow(2, "A > Waiver"));
    expect(await regraft.reconcile("s1")).toMatchObject({ stepId: "Waiver", replyBinding: "other_step" });
    const gone = await quoted(flow(2, "X > Y"));
    expect(await gone.regraft.reconcile("s1")).toMatchObject({ action: "exit_scenario", replyBinding: "other_step" });
  });

  it("counts for the old quote while a question waits, but a yes to that question does not", async () => {
    const { regraft } = await quoted(flow(2, "A > N:email > Q"));
    const first = await regraft.reconcile("s1", { messageId: "m1" });
    expect([first.action, first.position, consents(first)]).toEqual(["collect", { version: 1, stepId: "Q" }, "Q"]);
    const second = await regraft.reconcile("s1", { messageId: "m2" });
    expect([second.action, consents(second)]).toEqual(["collect", undefined]);
    const third = await regraft.provide("s1", { email: "jo@x.example" }, { messageId: "m3" });
    expect([third.action, third.position.stepId, consents(third)]).toEqual(["teleport", "Q", undefined]);
    const fourth = await regraft.reconcile("s1", { messageId: "m4" });
    expect([fourth.action, consents(fourth)]).toEqual(["continue", "Q"]);
  });

  it("is told apart from an answer that comes before anything was asked", async () => {
    const { regraft } = await quoted(flow(2, "A > N:email > Q"));
    const result = await regraft.provide("s1", { email: "jo@x.example" });
    expect(result).toMatchObject({ action: "teleport", replyBinding: "changed_question" });
  });

  it("is told apart from a yes to a value that was offered", async () => {
    const made = bench({
      fieldSources: [
        {
          name: "crm",
          kind: "profile",
          find: async ({ fields }) =>
            fields.map(({ name }) => ({ field: name, value: "jo@x.example", confidence: 0.9 })),
        },
      ],
    });
    await made.regraft.publish(v1);
    await walk(made.regraft, "s1", ["Q"]);
    await roll(made.regraft, v1, flow(2, "A > N:email > Q"));
    expect((await made.regraft.reconcile("s1")).action).toBe("confirm");
    const yes = await made.regraft.confirm("s1", { email: true });
    expect([yes.action, yes.position.stepId, consents(yes)]).toEqual(["teleport", "Q", undefined]);
  });

  it("is told apart from a yes to an action that has to run first", async () => {
    const { regraft } = await quoted(flow(2, "A > Consent^ > Q"));
    expect((await regraft.reconcile("s1")).action).toBe("execute_action");
    expect(consents(await regraft.reconcile("s1"))).toBeUndefined();
    const done = await regraft.completeAction("s1", "Consent");
    expect([done.action, consents(done)]).toEqual(["teleport", undefined]);
  });

  it("does not count when a question was asked and the plan was paused then", async () => {
    const made = bench();
    await made.regraft.publish(v1);
    await walk(made.regraft, "s1", ["Q"]);
    const plan = await roll(made.regraft, v1, flow(2, "A > N:email > Q"));
    await made.regraft.reconcile("s1");
    await made.regraft.pause(plan, ana);
    const paused = await made.regraft.reconcile("s1");
    expect([paused.action, consents(paused)]).toEqual(["continue", undefined]);
    expect(consents(await made.regraft.reconcile("s1"))).toBe("Q");
  });

  it("does not count when a question was asked and an operator stopped the session then", async () => {
    const asked = async () => {
      const made = await quoted(flow(2, "A > N:email > Q"));
      expect((await made.regraft.reconcile("s1")).action).toBe("collect");
      return made.regraft;
    };
    const stops = [
      (regraft: Regraft) => regraft.hold("s1", ana),
      (regraft: Regraft) => regraft.unmark({ sessionId: "s1" }),
    ];
    for (const stop of stops) {
      const regraft = await asked();
      await stop(regraft);
      const first = await regraft.reconcile("s1");
      expect([first.action, consents(first)]).toEqual(["continue", undefined]);
      expect(consents(await regraft.reconcile("s1"))).toBe("Q");
    }
    const released = await asked();
    await released.hold("s1", ana);
    await released.release("s1", ana);
    await released.update("s1", { variables: { email: "jo@x.example" } });
    const moved = await released.reconcile("s1");
    expect([moved.action, consents(moved)]).toEqual(["teleport", undefined]);
  });

  it("does not count after an undo of what the person saw last", async () => {
    const [two, three] = [flow(2, "A > X > Q"), flow(3, "A > X > N:email > Q")];
    const { regraft } = await quoted(two);
    await regraft.reconcile("s1");
    await roll(regraft, two, three);
    expect((await regraft.reconcile("s1")).action).toBe("collect");
    expect(await regraft.undo("s1", ana)).toMatchObject({ action: "undone", replyBinding: "changed_question" });
    expect(consents(await regraft.reconcile("s1"))).toBeUndefined();
    expect(consents(await regraft.reconcile("s1"))).toBe("Q");
  });

  it("does not count for the other of two equal steps, though it has the same text", async () => {
    const twins = (version: number, ways: string) => {
      const { transitions, ...rest } = flow(version, ways);
      const steps = ["A", "Q", "B", "P"].map((id) => ({ id, name: id === "Q" || id === "P" ? "Shall I go on?" : id }));
      return defineScenario({ ...rest, steps, transitions });
    };
    const made = bench();
    const [one, two] = [twins(1, "A > Q > B > P"), twins(2, "A > Q > B > P")];
    await made.regraft.publish(one);
    await walk(made.regraft, "s1", ["Q"]);
    await roll(made.regraft, one, two);
    const decided = await made.regraft.resolve("s1", { choose: "P" }, ana);
    expect(decided).toMatchObject({ action: "teleport", stepId: "P", replyBinding: "other_step" });
  });

  it("says the same when its message is delivered again", async () => {
    const { regraft } = await quoted(reworded(flow(2, "A > Q"), "Q", "A higher quote"));
    const first = await regraft.reconcile("s1", { messageId: "yes" });
    const again = await regraft.reconcile("s1", { messageId: "yes" });
    expect([consents(first), consents(again)]).toEqual([undefined, undefined]);
    expect(again.reasons).toContain("MIGRATION.SETTLED");
  });
});

describe("a message that names the step it answers", () => {
  const seen = { version: 1, stepId: "Q" };
  const bindings = async (regraft: Regraft, steps: readonly { version: number; stepId: string }[]) =>
    Promise.all(steps.map(async (replyTo) => (await regraft.reconcile("s1", { replyTo })).replyBinding));

  it("is not bound to where somebody else has moved the session meanwhile", async () => {
    const { regraft } = await quoted(flow(2, "A > Waiver > Q"), { terms: { mapping: { Q: "Waiver" } } });
    await regraft.reconcile("s1");
    expect(await bindings(regraft, [seen, { version: 2, stepId: "Waiver" }, { version: 2, stepId: "Q" }])).toEqual([
      "changed_question",
      "same_question",
      "other_step",
    ]);
  });

  it("is bound where the step was moved without a change of its text", async () => {
    const { regraft } = await quoted(flow(2, "A > N > Q"));
    expect(await bindings(regraft, [seen])).toEqual(["same_question"]);
    expect(await bindings(regraft, [seen])).toEqual(["same_question"]);
    expect(await bindings(regraft, [{ version: 1, stepId: "A" }])).toEqual(["other_step"]);
  });

  it("is not bound to the old text after the move to a new one was undone", async () => {
    const { regraft } = await quoted(reworded(flow(2, "A > Q"), "Q", "A higher quote"));
    await regraft.reconcile("s1");
    expect((await regraft.undo("s1", ana)).replyBinding).toBe("changed_question");
    expect(await bindings(regraft, [{ version: 2, stepId: "Q" }, seen])).toEqual(["other_step", "same_question"]);
  });

  it("has to name a step that somebody can have seen", async () => {
    const { regraft } = await quoted(flow(2, "A > Q"));
    for (const replyTo of [
      { version: 1, stepId: "nowhere" },
      { version: 9, stepId: "Q" },
    ]) {
      await expect(regraft.reconcile("s1", { replyTo })).rejects.toMatchObject({ code: "SESSION.STEP_UNKNOWN" });
    }
    expect((await regraft.session("s1")).scenarioVersion).toBe(1);
  });
});
