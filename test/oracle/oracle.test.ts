import { describe, expect, it } from "vitest";
import { verifyWitness } from "../../src/session/witness-check.js";
import { unannounced } from "./announced.js";
import { factsOf, termsOf } from "./judge.js";
import { mutantsOf } from "./mutants.js";
import { report, roundsOf, soak } from "./soak.js";
import { sessionOf } from "./triples.js";

describe("5,000 random edits and walks", () => {
  it("are decided as a search through all runs says, and every move is proven", { timeout: 60_000 }, () => {
    const result = soak({ triples: 5000, seed: 1 });
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
});

describe("a witness in which one element was changed", () => {
  it("proves nothing any more", { timeout: 60_000 }, () => {
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

describe("the class of a step", () => {
  it("bounds what happens to every session that stands there", { timeout: 60_000 }, () => {
    const outside: string[] = [];
    for (let seed = 1; seed <= 5000; seed += 1) {
      for (const decided of roundsOf(seed)) {
        const found = unannounced(decided);
        if (found !== undefined) outside.push(`${seed}: ${found}`);
      }
    }
    expect(outside).toEqual([]);
  });
});
