import { setTimeout as wait } from "node:timers/promises";
import { seededRandom } from "../../src/testing/random.js";
import type { OwnersWrite } from "./check-tenant.js";
import { loseConnections } from "./connections.js";
import { TaskFailed, type Worker } from "./processes.js";
import { laterMs, type Scene } from "./scene.js";
import { secondsSince } from "./tally.js";

const betweenCutsMs = 400;
const betweenKillsMs = 300;

/** What disturbs the processes while they work. */
export type Disturbance = "kills" | "lost connections";

/**
 * Many processes bring the same messages to the same sessions while owners write and the plan is deployed. They are killed at random
 * moments and replaced, or lose their connections again and again.
 */
export async function storm(scene: Scene, disturbance: Disturbance): Promise<void> {
  const { place, processes, tally, sizes, seed } = scene;
  const { sessions, processes: count, kills } = sizes.storm;
  const name = `${place.kind}: ${count} processes, ${sessions} sessions, ${disturbance}`;
  const tenant = `storm-${disturbance.replace(" ", "-")}`;
  const random = seededRandom(seed);
  const start = performance.now();
  const helper = processes.start();
  const writes: OwnersWrite[] = [];
  const problems: string[] = [];
  let [deaths, cuts] = [0, 0];
  let running = count;
  await helper.ask({ do: "tell", place, tenant, chapters: ["publish", "begin", "approve"], sessions });

  const present = new Map<number, Worker>();
  const one = async (at: number): Promise<void> => {
    for (let generation = 0; ; generation += 1) {
      const worker = processes.start();
      present.set(at, worker);
      const task = { do: "storm", process: at, generation, seed: seed + at, sessions } as const;
      try {
        await worker.ask({ ...task, place, tenant, aheadMs: generation * laterMs }, (note) => {
          if ("acknowledged" in note) writes.push(note.acknowledged);
        });
        return;
      } catch (error) {
        if (error instanceof TaskFailed && error.signal === "SIGKILL") continue;
        problems.push(error instanceof Error ? error.message : String(error));
        return;
      } finally {
        processes.end(worker);
        present.delete(at);
      }
    }
  };
  const all = Array.from({ length: count }, (_, at) =>
    one(at).finally(() => {
      running -= 1;
    }),
  );
  const disturb = async () => {
    while (running > 0) {
      if (disturbance === "kills") {
        await wait(betweenKillsMs);
        const victim = present.get(random.integer(count));
        if (deaths >= kills || victim === undefined) continue;
        victim.kill();
        deaths += 1;
      } else {
        await wait(betweenCutsMs);
        cuts += await loseConnections(place);
      }
    }
  };
  await Promise.all([...all, disturb()]);
  const expected = { tenant, sessions, writes, allMoved: true };
  const found = await helper.ask({ do: "check", place, tenant, expected });
  processes.end(helper);
  tally.add(name, [...problems, ...found.problems]);
  const did = disturbance === "kills" ? `${deaths} processes killed` : `${cuts} connections cut`;
  tally.say(
    `${name}: ${did}, ${writes.length} owners' writes, ${found.entries} ledger entries, ${secondsSince(start)}`,
  );
}
