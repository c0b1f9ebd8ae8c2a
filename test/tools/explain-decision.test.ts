import { describe, expect, it } from "vitest";
import type { Decision, WitnessStep } from "../../src/contracts/types.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { explainDecision } from "../../src/tools/explain-decision.js";

const to = defineScenario({
  id: "loan",
  version: 2,
  entry: "hello",
  steps: [{ id: "hello", name: "Hello" }, { id: "offer", name: "Offer" }, { id: "plain" }],
  transitions: [],
});

const common = {
  reasons: ["MIGRATION.MOVED" as const],
  replyBinding: "same_question" as const,
  audit: { fromVersion: 1, toVersion: 2, fromStep: "offer", planIds: [] },
};
const obstacle = { code: "FIELD.REQUIRED" as const, message: "not known yet: income", condition: "income > 1" };

function moved(run: WitnessStep[]): Decision {
  return {
    ...common,
    action: "teleport",
    stepId: "offer",
    version: 2,
    kind: "gap_fill",
    witness: { version: 2, target: "offer", run },
  };
}

describe("explainDecision", () => {
  it("tells each step of a witness and why its way was taken", () => {
    const via = { from: "hello", index: 0 };
    const lines = explainDecision(
      moved([
        { stepId: "hello", status: "visited" },
        { stepId: "a", status: "known", fields: ["x"], via: { ...via, because: "only_way" } },
        { stepId: "b", status: "silent", via: { ...via, because: "condition_true", condition: "x > 1" } },
        { stepId: "c", status: "passed_over", via: { ...via, because: "taken_before" } },
        { stepId: "d", status: "skipped", via: { ...via, because: "else" } },
        { stepId: "e", status: "done", via: { ...via, because: "judged", condition: "is keen" } },
        { stepId: "f", status: "forced", via: { ...via, because: "forced" } },
        { stepId: "g", status: "silent", via: { ...via, because: "open_choice" } },
        { stepId: "offer", status: "target", via: { ...via, because: "all_rejoin" } },
      ]),
      to,
    );
    expect(lines).toEqual([
      'The session moves to "Offer" of version 2 (gap_fill).',
      "The run that proves it:",
      "  Hello: visited",
      "  a: its values are known (x)",
      "  b: new, asks and does nothing; because x > 1",
      "  c: passed over on the old version; the way the session took before",
      "  d: passes by itself; because no other condition holds",
      "  e: done; because it was judged: is keen",
      "  f: waived by the plan; the decision is waived by the plan",
      "  g: new, asks and does nothing; by a choice of the host",
      "  Offer: here the session goes on; all ways lead here and ask nothing",
    ]);
  });

  it("uses ids where the version is not given or a step has no name", () => {
    expect(explainDecision(moved([{ stepId: "offer", status: "target" }]))[0]).toContain('"offer"');
    expect(explainDecision({ ...common, action: "execute_action", stepIds: ["plain"], obstacle }, to)[0]).toContain(
      "plain",
    );
  });

  it("tells a question with its obstacle, condition and prompt", () => {
    const prompts = [{ field: "income", prompt: "What do you earn?" }];
    expect(explainDecision({ ...common, action: "collect", fields: ["income"], prompts, obstacle }, to)).toEqual([
      "The session stays, and the person is asked for income.",
      "A value is needed before the session can move. Not known yet: income.",
      "The condition is: income > 1",
      "Question: What do you earn?",
    ]);
  });

  it("tells a value to be confirmed and the words it was taken from", () => {
    const confirm = { ...common, action: "confirm" as const, field: "income", value: 12, quote: "I make twelve" };
    expect(explainDecision(confirm)).toEqual([
      "The session stays, and the person is asked whether income is 12.",
      'It was taken from: "I make twelve".',
    ]);
    expect(explainDecision({ ...confirm, quote: "" })).toHaveLength(1);
  });

  it("tells refusals with what can be done about them", () => {
    const wall = { code: "CHECKPOINT.OFF_RUN" as const, message: "it was passed" };
    const blocked = explainDecision({ ...common, action: "blocked", reason: wall.code, obstacle: wall }, to);
    expect(blocked[0]).toBe("The session stays whole on version 1.");
    expect(blocked.at(-1)).toBe("Map the session to a step on the way after that checkpoint.");
    const review = explainDecision(
      { ...common, action: "review", reason: wall.code, candidates: ["offer"], obstacle: wall },
      to,
    );
    expect(review).toContain("To choose from: Offer.");
  });

  it("tells why nothing happens, or why a session leaves", () => {
    const stays = { ...common, action: "continue" as const, reasons: ["HOLD.PAUSED" as const] };
    expect(explainDecision(stays)).toEqual([
      "Nothing happens to the session.",
      "The rollout of the plan is paused, so the session stays on its version for now.",
    ]);
    const leaves = {
      ...common,
      action: "exit_scenario" as const,
      reasons: ["MIGRATION.EXITED" as const],
      userMessage: "bye",
    };
    expect(explainDecision(leaves)[0]).toBe("The session leaves the flow.");
  });
});
