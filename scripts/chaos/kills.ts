import type { Doom } from "./doomed-store.js";
import { TaskFailed } from "./processes.js";
import { laterMs, type Scene } from "./scene.js";
import { type Chapter, chapters } from "./story.js";
import { secondsSince } from "./tally.js";

const killed: readonly Chapter[] = ["publish", "approve", "deploy", "reconcile", "provide", "undo"];

/** Before the calls that are to be tried, and after the last one; the long form also after each of them. */
function doomsOf(calls: number, { sizes: { every, bothMoments } }: Scene): Doom[] {
  const tried = Array.from({ length: Math.ceil(calls / every) }, (_, at) => 1 + at * every);
  const before = tried.map((call): Doom => ({ call, moment: "before" }));
  const after = (bothMoments ? tried.filter((call) => call < calls) : []).concat(calls);
  return [...before, ...after.map((call): Doom => ({ call, moment: "after" }))];
}

/**
 * Kills a process at every call that a use case makes to its store; another process does the same again and tells the story to its
 * end. What is in the store then is what a story has left that nobody has disturbed, entry by entry.
 */
export async function killAtEveryCall(scene: Scene): Promise<void> {
  const { place, processes, tally, sizes } = scene;
  const { story: sessions } = sizes;
  const survivor = processes.start();
  const checker = processes.start();
  const start = performance.now();
  let deaths = 0;

  const check = async (tenant: string) => {
    const expected = { tenant, sessions, writes: [], allMoved: true };
    return checker.ask({ do: "check", place, tenant, expected });
  };
  const tellTo = async (tenant: string, told: readonly Chapter[], aheadMs = 0) =>
    survivor.ask({ do: "tell", place, tenant, aheadMs, chapters: told, sessions });

  await tellTo("calm", chapters);
  const calm = await check("calm");
  tally.add(`${place.kind}: a story without a crash`, calm.problems);

  for (const chapter of killed) {
    const at = chapters.indexOf(chapter);
    const [before, rest] = [chapters.slice(0, at), chapters.slice(at)];
    await tellTo(`count-${chapter}`, before);
    const { calls } = await tellTo(`count-${chapter}`, [chapter]);
    for (const doom of doomsOf(calls, scene)) {
      const name = `${place.kind}: killed ${doom.moment} call ${doom.call} of ${calls} of ${chapter}`;
      const tenant = `${chapter}-${doom.moment}-${doom.call}`;
      const problems: string[] = [];
      try {
        await tellTo(tenant, before);
        const victim = processes.start();
        const end = await victim
          .ask({ do: "tell", place, tenant, chapters: [chapter], sessions, doom })
          .then(() => "it was not killed", endOf);
        processes.end(victim);
        deaths += 1;
        if (end !== undefined) problems.push(end);
        await tellTo(tenant, rest, laterMs);
        const found = await check(tenant);
        problems.push(...found.problems);
        if (JSON.stringify(found.happened) !== JSON.stringify(calm.happened)) {
          problems.push(`its ledger tells another story: ${differenceOf(found.happened, calm.happened)}`);
        }
      } catch (error) {
        problems.push(error instanceof Error ? error.message : String(error));
      }
      tally.add(name, problems);
    }
  }
  processes.end(survivor);
  processes.end(checker);
  tally.say(`${place.kind}: ${deaths} processes killed at calls of their store, ${secondsSince(start)}`);
}

function endOf(error: unknown): string | undefined {
  return error instanceof TaskFailed && error.signal === "SIGKILL" ? undefined : String(error);
}

function differenceOf(found: readonly string[], expected: readonly string[]): string {
  const other = found.find((line) => !expected.includes(line)) ?? "a stream is missing";
  const name = other.slice(0, other.indexOf(":"));
  return `${other} instead of ${expected.find((line) => line.startsWith(`${name}:`)) ?? "nothing"}`;
}
