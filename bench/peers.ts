import { type AnyMachineSnapshot, createActor, createMachine } from "xstate";
import { xstateMigrate } from "xstate-migrate";
import { compile } from "../src/scenario/compile.js";
import { defineScenario } from "../src/scenario/parse.js";
import { decide } from "../src/session/decide.js";
import { prepareMigration } from "../src/session/migration.js";
import { startSession } from "../src/session/visits.js";
import { compare, print } from "./rounds.js";

const machineOf = (steps: number) =>
  createMachine({
    id: "flow",
    initial: "s0",
    context: {},
    states: Object.fromEntries(
      Array.from({ length: steps }, (_, i) => [`s${i}`, i + 1 < steps ? { on: { NEXT: `s${i + 1}` } } : {}]),
    ),
  });

/** G8: moving one session, against a library that migrates persisted machines. A peer that fails is a result. */
export function benchPeers(steps: number, rounds: number): void {
  const ids = Array.from({ length: steps }, (_, i) => `s${i}`);
  const flow = (version: number, more: readonly string[]) => {
    const all = [...ids, ...more];
    const transitions = all.slice(1).map((to, i) => ({ from: all[i] ?? "", to }));
    return defineScenario({
      id: "flow",
      version,
      entry: "s0",
      steps: all.map((id) => ({ id, name: `Step ${id}` })),
      transitions,
    });
  };
  const [v1, v2] = [flow(1, []), flow(2, ["added"])];
  const migration = prepareMigration(compile(v1), compile(v2));
  const session = startSession(v1, { id: "s", at: "2026-03-01T00:00:00Z" });
  const ours = { name: "ours", run: () => Array.from({ length: 20 }, () => decide({ session, migration })) };
  try {
    const next = machineOf(steps + 1);
    const persisted = createActor(machineOf(steps)).start().getPersistedSnapshot() as AnyMachineSnapshot;
    const peer = () =>
      Array.from({ length: 20 }, () =>
        xstateMigrate.applyMigrations(persisted, xstateMigrate.generateMigrations(next, persisted)),
      );
    const ratio = compare(ours, [{ name: "peer", run: peer }], rounds).get("peer");
    if (ratio !== undefined)
      print({
        goal: "G8",
        what: "xstate-migrate / decide, one session",
        steps,
        spread: ratio,
        limit: { atLeast: steps >= 5000 ? 500 : 50 },
      });
  } catch (error) {
    console.log(`G8   xstate-migrate at ${steps} states: ${error instanceof Error ? error.message : String(error)}`);
  }
}
