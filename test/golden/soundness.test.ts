import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compile,
  type Decision,
  decide,
  defineScenario,
  isRegraftError,
  type Needs,
  prepareMigration,
  type Scenario,
  type Session,
} from "../../src/index.js";
import { generateScenario, type Random, seededRandom, walkSession } from "../../src/testing/index.js";
import { edited } from "./edits.js";
import { brokenPromises } from "./oracle.js";

const runs = { numRuns: 1500, seed: 20260301 };
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const nobodyKnows = new Set(["age", "country", "amount", "email", "member", "note"]);

/** The next version, or undefined where the edits made no valid scenario. */
function next(scenario: Scenario, random: Random): Scenario | undefined {
  try {
    return defineScenario(edited(scenario, random));
  } catch (error) {
    if (isRegraftError(error)) return undefined;
    throw error;
  }
}

/** A walker that knows most of what conditions ask for. */
function walker(scenario: Scenario, random: Random): Session {
  const options = { jumpRate: 0.15, repeatRate: 0.1, silenceRate: 0.2 };
  const session = walkSession(scenario, {
    seed: random.integer(2 ** 31),
    id: "s",
    at: "2026-03-01T00:00:00Z",
    ...options,
  });
  const facts: [string, unknown][] = [
    ["age", random.pick([16, 19, 30])],
    ["country", random.pick(["US", "FR"])],
    ["amount", random.pick([5, 60, 500])],
    ["email", "a@b.example"],
    ["member", random.chance(0.5)],
    ["note", "n"],
  ];
  return random.chance(0.2)
    ? session
    : { ...session, variables: Object.fromEntries(facts.filter(() => random.chance(0.85))) };
}

/** What is decided over a chain of versions, when nobody can be asked for facts. */
function outcome(versions: readonly Scenario[], session: Session): Decision | Needs {
  const compiled = versions.map((version) => compile(version));
  const [from, to] = [compiled[0], compiled.at(-1)];
  if (to === undefined) throw new TypeError("no versions");
  const hops = compiled.slice(1).flatMap((end, i) => ({ from: compiled[i] ?? end, to: end, planId: `plan-${i}` }));
  return decide({ session, migration: prepareMigration(from, to, { hops }), facts: { exhausted: nobodyKnows } });
}

describe("a move keeps the promise, whatever was edited", () => {
  it.each([1, 2])("over %i hops, as an oracle without the library's graph code sees it", (hops) => {
    let moves = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = seededRandom(seed);
        const versions = [generateScenario({ seed })];
        while (versions.length <= hops) {
          const version = next(versions.at(-1) as Scenario, random);
          if (version === undefined) return;
          versions.push(version);
        }
        const [from, to] = [versions[0] as Scenario, versions.at(-1) as Scenario];
        const session = walker(from, random);
        const decision = outcome(versions, session);
        if (decision.action === "collect")
          expect(decision.fields.filter((field) => session.variables[field])).toEqual([]);
        if (decision.action !== "teleport") return;
        moves += 1;
        expect(brokenPromises({ from, to, session, decision })).toEqual([]);
      }),
      runs,
    );
    expect(moves).toBeGreaterThan(500);
  });

  it("asks for nothing and keeps everybody in place when every edit is undone", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = seededRandom(seed);
        const first = generateScenario({ seed });
        const second = next(first, random);
        const session = walker(first, random);
        const c = compile(first);
        if (second === undefined || c.reachable[c.index.get(session.stepId) ?? -1] !== 1) return;
        const decision = outcome([first, second, defineScenario({ ...first, version: 3 })], session);
        expect(decision).toMatchObject({ action: "teleport", kind: "clean_graft", stepId: session.stepId });
      }),
      runs,
    );
  });
});
