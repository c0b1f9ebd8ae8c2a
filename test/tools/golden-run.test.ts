import { describe, expect, it } from "vitest";
import type { GoldenOutcome } from "../../src/contracts/types.js";
import { goldenDifferences } from "../../src/tools/golden-compare.js";
import { playGolden } from "../../src/tools/golden-play.js";
import { runGolden } from "../../src/tools/golden-run.js";
import { updatedExpectation } from "../../src/tools/golden-update.js";
import { caseOf, deployment, flowsOf } from "./golden-world.js";

async function run(parts: Readonly<Record<string, unknown>> = {}) {
  const [flow] = flowsOf(caseOf(parts));
  if (flow === undefined) throw new TypeError("no case");
  return runGolden(flow);
}

async function factsOf(parts: Readonly<Record<string, unknown>> = {}) {
  return (await run(parts)).performance.outcome;
}

const message = { do: "message", session: "s1" };

describe("a golden case", () => {
  it("is right where everything is as expected, and has the same record every time", async () => {
    const [first, second] = [await run(), await run()];
    expect(first.verdict).toEqual({ id: "one", ok: true, differences: [] });
    expect(second.performance.record).toBe(first.performance.record);
  });

  it("names the place of what differs, with what was expected and received", async () => {
    const { verdict } = await run({ expect: { results: { s1: [{ action: "teleport" }] }, counts: { moves: 1 } } });
    expect(verdict).toEqual({
      id: "one",
      ok: false,
      reason: "GOLDEN.DIFFERENT",
      differences: [
        { path: "/expect/results/s1/0/action", expected: "teleport", received: "collect" },
        { path: "/expect/counts/moves", expected: 1, received: 0 },
      ],
    });
  });

  it("fails on a refusal that it does not expect", async () => {
    const { verdict } = await run({
      steps: [{ do: "propose", from: 1, to: 2 }, { do: "deploy" }, message],
      expect: { counts: { moves: 0 } },
    });
    expect(verdict.differences).toEqual([
      { path: "/expect/refused", expected: [], received: [{ step: 1, code: "PLAN.NOT_APPROVED" }] },
    ]);
  });

  it("fails with a reason of its own where two performances are not the same", async () => {
    const [flow] = flowsOf(caseOf());
    let played = 0;
    const { verdict, update } = await runGolden(flow ?? expect.fail(), async (one) => {
      played += 1;
      const performance = await playGolden(one);
      return { ...performance, record: performance.record.replace('"revision":', `"turn":${played},"revision":`) };
    });
    expect(verdict).toMatchObject({ ok: false, reason: "GOLDEN.NONDETERMINISTIC" });
    expect(verdict.differences).toContainEqual({ path: "/outcome/sessions/s1/turn", expected: 1, received: 2 });
    expect(update).toBeUndefined();
  });

  it("fails where a fault never happened", async () => {
    const steps = [...deployment, message, { do: "fault", method: "commit", moment: "before" }];
    const { verdict } = await run({ steps });
    expect(verdict).toMatchObject({ ok: false, reason: "GOLDEN.UNSPENT_FAULT" });
  });
});

