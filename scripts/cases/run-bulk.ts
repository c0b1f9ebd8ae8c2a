import { defineScenario, type Plan } from "./api.js";
import { type Actual, count, type Loose, list, record, text } from "./case.js";
import { outcomeOf } from "./outcome.js";
import { play } from "./play.js";
import type { Command } from "./script.js";
import { World } from "./world.js";

const dayMs = 86_400_000;
const operator = "operator";

/** Plays commands over many plans, each of a scenario of its own, made at the time and in the status that the case wants. */
export async function manyPlans(given: Loose, commands: readonly Command[]): Promise<Actual> {
  const world = new World(given);
  const end = world.stage.clock.now();
  for (const group of list(given.plans).map(record)) await makeGroup(world, group, end);
  world.stage.advance(end - world.stage.clock.now());
  const trace = await play(world, commands);
  const left = await world.engine.plans.list({ limit: 1 });
  const deleted = trace.deleted === undefined ? {} : { deleted: trace.deleted };
  return { ...(await outcomeOf(world, trace, "lifecycle")), ...deleted, left: left.total };
}

async function makeGroup(world: World, group: Loose, end: number): Promise<void> {
  const size = count(group.count) ?? 1;
  const [least = 0, greatest = least] = list(group.deployedDaysAgo ?? group.createdDaysAgo ?? group.daysAgo).map(
    Number,
  );
  const status = text(group.status) ?? "pending";
  for (let i = 0; i < size; i += 1) {
    const age = size === 1 ? least : least + ((greatest - least) * i) / (size - 1);
    world.stage.advance(end - age * dayMs - world.stage.clock.now());
    await makePlan(world, `${status}-${i}`, status);
  }
}

async function makePlan(world: World, id: string, status: string): Promise<void> {
  const { engine } = world;
  const version = (number: number) => {
    const steps = ["A", "B", ...(number > 1 ? ["N"] : [])].map((name) => ({ id: name, name }));
    const transitions = steps.slice(1).map((step, i) => ({ from: steps[i]?.id, to: step.id }));
    return defineScenario({ id, version: number, entry: "A", steps, transitions });
  };
  await engine.publish(version(1));
  const plan = await engine.propose({ from: version(1), to: version(2), by: operator });
  await bring(world, plan, status);
}

async function bring({ engine }: World, plan: Plan, status: string): Promise<void> {
  if (status === "pending") return;
  if (status === "rejected") {
    await engine.reject(plan.id, { by: operator });
    return;
  }
  await engine.approve(plan, { by: operator });
  if (status === "approved") return;
  await engine.deploy(plan.id);
  if (status === "rolled_back") await engine.rollback(plan.id, { by: operator });
}
