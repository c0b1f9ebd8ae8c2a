import { describe, expect, it } from "vitest";
import type { Session } from "../../src/contracts/types.js";
import { matchSteps } from "../../src/diff/match.js";
import { compile } from "../../src/scenario/compile.js";
import { arrive } from "../../src/session/arrive.js";
import { decide } from "../../src/session/decide.js";
import { prepareMigration } from "../../src/session/migration.js";
import { recordVisit } from "../../src/session/visits.js";
import { verifyWitness } from "../../src/session/witness-check.js";
import { editScenario } from "../../src/testing/edits.js";
import { type Random, seededRandom } from "../../src/testing/random.js";
import { decideTriple, factsOf } from "./judge.js";
import { AT, makeTriple, sessionOf, type Triple } from "./triples.js";

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
  it("carry a proof for each move that an audit accepts", { timeout: 60_000 }, () => {
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