describe("what can happen in a golden case", () => {
  it("is a crash before or after a write, and a restart", async () => {
    const played = (moment: string) => [
      ...deployment,
      { do: "fault", method: "commit", moment },
      message,
      { do: "restart" },
    ];
    expect(await factsOf({ steps: played("before") })).toMatchObject({
      refused: [],
      results: { s1: [{ action: "continue", reasons: ["MIGRATION.POSTPONED", "STORE.UNAVAILABLE"] }] },
      sessions: { s1: { revision: 1 } },
    });
    expect(await factsOf({ steps: played("after") })).toMatchObject({
      refused: [{ step: 4, code: "STORE.UNAVAILABLE" }],
      sessions: { s1: { revision: 2 } },
    });
  });

  it("is a later call that fails, and no other", async () => {
    const { refused, results } = await factsOf({
      steps: [
        ...deployment,
        { do: "fault", method: "commit", call: 2, moment: "before" },
        { do: "update", session: "s1", variables: { note: 1 } },
        message,
        message,
      ],
    });
    expect(refused).toEqual([]);
    expect(results.s1?.map(({ action }) => action)).toEqual(["continue", "collect"]);
  });

  it("is a store that cannot be reached for a while", async () => {
    const steps = [...deployment, { do: "store_down" }, message, message, { do: "store_up" }, message];
    const { refused, results } = await factsOf({ steps });
    expect(refused.map(({ step }) => step)).toEqual([4, 5]);
    expect(results.s1?.map(({ action }) => action)).toEqual(["collect"]);
  });

  it("is an answer, a required action and a move, with the plans under their names", async () => {
    const steps = [
      { do: "propose", from: 1, to: 3, name: "big" },
      { do: "approve", plan: "big" },
      { do: "deploy" },
      message,
      { do: "provide", session: "s1", values: { amount: 5 } },
      { do: "complete_action", session: "s1", stepId: "screen" },
    ];
    const facts = await factsOf({ steps });
    expect(facts.results.s1?.map(({ action, plans }) => [action, plans])).toEqual([
      ["collect", ["big"]],
      ["execute_action", ["big"]],
      ["teleport", ["big"]],
    ]);
    expect(facts).toMatchObject({
      sessions: { s1: { version: 3, stepId: "offer", variables: { amount: 5 } } },
      plans: { big: { status: "deployed", marked: 1 } },
      counts: { moves: 1, versions: { 1: 0, 2: 0, 3: 1 } },
      refused: [],
    });
  });

  it("is a profile that knows a value, or one that has to be confirmed", async () => {
    const known = await factsOf({ profile: { amount: { value: 7 } } });
    expect(known.results.s1?.map(({ action }) => action)).toEqual(["teleport"]);
    const steps = [...deployment, message, { do: "confirm", session: "s1", answers: { amount: true } }];
    const unsure = await factsOf({ profile: { amount: { value: 7, confidence: 0.9 } }, steps });
    expect(unsure.results.s1?.map(({ action }) => action)).toEqual(["confirm", "teleport"]);
  });

  it("is all that an operator and a host do", async () => {
    const steps = [
      { do: "propose", from: 1, to: 2 },
      { do: "reject", reason: "not now" },
      { do: "propose", from: 1, to: 2, name: "again" },
      { do: "amend", policies: { "*": { updateDownstream: false } } },
      { do: "approve" },
      { do: "deploy" },
      { do: "pause" },
      { do: "resume" },
      { do: "unmark", session: "s1" },
      { do: "hold", session: "s1" },
      { do: "release", session: "s1" },
      message,
      { do: "start", session: "new", channel: "web" },
      { do: "visit", session: "new", stepId: "amount", variables: { amount: 3 } },
      { do: "advance", days: 1, hours: 2, minutes: 3, ms: 4 },
      { do: "update", session: "new", status: "suspended" },
      { do: "publish", version: 3 },
      { do: "rollback" },
      { do: "message", session: "s1", together: 2 },
    ];
    expect(await factsOf({ now: "2026-03-01T00:00:00Z", steps })).toMatchObject({
      refused: [],
      plans: { "1-2": { status: "rejected" }, again: { status: "rolled_back" } },
      sessions: {
        s1: { version: 1, stepId: "offer", state: "held", history: ["hello", "offer"] },
        new: { version: 2, stepId: "amount", status: "suspended", lastActivityAt: "2026-03-01T00:00:00.000Z" },
      },
      counts: { actions: { continue: 3 }, sessions: 2 },
    });
  });

  it("begins with sessions as they were: many alike, on several versions, without a history", async () => {
    const sessions = [
      { id: "a", version: 1, copies: 2 },
      {
        id: "b",
        version: 2,
        visits: [
          { stepId: "hello", version: 1 },
          { stepId: "amount", version: 2 },
        ],
      },
      { id: "c", version: 1, history: [], stepId: "offer" },
    ];
    const steps = [{ do: "message", session: "b" }];
    const facts = await factsOf({ sessions, steps, expect: { counts: { sessions: 4 } } });
    expect(facts.sessions).toMatchObject({
      "a-1": { history: ["hello"] },
      "a-2": { history: ["hello"] },
      b: { history: ["hello", "amount"], stepId: "amount" },
      c: { history: [], stepId: "offer" },
    });
  });

  it("is a person's decision", async () => {
    const steps = [...deployment, message, { do: "resolve", session: "s1", hold: true }];
    const facts = await factsOf({ steps });
    expect(facts.results.s1?.map(({ do: kind, action }) => [kind, action])).toEqual([
      ["message", "collect"],
      ["resolve", "continue"],
    ]);
  });
});

describe("the comparison with what is expected", () => {
  it("compares data as a whole, lists in length and order, and other objects by what is named", async () => {
    const facts = await factsOf({ sessions: [{ id: "s1", version: 1, variables: { a: { b: 1, c: 2 } } }] });
    const paths = (expect: GoldenOutcome) => goldenDifferences(expect, facts).map(({ path }) => path);
    expect(paths({ sessions: { s1: { version: 2, variables: { a: { b: 1, c: 2 } } } } })).toEqual([]);
    expect(paths({ sessions: { s1: { variables: { a: { b: 1 } } } } })).toEqual(["/expect/sessions/s1/variables/a/c"]);
    expect(paths({ sessions: { s1: { history: ["hello"] } } })).toEqual(["/expect/sessions/s1/history"]);
    expect(paths({ sessions: { s1: { lacks: ["a", "amount"] } } })).toEqual(["/expect/sessions/s1/lacks"]);
    expect(paths({ sessions: { s1: { lacks: ["amount"] } } })).toEqual([]);
  });

  it("is met by the expectation that an update writes", async () => {
    const facts = await factsOf({ steps: [...deployment, message, { do: "deploy" }] });
    const wrong: GoldenOutcome = {
      results: { s1: [{ action: "teleport", stepId: "hello" }] },
      sessions: { s1: { version: 7, variables: { amount: 1 } } },
      counts: { moves: 9 },
    };
    for (const old of [wrong, {}]) {
      const next = updatedExpectation(old, facts);
      expect(goldenDifferences(next, facts)).toEqual([]);
      expect(next.refused).toEqual([{ step: 4, code: "PLAN.ALREADY_DEPLOYED" }]);
    }
    expect(updatedExpectation(wrong, facts)).toEqual({
      results: { s1: [{ action: "collect" }] },
      sessions: { s1: { version: 1, variables: {} } },
      counts: { moves: 0 },
      refused: [{ step: 4, code: "PLAN.ALREADY_DEPLOYED" }],
    });
  });
});
