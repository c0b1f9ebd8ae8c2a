import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Scenario } from "../../src/contracts/types.js";
import { composeMaps, type StepMap } from "../../src/diff/compose.js";
import { evidenceOf } from "../../src/diff/compose-evidence.js";
import { stepTrace } from "../../src/diff/compose-trace.js";
import { diffScenarios } from "../../src/diff/diff.js";
import { matchSteps } from "../../src/diff/match.js";
import { compile } from "../../src/scenario/compile.js";
import { editScenario } from "../../src/testing/edits.js";
import { flow } from "../../src/testing/flow.js";
import { generateScenario } from "../../src/testing/generate.js";

type Answers = { readonly effects?: Record<string, "same" | "other">; readonly mapping?: Record<string, string> };

function mapOf(v1: Scenario, v2: Scenario, answers: Answers = {}): StepMap {
  return { ...diffScenarios(v1, v2, answers).map, ...(answers.effects && { effects: answers.effects }) };
}

/** A flow and what its authors made of it, hop by hop. */
function chain(seed: number, hops: number): Scenario[] {
  const versions = [generateScenario({ seed })];
  for (let i = 1; i <= hops; i += 1) {
    const last = versions[versions.length - 1] ?? generateScenario({ seed });
    versions.push(editScenario(last, { seed: seed * 31 + i, version: i + 1 }).scenario);
  }
  return versions;
}

function mapsOf(versions: readonly Scenario[]): [StepMap, ...StepMap[]] {
  const [first, second, ...rest] = versions;
  if (first === undefined || second === undefined) throw new Error("no chain");
  let before = second;
  return [
    mapOf(first, second),
    ...rest.map((next) => {
      const map = mapOf(before, next);
      before = next;
      return map;
    }),
  ];
}

const seeds = fc.integer({ min: 1, max: 100_000 });
const numRuns = 120;

describe("composing maps", () => {
  it("changes nothing when one of them compares a version with itself", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const [v1, v2] = chain(seed, 1) as [Scenario, Scenario];
        const map = mapOf(v1, v2);
        const told = ({ pairs, ...rest }: StepMap) => ({
          ...rest,
          pairs: pairs.map(({ evidence, ...pair }) => (pair.relation === "content" ? pair : { ...pair, evidence })),
        });
        expect(told(composeMaps([mapOf(v1, v1), map]))).toEqual(told(composeMaps([map])));
        expect(told(composeMaps([map, mapOf(v2, v2)]))).toEqual(told(composeMaps([map])));
      }),
      { numRuns, seed: 1 },
    );
  });

  it("is associative", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const [a, b, c] = mapsOf(chain(seed, 3)) as [StepMap, StepMap, StepMap];
        const flat = composeMaps([a, b, c]);
        expect(composeMaps([composeMaps([a, b]), c])).toEqual(flat);
        expect(composeMaps([a, composeMaps([b, c])])).toEqual(flat);
      }),
      { numRuns, seed: 2 },
    );
  });

  it("pairs content that stands once in both ends as the direct comparison of the ends does", () => {
    let pairs = 0;
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 7 }), (seed, hops) => {
        const versions = chain(seed, hops);
        const [from, to] = [compile(versions[0] as Scenario), compile(versions[hops] as Scenario)];
        const composed = composeMaps(mapsOf(versions));
        const direct = matchSteps(from, to);
        const trace = stepTrace(composed, to);
        for (const pair of composed.pairs) {
          const [old, now] = [from.index.get(pair.from) ?? -1, to.index.get(pair.to) ?? -1];
          if (pair.relation === "content") expect(from.hashes[old]).toBe(to.hashes[now]);
        }
        from.steps.forEach((step, old) => {
          const hash = from.hashes[old] ?? "";
          if (from.byHash.get(hash)?.length !== 1 || to.byHash.get(hash)?.length !== 1) return;
          pairs += 1;
          expect(trace.imagesOf(step.id, hash)).toEqual([
            { step: direct.imageOf[old]?.to, pair: undefined, effect: true, certain: true },
          ]);
        });
      }),
      { numRuns, seed: 3 },
    );
    expect(pairs).toBeGreaterThan(400);
  });

  it("there and back is the identity for content that stands once", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 4 }), (seed, hops) => {
        const there = chain(seed, hops);
        const back = [...there].reverse().slice(1);
        const versions = [...there, ...back.map((v, i) => ({ ...v, version: hops + 2 + i }))];
        const to = compile(versions[versions.length - 1] as Scenario);
        const trace = stepTrace(composeMaps(mapsOf(versions)), to);
        to.steps.forEach((step, i) => {
          const hash = to.hashes[i] ?? "";
          if (to.byHash.get(hash)?.length !== 1) return;
          expect(trace.imagesOf(step.id, hash).map((image) => image.step)).toEqual([i]);
        });
      }),
      { numRuns, seed: 4 },
    );
  });

  it("refuses maps that do not follow each other", () => {
    const [a, b] = mapsOf(chain(1, 2)) as [StepMap, StepMap];
    expect(() => composeMaps([b, a])).toThrowError(/INPUT.INVALID/);
  });
});

