import { describe, expect, it } from "vitest";
import type { Actual, Case, Loose } from "../../scripts/cases/case.js";
import { defineScenario, type Session, startSession } from "../../src/index.js";
import { compare } from "./compare.js";
import { brokenPromises } from "./oracle.js";

const misses = (expected: Loose, actual: Actual, given: Loose = {}) => {
  const one: Case = { id: "c", title: "", kind: "decide", given, when: "", expect: expected, why: "", strict: true };
  return compare(one, actual).map(({ key }) => key);
};

describe("the comparison of a case with what happened", () => {
  it("takes the words of the cases for the actions of the library", () => {
    expect(misses({ action: "graft" }, { action: "teleport" })).toEqual([]);
    expect(misses({ action: ["none", "exit"] }, { action: "continue" })).toEqual([]);
    expect(misses({ action: "hold" }, { action: "blocked" })).toEqual([]);
    expect(misses({ action: "none" }, { action: "blocked" })).toEqual(["action"]);
  });

  it("compares lists of ids and pairs as sets, and other lists in order", () => {
    expect(
      misses(
        {
          pairs: [
            ["a", "b"],
            ["c", "d"],
          ],
        },
        {
          pairs: [
            ["c", "d"],
            ["a", "b"],
          ],
        },
      ),
    ).toEqual([]);
    expect(misses({ inserted: [] }, { inserted: ["x"] })).toEqual(["inserted"]);
    expect(misses({ statuses: ["pending", "deployed"] }, { statuses: ["deployed", "pending"] })).toEqual(["statuses"]);
  });

  it("wants one alternative of anyOf, and nothing of not", () => {
    const anyOf = [{ action: "exit" }, { action: "graft", version: 3 }];
    expect(misses({ anyOf }, { action: "teleport", version: 3 })).toEqual([]);
    expect(misses({ anyOf }, { action: "teleport", version: 2 })).toEqual(["anyOf"]);
    expect(misses({ not: { step: ["a", "b"] } }, { step: "b" })).toEqual(["not"]);
    expect(misses({ not: { step: ["a", "b"] } }, { step: "c" })).toEqual([]);
  });

  it("forbids steps of the newest version only", () => {
    const versions = { v1: { version: 1 }, v2: { version: 2 } };
    expect(misses({ neverAtStep: ["pay"] }, { step: "pay", version: 2 }, versions)).toEqual(["neverAtStep"]);
    expect(misses({ neverAtStep: ["pay"] }, { step: "pay", version: 1 }, versions)).toEqual([]);
  });

  it("takes a reason for a topic, whatever its code is called", () => {
    expect(misses({ reasonAbout: "RELOCATED" }, { reasons: ["MIGRATION.RELOCATED"] })).toEqual([]);
    expect(misses({ reasonAbout: "MANDATORY_STEP_SKIPPED" }, { reasons: ["ACTION.REQUIRED"] })).toEqual([]);
    expect(misses({ reasonAbout: "CHECKPOINT_WOULD_REPEAT" }, { reasons: ["FIELD.REQUIRED"] })).toEqual([
      "reasonAbout",
    ]);
  });

  it("looks only at the keys that are expected, at any depth", () => {
    expect(misses({ session: { s1: { step: "B" } } }, { session: { s1: { step: "B", version: 2 } } })).toEqual([]);
    expect(misses({ session: { s1: { step: "C" } } }, { session: { s1: { step: "B" } } })).toEqual(["session"]);
    expect(misses({ userMessage: "nonEmpty" }, { userMessage: " " })).toEqual(["userMessage"]);
  });
});

describe("the oracle", () => {
  const flow = (version: number) =>
    defineScenario({
      id: "flow",
      version,
      entry: "a",
      steps: [
        { id: "a", name: "A" },
        { id: "pay", name: "Pay", checkpoint: true },
        { id: "c", name: "C", collects: ["email"] },
        { id: "d", name: "D" },
      ],
      transitions: [
        { from: "a", to: "pay" },
        { from: "pay", to: "c" },
        { from: "c", to: "d" },
      ],
    });

  it("notices a skipped payment, an unknown field and a way that is none", () => {
    const session: Session = startSession(flow(1), { id: "s", at: "2026-03-01T00:00:00Z" });
    const run = ["a", "pay", "c", "d"].map((stepId, i) => ({
      stepId,
      status: "silent" as const,
      ...(i === 0 ? {} : { via: { from: "a", index: i === 3 ? 0 : i - 1, because: "only_way" as const } }),
    }));
    const broken = brokenPromises({
      from: { ...flow(1), steps: flow(1).steps.filter(({ id }) => id !== "c") },
      to: flow(2),
      session,
      decision: {
        action: "teleport",
        reasons: ["MIGRATION.MOVED"],
        replyBinding: "same_question",
        audit: { fromVersion: 1, toVersion: 2, fromStep: "a", planIds: [] },
        stepId: "d",
        version: 2,
        kind: "clean_graft",
        witness: { version: 2, target: "d", run },
      },
    });
    expect(broken).toEqual([
      "no transition leads into d",
      "pay was skipped",
      "email of c is not known",
      "the run passes the place that the session was taken from",
    ]);
  });
});
