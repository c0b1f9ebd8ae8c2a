import { createRegraft } from "../src/engine/regraft.js";
import { compile } from "../src/scenario/compile.js";
import { defineScenario } from "../src/scenario/parse.js";
import { decide } from "../src/session/decide.js";
import { prepareMigration } from "../src/session/migration.js";
import { memoryStore } from "../src/stores/memory.js";
import { print } from "./rounds.js";

const SESSIONS = 200;

/** User and system time of the process that the work takes, in milliseconds. */
async function cpuOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The whole reconcile on the memory store, with its commit and ledger record, against the decision alone, for the same sessions. */
export async function benchReconciling(steps: number, rounds: number): Promise<void> {
  const chain = (version: number, size: number) => {
    const ids = Array.from({ length: size }, (_, i) => `s${i}`);
    const transitions = ids.slice(1).map((to, i) => ({ from: ids[i] ?? "", to }));
    return defineScenario({
      id: "flow",
      version,
      entry: "s0",
      steps: ids.map((id) => ({ id, name: `Step ${id}` })),
      transitions,
    });
  };
  const [v1, v2] = [chain(1, steps), chain(2, steps + 1)];
  const migration = prepareMigration(compile(v1), compile(v2));
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const regraft = createRegraft({ store: memoryStore() });
    await regraft.publish(v1);
    const ids = Array.from({ length: SESSIONS }, (_, i) => `person-${i}`);
    for (const id of ids) {
      await regraft.startSession({ scenarioId: "flow", id });
      for (const step of ["s1", "s2", "s3"]) await regraft.recordVisit(id, step, { version: 1 });
    }
    const sessions = await Promise.all(ids.map((id) => regraft.session(id)));
    const alone = await cpuOf(async () => {
      for (const session of sessions) if (session !== undefined) decide({ session, migration });
    });
    await regraft.deploy(await regraft.approve(await regraft.propose({ from: v1, to: v2 }), { by: "bench" }));
    const whole = await cpuOf(async () => {
      for (const id of ids) await regraft.reconcile(id);
    });
    ratios.push(whole / Math.max(alone, 0.001));
  }
  ratios.sort((a, b) => a - b);
  const at = (index: number) => ratios[index] ?? Number.NaN;
  const spread = { median: at(ratios.length >> 1), least: at(0), most: at(ratios.length - 1) };
  print({ goal: "-", what: "reconcile on the memory store / decide alone", steps, spread });
}
