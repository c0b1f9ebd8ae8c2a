import { PlanSteps } from "./play-plans.js";
import { SessionSteps } from "./play-sessions.js";
import type { Command, Verb } from "./script.js";
import { Trace } from "./trace.js";
import type { World } from "./world.js";

const onSessions = new Set<Verb>([
  "message",
  "answer",
  "confirm",
  "decline",
  "complete",
  "resolve",
  "hold",
  "release",
  "unmark",
  "close",
  "suspend",
]);

/** Plays the commands of a case one after the other. What is refused is kept, and the rest is played all the same. */
export async function play(world: World, commands: readonly Command[]): Promise<Trace> {
  const trace = new Trace();
  const plans = new PlanSteps(world, trace, commands);
  const sessions = new SessionSteps(world, trace);
  const late = world.given.mark === false;
  const firstMessage = commands.findIndex(({ verb }) => onSessions.has(verb));
  await attempt(trace, "publish", () => world.publishWalked());
  if (!late) await world.importSessions();
  const started = performance.now();
  for (const [at, command] of commands.entries()) {
    if (at === firstMessage) {
      if (late) await world.importSessions();
      await attempt(trace, "visit", () => world.moveOn());
    }
    world.arm(command.verb);
    await attempt(trace, command.verb, () => (onSessions.has(command.verb) ? sessions.do(command) : plans.do(command)));
    if (trace.crashes.length > 0 && commands[at + 1]?.verb !== "restart") world.restart();
  }
  trace.milliseconds = performance.now() - started;
  if (late && firstMessage < 0) await world.importSessions();
  if (firstMessage < 0) await attempt(trace, "visit", () => world.moveOn());
  return trace;
}

async function attempt(trace: Trace, verb: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    trace.refuse(error, verb);
  }
}
