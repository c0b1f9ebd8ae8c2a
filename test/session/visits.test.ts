import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { validate } from "../../src/contracts/validate.js";
import { isRegraftError, type RegraftError } from "../../src/errors.js";
import { contentHash } from "../../src/scenario/content-hash.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { recordVisit, startSession } from "../../src/session/visits.js";

const scenario = defineScenario({
  id: "flow",
  version: 3,
  entry: "hello",
  steps: [
    { id: "hello", name: "Hello" },
    { id: "pay", checkpoint: true, checkpointDescription: "Money taken" },
    { id: "ship", checkpoint: true },
    { id: "bye", checkpointDescription: "no checkpoint" },
  ],
  transitions: [
    { from: "hello", to: "pay" },
    { from: "pay", to: "ship" },
    { from: "ship", to: "pay" },
    { from: "ship", to: "bye" },
  ],
});
const edited = defineScenario({ ...scenario, steps: [...scenario.steps, { id: "more" }] });
const nextVersion = defineScenario({ ...scenario, version: 4 });

const time = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString();
const start = () => startSession(scenario, { id: "s1", at: time(0) });

function walked(...steps: string[]) {
  return steps.reduce((session, step, n) => recordVisit(session, scenario, step, { at: time(n + 1) }), start());
}

function refusal(act: () => unknown): RegraftError {
  try {
    act();
  } catch (error) {
    if (isRegraftError(error)) return error;
    throw error;
  }
  throw new TypeError("was not refused");
}

describe("startSession", () => {
  it("stands at the entry with its first visit, of the version it walks", () => {
    const session = startSession(scenario, {
      id: "s1",
      tenantId: "t",
      at: time(0),
      channel: "web",
      customerId: "c1",
      variables: { age: 3 },
    });
    expect(session).toMatchObject({
      tenantId: "t",
      id: "s1",
      scenarioId: "flow",
      scenarioVersion: 3,
      stepId: "hello",
      channel: "web",
      customerId: "c1",
      variables: { age: 3 },
      status: "active",
      revision: 1,
      passedCheckpoints: [],
    });
    expect(session.stepHistory).toEqual([
      {
        stepId: "hello",
        stepName: "Hello",
        contentHash: contentHash(scenario.steps[0]!),
        scenarioVersion: 3,
        enteredAt: time(0),
        isCheckpoint: false,
        reason: "entry",
      },
    ]);
    expect(validate("session", session)).toBe(session);
  });

  it("counts an entry that is a checkpoint as passed", () => {
    const paid = defineScenario({ ...scenario, entry: "pay" });
    expect(startSession(paid, { id: "s1", at: time(0) }).passedCheckpoints).toHaveLength(1);
  });

  it("refuses what is no session", () => {
    expect(refusal(() => startSession(scenario, { id: "", at: time(0) })).details.path).toBe("/id");
    expect(refusal(() => startSession(scenario, { id: "s", at: "yesterday" })).code).toBe("INPUT.INVALID");
    const misspelt = { id: "s", at: time(0), chanel: "web" };
    expect(refusal(() => startSession(scenario, misspelt)).details.path).toBe("/chanel");
  });

  it("leaves the caller's variables as they are", () => {
    const variables = { list: [1] };
    const session = startSession(scenario, { id: "s1", at: time(0), variables });
    variables.list.push(2);
    expect(session.variables).toEqual({ list: [1] });
    expect(Object.isFrozen(session.variables.list)).toBe(true);
  });
});

