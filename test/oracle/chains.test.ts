import { describe, expect, it } from "vitest";
import type { Session } from "../../src/contracts/types.js";
import { composeMaps } from "../../src/diff/compose.js";
import { stepMapOf } from "../../src/diff/compose-evidence.js";
import { matchSteps } from "../../src/diff/match.js";
import { compile } from "../../src/scenario/compile.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { arrive } from "../../src/session/arrive.js";
import { decide } from "../../src/session/decide.js";
import { prepareMigration } from "../../src/session/migration.js";
import { recordVisit } from "../../src/session/visits.js";
import { verifyWitness } from "../../src/session/witness-check.js";
import { editScenario } from "../../src/testing/edits.js";
import { type Random, seededRandom } from "../../src/testing/random.js";
import { decideTriple, factsOf } from "./judge.js";
import { mutantsOf } from "./mutants.js";
import { report, soak } from "./soak.js";
import { AT, makeChain, makeTriple, sessionOf, type Triple } from "./triples.js";

/** The session of a triple after its move and some steps on the second version; undefined if it did not move. */
function movedOn(triple: Triple, random: Random): Session | undefined {
  const { decision, migration } = decideTriple(triple);
  if (decision.action !== "teleport") return undefined;
  let session = arrive(sessionOf(triple), migration, decision, { at: AT });
  for (let i = random.integer(4); i > 0; i -= 1) {
    const next = random.pick(triple.v2.transitions.filter((way) => way.from === session.stepId));
    if (next !== undefined) session = recordVisit(session, triple.v2, next.to, { at: AT });
  }
  return session;
}

describe("sessions that come through three versions", () => {
  it("carry a proof for each move that an audit accepts", () => {
    const problems: string[] = [];
    let moves = 0;
    for (let seed = 1; seed <= 3000; seed += 1) {
      const random = seededRandom(seed);
      const { mapping: _, forceKind: __, allowRepeat: ___, ...triple } = makeTriple(seed);
      const session = movedOn(triple, random);
      if (session === undefined) continue;
      const v3 = editScenario(triple.v2, { seed: seed * 11, version: 3 }).scenario;
      const [c1, c2, c3] = [compile(triple.v1), compile(triple.v2), compile(v3)];
      const isArchived = random.chance(0.7);
      const past = new Map(isArchived ? [[1, matchSteps(c1, c3)]] : []);
      const facts = factsOf(triple);
      const decision = decide({ session, migration: prepareMigration(c2, c3, { past }), facts });
      if (decision.action !== "teleport") continue;
      moves += 1;
      const about = { from: triple.v2, to: v3, session, decision, facts };
      const verdict = verifyWitness(isArchived ? { ...about, past: [triple.v1] } : about);
      if (!verdict.ok) problems.push(`${seed}: ${verdict.problems.map((p) => p.message).join("; ")}`);
    }
    expect(problems).toEqual([]);
    expect(moves).toBeGreaterThan(1000);
  });
});

describe("chains of up to eight versions", () => {
  it("ask the fewest fields that the last version alone allows, and obey it in all else", () => {
    const result = soak({ triples: 600, seed: 1, chains: true });
    expect(result.disagreements.map(report)).toEqual([]);
    expect(result.byAction.collect).toBeGreaterThan(100);
  });

  it("ask for nothing and move nobody elsewhere when every edit was undone", () => {
    const moved: string[] = [];
    let chains = 0;
    for (let seed = 1; seed <= 600; seed += 1) {
      const { v1, between = [], forceKind: _, effects: __, keep: ___, ...rest } = makeChain(seed);
      const version = between.length + 2;
      const undone: Triple = { ...rest, v1, between, v2: defineScenario({ ...v1, version }) };
      const straight = decideTriple({ ...rest, v1, v2: defineScenario({ ...v1, version }) }).decision;
      const { decision } = decideTriple(undone);
      if (straight.action !== "teleport") continue;
      chains += 1;
      const stays = decision.action === "teleport" && decision.kind === "clean_graft";
      if (!stays || decision.stepId !== rest.path.at(-1)) moved.push(`${seed}: ${JSON.stringify(decision)}`);
    }
    expect(moved).toEqual([]);
    expect(chains).toBeGreaterThan(500);
  });
});

describe("a session whose version is gone", () => {
  it("moves by the composed maps, and an audit with these maps accepts every move and no changed proof", {
    timeout: 120_000,
  }, () => {
    const problems: string[] = [];
    let mutants = 0;
    const actions: Record<string, number> = {};
    for (let seed = 1; seed <= 500; seed += 1) {
      const { forceKind: _, ...triple } = makeChain(seed);
      const versions = [triple.v1, ...(triple.between ?? []), triple.v2].map(compile);
      const [first, ...others] = versions
        .slice(1)
        .map((to, i) => stepMapOf(matchSteps(versions[i] ?? to, to), undefined));
      if (first === undefined) continue;
      const [to, facts] = [compile(triple.v2), factsOf(triple)];
      const hops = [first, ...others].map((map) => ({ map }));
      const session = sessionOf(triple);
      const decision = decide({ session, migration: prepareMigration(undefined, to, { hops }), facts });
      actions[decision.action] = (actions[decision.action] ?? 0) + 1;
      if (decision.action !== "teleport") continue;
      const about = { to: triple.v2, session, decision, facts, maps: [composeMaps([first, ...others])] };
      const verdict = verifyWitness(about);
      if (!verdict.ok) problems.push(`${seed}: ${verdict.problems.map((p) => p.message).join("; ")}`);
      if (seed > 60) continue;
      for (const { change, witness } of mutantsOf(decision.witness, triple.v2)) {
        mutants += 1;
        if (verifyWitness({ ...about, decision: { ...decision, witness } }).ok) problems.push(`${seed}: ${change}`);
      }
    }
    expect(problems).toEqual([]);
    expect(actions.teleport).toBeGreaterThan(100);
    expect(mutants).toBeGreaterThan(1000);
  });
});
