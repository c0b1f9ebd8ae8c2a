import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { editFlow, editNames, idRules } from "../../scripts/matching/edits.js";
import { markEffects } from "../../scripts/matching/marks.js";
import { addTally, emptyTally, measure, type Tally } from "../../scripts/matching/measure.js";
import { wrongAnswers } from "../../scripts/matching/truth.js";
import type { Scenario } from "../../src/contracts/types.js";
import { compile } from "../../src/scenario/compile.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { flow } from "../../src/testing/flow.js";
import { generateScenario } from "../../src/testing/generate.js";

const folder = "examples/flows";
const real: Scenario[] = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((file) => /v\d+\.json$/.test(file))
  .sort()
  .map((file) => defineScenario(JSON.parse(readFileSync(`${folder}/${file}`, "utf8"))));
const generated = Array.from({ length: 15 }, (_, at) => generateScenario({ seed: at, steps: 5 + at }));

describe("pairs in edited versions, whose truth is known", () => {
  const [all, effects] = [emptyTally(), emptyTally()];
  const unedited: Tally = emptyTally();
  const wrong: string[] = [];

  beforeAll(() => {
    let seed = 0;
    for (const edit of editNames) {
      for (const ids of idRules) {
        for (const scenario of [...real, ...generated]) {
          seed += 1;
          const before = seed % 2 === 0 ? scenario : markEffects(scenario, seed);
          const measured = measure(before, editFlow(before, edit, ids, seed));
          addTally(all, measured.all);
          addTally(effects, measured.effects);
          if (edit === "no edit") addTally(unedited, measured.all);
          wrong.push(...measured.wrong.map((line) => `${edit}, ids ${ids}, seed ${seed}: ${line}`));
        }
      }
    }
  });

  it("are never wrong about a checkpoint or a required action", () => {
    expect(wrong.filter((line) => line.includes("with an effect"))).toEqual([]);
    expect(effects.pairs).toBeGreaterThan(2000);
    expect(effects.wrong).toBe(0);
  });

  it("are hardly ever wrong about any step", () => {
    expect(all.wrong / all.pairs).toBeLessThan(0.0005);
  });

  it("find nearly all of the steps that are still there", () => {
    expect(all.found / all.true).toBeGreaterThan(0.92);
    expect(effects.found / effects.true).toBeGreaterThan(0.85);
  });

  it("find every step that only has another id", () => {
    expect(unedited.found).toBe(unedited.true);
    expect(unedited.wrong).toBe(0);
  });
});

describe("the judge of pairs", () => {
  const row = compile(flow(1, "a t=T u=T z", "a>t ; t>z ; a>u[x == 1] ; u>z"));
  const itself = new Map([0, 1, 2, 3].map((step) => [step, [step]]));
  const known = { from: row, to: row, origin: itself };
  const answer = (old: number, now: number) => ({ old, now, right: [old] });

  it("finds an exchange of equal steps in different places wrong", () => {
    expect(wrongAnswers(known, [answer(1, 2), answer(2, 1)])).toHaveLength(2);
    expect(wrongAnswers(known, [answer(1, 1), answer(2, 2)])).toEqual([]);
  });

  it("finds an exchange right that nobody could see, and only if all answers agree to it", () => {
    const same = compile(flow(1, "a t=T u=T z", "a>t[x == 1] ; a>u[x == 1] ; t>z ; u>z"));
    const both = { from: same, to: same, origin: itself };
    const ends = [answer(0, 0), answer(3, 3)];
    expect(wrongAnswers(both, [...ends, answer(1, 2), answer(2, 1)])).toEqual([]);
    expect(wrongAnswers(both, [...ends, answer(1, 2), answer(2, 2)])).not.toEqual([]);
  });
});
