import { RegraftError } from "../errors.js";
import { createWorker, type Worker, type WorkerEvent } from "../tools/worker.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import type { CliIo } from "./io.js";
import type { WorkerOptions } from "./options.js";
import { optional, withStore } from "./store-open.js";
import { storeTarget } from "./store-target.js";
import { print } from "./versions.js";

/** `regraft worker`: moves marked sessions in the background until the process is told to stop. */
export async function runWorker(io: CliIo, options: WorkerOptions): Promise<ExitCode> {
  const target = storeTarget(io, options);
  if (target.kind !== "postgres") {
    throw new RegraftError("CLI.STORE_INVALID", "a worker needs a PostgreSQL server for its queue", {
      path: "--store",
      expected: "postgres://user@host/database",
      received: target.kind === "file" ? "a directory" : "pglite:...",
    });
  }
  const { default: PgBoss } = await optional("pg-boss", () => import("pg-boss"));
  const boss = new PgBoss(target.url);
  const tell = (event: object, words: string) => print(io, [options.json === true ? JSON.stringify(event) : words]);
  boss.on("error", (error) => tell({ type: "failed", error: codeOf(error) }, `queue: ${codeOf(error)}`));
  await started(boss);
  try {
    return await withStore(io, options, async (regraft) => {
      const worker = createWorker({
        regraft,
        queue: boss,
        concurrency: options.concurrency,
        pageSize: options.pageSize,
        ...(options.rate === undefined ? {} : { perSecond: options.rate }),
        onEvent: (event) => tell(event, wordsFor(event)),
      });
      await untilStopped(io, worker, options.once === true);
      return exitCodes.ok;
    });
  } finally {
    await boss.stop({ graceful: true, wait: true });
  }
}

/** Errors of the driver may hold the address with its password: no more than their code is shown. */
function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "failed";
}

async function started(boss: { start(): Promise<unknown> }): Promise<void> {
  try {
    await boss.start();
  } catch (error) {
    throw new RegraftError("STORE.UNAVAILABLE", `the queue cannot be opened: ${codeOf(error)}`);
  }
}

/** Runs a worker until the process is told to stop; once: or until nothing is left to do. Throws what keeps it from starting. */
export async function untilStopped(io: Pick<CliIo, "onStop">, worker: Worker, once: boolean): Promise<void> {
  let ask: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  const forget = io.onStop?.(ask);
  try {
    const run = once ? worker.runOnce() : worker.start();
    // A worker that cannot start ends the command as well.
    await Promise.race([once ? run : run.then(() => asked), asked]);
    await worker.stop();
    await run;
  } finally {
    forget?.();
  }
}

function wordsFor(event: WorkerEvent): string {
  switch (event.type) {
    case "page": {
      const left = Object.entries(event.byOutcome).filter(([outcome]) => outcome !== "moved");
      const rest = left.map(([outcome, count]) => `${outcome} ${count}`).join(", ");
      return `plan ${event.planId}: moved ${event.moved} of ${event.scanned}${rest === "" ? "" : `; left: ${rest}`}`;
    }
    case "fed":
      return `plan ${event.planId}: pass ${event.pass + 1} has ${event.pages} pages`;
    case "swept":
      return `plans to drain: ${event.plans}`;
    case "failed":
      return `${event.queue}: ${event.error}`;
  }
}
