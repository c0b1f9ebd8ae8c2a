import { describe, expect, it } from "vitest";
import { compile } from "../../src/scenario/compile.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { decide } from "../../src/session/decide.js";
import { prepareMigration } from "../../src/session/migration.js";
import { recordVisit, startSession } from "../../src/session/visits.js";
import { countEdges } from "../count-edges.js";

function chain(version: number, size: number) {
  const steps = Array.from({ length: size }, (_, i) => ({ id: `s${i}`, name: `Step ${i}` }));
  const transitions = steps.slice(1).map((step, i) => ({ from: `s${i}`, to: step.id }));
  return defineScenario({ id: "flow", version, entry: "s0", steps, transitions });
}

/** Edges that the second of two equal decisions looks at: what versions share is known by then. */
function edgesOf(size: number): number {
  const [v1, v2] = [chain(1, size), chain(2, size + 1)];
  const [from, to] = [countEdges(compile(v1)), countEdges(compile(v2))];
  const migration = prepareMigration(from.scenario, to.scenario);
  const at = "2026-03-01T00:00:00Z";
  let session = startSession(v1, { id: "s", at });
  for (const step of ["s1", "s2", "s3"]) session = recordVisit(session, v1, step, { at });
  decide({ session, migration });
  const before = from.edges() + to.edges();
  expect(decide({ session, migration }).action).toBe("teleport");
  return from.edges() + to.edges() - before;
}

describe("the work of a decision", () => {
  it("depends on the way to the session's place, not on the size of the flow", () => {
    expect(edgesOf(5000)).toBe(edgesOf(50));
  });
});
