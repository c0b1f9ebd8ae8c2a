import { beforeAll, describe, expect, it } from "vitest";
import { verifyWitness } from "../../src/session/witness-check.js";
import { factsOf, termsOf } from "./judge.js";
import { mutantsOf, untrue } from "./mutants.js";
import { sharpnessOf } from "./sharpness.js";
import { report, roundsOf, type Soak, soak } from "./soak.js";
import { sessionOf } from "./triples.js";

describe("5,000 random edits and walks", () => {
  let result: Soak;
  beforeAll(() => {
    result = soak({ triples: 5000, seed: 1 });
  }, 240_000);

  it("are decided as a search through all runs says, and every move is proven", () => {
    expect(result.disagreements.map(report)).toEqual([]);
    expect(result.decisions).toBeGreaterThan(5000);
    expect(Object.keys(result.byAction).sort()).toEqual([
      "blocked",
      "collect",
      "execute_action",
      "exit_scenario",
      "needs",
      "review",
      "teleport",
    ]);
  });

  it("end as the plan announced for the step where the session stands", () => {
    expect(result.outside.map(report)).toEqual([]);
  });
});

describe("triples found by longer soaks", () => {
  it.each([
    [1015812, "equal steps of which only one lies below a fork whose branches rejoin"],
    [1031922, "a branch in words beside a condition that is asked first"],
    [1052586, "a guard in words below a condition that is asked first"],
    [1058953, "a new guard on the way past a checkpoint of an earlier round"],
  ])("%i: %s", (seed) => {
    const { disagreements, outside } = soak({ triples: 1, seed });
    expect([...disagreements, ...outside].map(report)).toEqual([]);
  });
});

describe("a witness in which one element was changed", () => {
  it("proves nothing any more", { timeout: 240_000 }, () => {
    const survivors: string[] = [];
    let mutants = 0;
    for (let seed = 1; seed <= 500; seed += 1) {
      for (const { triple, decision } of roundsOf(seed)) {
        if (decision.action !== "teleport") continue;
        const forced = triple.forceKind === undefined ? {} : { forceKind: triple.forceKind };
        const about = {
          from: triple.v1,
          to: triple.v2,
          session: sessionOf(triple),
          facts: factsOf(triple),
          ...termsOf(triple),
          ...forced,
        };
        for (const { change, witness } of mutantsOf(decision.witness, triple.v2)) {
          mutants += 1;
          if (verifyWitness({ ...about, decision: { ...decision, witness } }).ok) survivors.push(`${seed}: ${change}`);
        }
      }
    }
    expect(survivors).toEqual([]);
    expect(mutants).toBeGreaterThan(20_000);
  });
});

describe("an obstacle that is not there", () => {
  it("is found by the audit", { timeout: 240_000 }, () => {
    const believed: string[] = [];
    let changes = 0;
    for (let seed = 1; seed <= 400; seed += 1) {
      for (const { triple, decision } of roundsOf(seed)) {
        if (!("obstacle" in decision) || decision.action === "confirm") continue;
        const forced = triple.forceKind === undefined ? {} : { forceKind: triple.forceKind };
        const about = { from: triple.v1, to: triple.v2, facts: factsOf(triple), ...termsOf(triple), ...forced };
        for (const { change, ...claim } of untrue(decision, sessionOf(triple))) {
          changes += 1;
          if (verifyWitness({ ...about, ...claim }).ok) believed.push(`${seed}: ${decision.obstacle.code} ${change}`);
        }
      }
    }
    expect(believed).toEqual([]);
    expect(changes).toBeGreaterThan(200);
  });
});

describe("what a plan announces", () => {
  it("is not everything everywhere: more than half of it happens to one of some dozen sessions", {
    timeout: 240_000,
  }, () => {
    const { announced, occurred, byOutcome, outside } = sharpnessOf({ plans: 60, seed: 1 });
    expect(outside).toEqual([]);
    expect(announced).toBeGreaterThan(200);
    expect(occurred / announced).toBeGreaterThan(0.55);
    const { clean_graft: kept } = byOutcome;
    expect((kept?.occurred ?? 0) / (kept?.announced ?? 1)).toBeGreaterThan(0.8);
  });
});
