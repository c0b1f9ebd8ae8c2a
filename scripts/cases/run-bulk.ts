import { defineScenario, type Plan } from "./api.js";
import { type Actual, count, type Loose, list, record, text } from "./case.js";
import { outcomeOf } from "./outcome.js";
import { play } from "./play.js";
import type { Command } from "./script.js";
import { World } from "./world.js";

const dayMs = 86_400_000;
const operator = "operator";

/** A session that the case gives beside its plans: each stands on the old version of a plan of its own. */
interface Walker {
  readonly id: string;
  readonly status: string | undefined;
}

/** Plays commands over many plans, each of a scenario of its own, made at the time and in the status that the case wants. */
export async function manyPlans(given: Loose, commands: readonly Command[]): Promise<Actual> {
  const world = new World({ ...given, sessions: [] });
  const walkers = new World(given).sessions.map((one) => ({ id: text(one.id) ?? "s1", status: text(one.status) }));
  const end = world.stage.clock.now();
  for (const [at, group] of list(given.plans).map(record).entries()) await makeGroup(world, group, at, end, walkers);
  world.stage.advance(end - world.stage.clock.now());
  const trace = await play(world, commands);
  const left = await world.engine.plans.list({ limit: 1 });
  return { ...(await outcomeOf(world, trace, "lifecycle")), left: left.total };
}

async function makeGroup(world: World, group: Loose, at: number, end: number, walkers: Walker[]): Promise<void> {
  const size = count(group.count) ?? 1;
  const [least = 0, greatest = least] = list(group.deployedDaysAgo ?? group.createdDaysAgo ?? group.daysAgo).map(
    Number,
  );
  const status = text(group.status) ?? "pending";
  for (let i = 0; i < size; i += 1) {
    const age = size === 1 ? least : least + ((greatest - least) * i) / (size - 1);
    world.stage.advance(end - age * dayMs - world.stage.clock.now());
    await makePlan(world, `${status}-${at}-${i}`, status, walkers.shift());
  }
}

async function makePlan(world: World, id: string, status: string, walker: Walker | undefined): Promise<void> {
  const { engine } = world;
  const version = (number: number) => {
    const steps = ["A", "B", ...(number > 1 ? ["N"] : [])].map((name) => ({ id: name, name }));
    const transitions = steps.slice(1).map((step, i) => ({ from: steps[i]?.id, to: step.id }));
    return defineScenario({ id, version: number, entry: "A", steps, transitions });
  };
  await engine.publish(version(1));
  if (walker !== undefined) {
    await engine.startSession({ scenarioId: id, id: walker.id });
    if (walker.status === "closed" || walker.status === "suspended")
      await engine.update(walker.id, { status: walker.status });
  }
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
