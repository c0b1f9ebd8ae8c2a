import type { Scenario } from "../../src/contracts/types.js";
import { diffScenarios } from "../../src/diff/diff.js";
import { compile } from "../../src/scenario/compile.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { decide } from "../../src/session/decide.js";
import { type Migration, prepareMigration } from "../../src/session/migration.js";
import { walkSession } from "../../src/testing/walk.js";
import type { FlowVersion } from "./pack.js";

const newIdOf = (id: string): string => `renamed ${id}`;

/** The next version of a flow in which every step has another id and the steps stand in another order. */
function renamed(scenario: Scenario): Scenario {
  return defineScenario({
    ...scenario,
    version: scenario.version + 1,
    entry: newIdOf(scenario.entry),
    steps: [...scenario.steps].reverse().map((step) => ({ ...step, id: newIdOf(step.id) })),
    transitions: scenario.transitions.map((way) => ({ ...way, from: newIdOf(way.from), to: newIdOf(way.to) })),
  });
}

/** Walks sessions on a version and sees that each is kept at its place, asked for nothing. */
function faultsOf(old: Scenario, migration: Migration, sessions: number, idOf: (id: string) => string): string[] {
  const faults: string[] = [];
  for (let seed = 0; seed < sessions; seed += 1) {
    const strays = seed % 2 === 1 ? { jumpRate: 0.15, repeatRate: 0.08 } : {};
    const session = walkSession(old, { seed, id: `s${seed}`, at: "2026-01-01T00:00:00Z", ...strays });
    const decision = decide({ session, migration });
    const kept =
      decision.action === "teleport" && decision.stepId === idOf(session.stepId) && decision.kind === "clean_graft";
    const told = "reasons" in decision ? decision.reasons.join(", ") : decision.fields.join(", ");
    const ambiguous = decision.action === "review" && decision.reason === "MATCH.AMBIGUOUS";
    const reachable = migration.from?.reachable[migration.from.index.get(session.stepId) ?? -1] === 1;
    if (!kept && !ambiguous && reachable)
      faults.push(`seed ${seed} at ${session.stepId}: ${decision.action} (${told})`);
  }
  return faults;
}

/** What breaks the law that an edit which was undone asks for nothing, on the way over another version. */
export function undoneFaults(before: FlowVersion, after: FlowVersion, sessions: number): string[] {
  const [old, between] = [compile(before.scenario), compile(after.scenario)];
  const back = compile(defineScenario({ ...before.scenario, version: after.version + 1 }));
  const hops = [
    { from: old, to: between },
    { from: between, to: back },
  ];
  const migration = prepareMigration(old, back, { hops });
  return faultsOf(before.scenario, migration, sessions, (id) => id).map(
    (fault) => `${after.version} and back: ${fault}`,
  );
}

/**
 * Two laws that every version has to keep: the same content as the next version changes nothing, and neither do other ids and
 * another order of the steps. Only steps that nothing tells apart may go to review.
 */
export function lawFaults(version: FlowVersion, sessions: number): string[] {
  const { scenario } = version;
  const same = defineScenario({ ...scenario, version: scenario.version + 1 });
  const other = renamed(scenario);
  const identity = diffScenarios(scenario, same).map;
  const changed = [...identity.inserted, ...identity.removed, ...identity.ambiguous.map(({ from }) => from)];
  return [
    ...(changed.length === 0 ? [] : [`the same version differs at ${changed.join(", ")}`]),
    ...faultsOf(scenario, prepareMigration(compile(scenario), compile(same)), sessions, (id) => id).map(
      (fault) => `same version: ${fault}`,
    ),
    ...faultsOf(scenario, prepareMigration(compile(scenario), compile(other)), sessions, newIdOf).map(
      (fault) => `renamed steps: ${fault}`,
    ),
  ];
}