describe("recordVisit", () => {
  it("stamps hash, name, checkpoint and reason, and moves the session", () => {
    const before = start();
    const session = recordVisit(before, scenario, "pay", { at: time(5), turn: 2 });
    expect(session.stepHistory.at(-1)).toEqual({
      stepId: "pay",
      contentHash: contentHash(scenario.steps[1]!),
      scenarioVersion: 3,
      enteredAt: time(5),
      turn: 2,
      isCheckpoint: true,
      checkpointDescription: "Money taken",
      reason: "transition",
    });
    expect(session).toMatchObject({ stepId: "pay", updatedAt: time(5), lastActivityAt: time(5), createdAt: time(0) });
    expect(before.stepHistory).toHaveLength(1);
    expect(validate("session", session)).toBe(session);
  });

  it("does not touch the revision, which is the store's", () => {
    expect(recordVisit({ ...start(), revision: 7 }, scenario, "pay", { at: time(1) }).revision).toBe(7);
  });

  it("counts a checkpoint as passed from the moment it is visited, once", () => {
    const session = walked("pay", "ship", "pay", "bye");
    expect(session.passedCheckpoints.map(({ stepId, enteredAt }) => [stepId, enteredAt])).toEqual([
      ["ship", time(2)],
      ["pay", time(3)],
    ]);
    expect(session.passedCheckpoints[1]).toEqual({
      stepId: "pay",
      contentHash: contentHash(scenario.steps[1]!),
      scenarioVersion: 3,
      checkpointDescription: "Money taken",
      enteredAt: time(3),
    });
  });

  it("tells checkpoints of two versions apart", () => {
    const session = { ...walked("pay"), scenarioVersion: 4 };
    const again = recordVisit(session, nextVersion, "pay", { at: time(9) });
    expect(again.passedCheckpoints.map(({ scenarioVersion }) => scenarioVersion)).toEqual([3, 4]);
  });

  it("drops repeated visits before others, and never a passed checkpoint", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("hello", "pay", "ship", "bye"), { maxLength: 30 }),
        fc.integer({ min: 1, max: 10 }),
        (steps, historyLimit) => {
          let session = start();
          for (const step of steps) session = recordVisit(session, scenario, step, { at: time(1), historyLimit });
          const kept = session.stepHistory.map(({ stepId }) => stepId);
          expect(kept.length).toBeLessThanOrEqual(steps.length === 0 ? 1 : historyLimit);
          expect(kept.at(-1)).toBe(steps.at(-1) ?? "hello");
          const visited = new Set(["hello", ...steps]);
          if (historyLimit > visited.size) {
            expect(new Set(kept)).toEqual(visited);
            expect(session.stepHistory[0]?.reason).toBe("entry");
          }
          const passed = new Set(steps.filter((step) => step === "pay" || step === "ship"));
          expect(new Set(session.passedCheckpoints.map(({ stepId }) => stepId))).toEqual(passed);
          expect(session.passedCheckpoints).toHaveLength(passed.size);
        },
      ),
    );
  });

  it("keeps as many visits as the configuration does when nothing else is said", () => {
    expect(walked(...Array.from({ length: 199 }, () => "hello")).stepHistory).toHaveLength(200);
    expect(walked(...Array.from({ length: 200 }, () => "hello")).stepHistory).toHaveLength(2);
    expect(refusal(() => recordVisit(start(), scenario, "pay", { at: time(1), historyLimit: 0 })).code).toBe(
      "INPUT.INVALID",
    );
  });

  it("refuses a report about a version that the session does not walk", () => {
    const flows = [nextVersion, edited, defineScenario({ ...scenario, id: "other" })];
    for (const other of flows) {
      const error = refusal(() => recordVisit(start(), other, "pay", { at: time(1) }));
      expect(error.code).toBe("SESSION.VERSION_MOVED");
      expect(error.details.expected).toContain("flow version 3");
    }
  });

  it("refuses a step that does not exist", () => {
    for (const step of ["nowhere", "constructor", "__proto__"]) {
      expect(refusal(() => recordVisit(start(), scenario, step, { at: time(1) })).code).toBe("SESSION.STEP_UNKNOWN");
    }
  });

  it("refuses a session that has ended", () => {
    for (const status of ["closed", "exited"] as const) {
      const error = refusal(() => recordVisit({ ...start(), status }, scenario, "pay", { at: time(1) }));
      expect(error.code).toBe("SESSION.CLOSED");
    }
    expect(recordVisit({ ...start(), status: "idle" }, scenario, "pay", { at: time(1) }).stepId).toBe("pay");
  });

  it("refuses a visit without a proper time", () => {
    expect(refusal(() => recordVisit(start(), scenario, "pay", { at: "2026-01-01" })).code).toBe("INPUT.INVALID");
    expect(refusal(() => recordVisit(start(), scenario, "pay", { at: time(1), turn: 1.5 })).code).toBe("INPUT.INVALID");
  });

  it("returns a frozen session and leaves an open one as it is", () => {
    const open = structuredClone(start());
    const session = recordVisit(open, scenario, "pay", { at: time(1) });
    expect(Object.isFrozen(open)).toBe(false);
    expect(Object.isFrozen(open.variables)).toBe(false);
    expect([session, session.stepHistory, session.stepHistory[0], session.variables].every(Object.isFrozen)).toBe(true);
  });
});
