import { TaskFailed } from "./processes.js";
import { laterMs, type Scene } from "./scene.js";
import { secondsSince } from "./tally.js";
import { WrittenRows } from "./written-rows.js";

const mostWritesPerSession = 1.01;

/**
 * Crashes the server, or kills the process where there is no server, several times while many sessions are marked. Each time another
 * process goes on, until the deployment is through.
 */
export async function crashWhileDeploying(scene: Scene): Promise<void> {
  const { place, service, processes, tally, sizes } = scene;
  const { sessions, pageSize, crashes } = sizes.bulk;
  const tenant = "bulk";
  const what = service === undefined ? "the process killed" : "the server crashed";
  const name = `${place.kind}: ${what} ${crashes} times while ${sessions} sessions are marked`;
  const helper = processes.start();
  const start = performance.now();
  await helper.ask({ do: "fill", place, tenant, sessions });
  const filled = secondsSince(start);
  const rows = place.kind === "postgres" ? new WrittenRows(place.at) : undefined;
  await rows?.start();
  const began = performance.now();
  const pagesOfOne = Math.ceil(sessions / pageSize / (crashes + 1));
  const ends: string[] = [];
  const problems: string[] = [];
  let pages = 0;
  for (let attempt = 0; ; attempt += 1) {
    const worker = processes.start();
    let crash: Promise<void> | undefined;
    try {
      await worker.ask({ do: "deploy", place, tenant, pageSize, aheadMs: attempt * laterMs }, (note) => {
        if (!("pages" in note)) return;
        pages += 1;
        if (note.pages < pagesOfOne || attempt >= crashes || crash !== undefined) return;
        if (service === undefined) worker.kill();
        crash = service?.crash() ?? Promise.resolve();
      });
      break;
    } catch (error) {
      if (!(error instanceof TaskFailed)) throw error;
      ends.push(error.signal ?? error.code ?? error.message);
      if (attempt > crashes + 2) {
        problems.push(`the deployment does not come to its end: ${error.message}`);
        break;
      }
    } finally {
      await crash;
      processes.end(worker);
    }
  }
  const took = secondsSince(began);
  const bulk = await helper.ask({ do: "check-bulk", place, tenant, sessions });
  problems.push(...bulk.problems);
  if (ends.length < crashes) problems.push(`only ${ends.length} of ${crashes} crashes met the deployment`);
  const written = await rows?.stop();
  if (written !== undefined && written > sessions * mostWritesPerSession) problems.push(`${written} rows were written`);
  processes.end(helper);
  tally.add(name, problems);
  const writes = written === undefined ? "" : `, ${(written / sessions).toFixed(4)} committed writes a session`;
  tally.say(
    `${name}: filled in ${filled}, deployed in ${took}, ended with ${ends.join(", ")}, ${pages} pages${writes}`,
  );
}