describe("a step followed through several versions", () => {
  const v1 = flow(1, "a pay* c", "a>pay ; pay>c");
  const v2 = flow(2, "a charge*=Charge c", "a>charge ; charge>c");
  const v3 = flow(3, "a charge*=Charged c", "a>charge ; charge>c");
  const composed = (...answers: [Answers, Answers]) =>
    composeMaps([mapOf(v1, v2, answers[0]), mapOf(v2, v3, answers[1])]);

  it.each([
    ["same", { charge: "same" as const }, "same"],
    ["another", { charge: "other" as const }, "other"],
    ["undecided", {}, undefined],
  ])("keeps an effect only if every hop did: %s", (_, effects, kept) => {
    const map = composed({ mapping: { pay: "charge" } }, { effects });
    expect(map.effects?.pay).toBe(kept);
    expect(map.pairs.find(({ from }) => from === "pay")).toMatchObject({
      to: "charge",
      relation: "explicit",
      evidence: "chain",
    });
    expect(evidenceOf(map)).toMatchObject({ mapping: { pay: "charge" }, effects: { pay: kept ?? "other" } });
  });

  it("has no image where a hop removed it, or where the effect that it had became another", () => {
    const without = flow(2, "a c", "a>c");
    const map = composeMaps([mapOf(v1, without), mapOf(without, flow(3, "a c d", "a>c ; c>d"))]);
    expect(map.pairs.map(({ from }) => from)).toEqual(["a", "c"]);
    const other = flow(2, "a pay! c", "a>pay ; pay>c");
    const proposed = composeMaps([mapOf(v1, other), mapOf(other, flow(3, "a pay! c d", "a>pay ; pay>c ; c>d"))]);
    expect(proposed.pairs.find(({ from }) => from === "pay")?.relation).toBe("proposed");
    expect(evidenceOf(proposed).lineage).toEqual({ a: "a", c: "c" });
  });

  it("owes only added fields that the last version still collects", () => {
    const one = flow(1, "a b", "a>b");
    const two = flow(2, "a b(email,pin)", "a>b");
    const three = flow(3, "a b(pin)=other", "a>b");
    const map = composeMaps([mapOf(one, two), mapOf(two, three)]);
    const trace = stepTrace(map, compile(three));
    expect(trace.imagesOf("b", compile(one).hashes[1] ?? "")).toMatchObject([
      { step: 1, certain: true, pair: { relation: "edited", addedFields: ["pin"] } },
    ]);
  });

  it("is told from its removed twin by the map", () => {
    const twins = flow(1, "a x=same y=same c", "a>x ; x>y ; y>c");
    const single = flow(2, "a x=same c", "a>x ; x>c");
    const map = composeMaps([mapOf(twins, single, { mapping: {} })]);
    const kept = map.pairs.find(({ to }) => to === "x")?.from ?? "";
    const lost = kept === "x" ? "y" : "x";
    const trace = stepTrace(map, compile(single));
    const hash = compile(single).hashes[1] ?? "";
    expect(trace.imagesOf(kept, hash)).toMatchObject([{ step: 1, certain: true }]);
    expect(trace.imagesOf(lost, hash)).toEqual([]);
  });

  it("reports where its old content stands elsewhere by now", () => {
    const one = flow(1, "a b=Old c", "a>b ; b>c");
    const two = flow(2, "a b=New c", "a>b ; b>c");
    const three = flow(3, "a b=New c n=Old", "a>b ; b>c ; c>n");
    const hash = compile(one).hashes[1] ?? "";
    const trace = stepTrace(composeMaps([mapOf(one, two), mapOf(two, three)]), compile(three));
    expect(trace.imagesOf("b", hash)).toMatchObject([{ step: 3 }]);
    expect(trace.conflictFor("b", hash)).toBe(1);
    const { conflicts } = matchSteps(compile(one), compile(three), { lineage: { b: "b" } });
    expect([...conflicts]).toEqual([[1, 1]]);
  });
});
