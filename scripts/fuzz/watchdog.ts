import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What an input is: one that nobody sends by mistake, or a document of which a part is. */
export type Part = "value" | "document";

/** What is wrong with a target. */
export interface Failure {
  readonly target: string;
  readonly part: Part;
  readonly what: string;
}

/** What the process that works says: which input comes next, what was wrong with one, and that nothing is left. */
export type Told =
  | { readonly is: "next"; readonly target: string; readonly part: Part; readonly n: number; readonly input: string }
  | { readonly is: "failed"; readonly target: string; readonly part: Part; readonly what: string }
  | { readonly is: "done"; readonly tried: number };

/** Which inputs are given to which targets. */
export interface Work {
  /** The module that exports `targets`; those of regraft if absent. */
  readonly module?: string;
  readonly only?: string;
  readonly seed: number;
  /** Goes round all targets until then; if absent, every input of the corpus and some mutations are given once. */
  readonly minutes?: number;
  /** How long one input may take. */
  readonly silenceMs: number;
}

/** What was found: failures by target. */
export interface Found {
  readonly tried: number;
  readonly failures: readonly Failure[];
}

/** What is given to a process: those targets that hung before are left out. */
export interface Orders extends Work {
  readonly skip: readonly string[];
}

/** Failures of one target that are told. */
const greatest = 3;

/**
 * Works in another process and looks at it from outside: an input that a target does not come back from is named, its process is ended, and
 * the other targets go on.
 */
export async function watched(work: Work): Promise<Found> {
  const failures: Failure[] = [];
  const skip: string[] = [];
  let tried = 0;
  for (;;) {
    const hung = await oneProcess({ ...work, skip }, failures, (more) => {
      tried += more;
    });
    if (hung === undefined) return { tried, failures };
    skip.push(hung);
  }
}

/** Returns the target that hung. */
function oneProcess(orders: Orders, failures: Failure[], count: (tried: number) => void): Promise<string | undefined> {
  const worker = fork(fileURLToPath(new URL("./worker.ts", import.meta.url)), [JSON.stringify(orders)], {
    execArgv: ["--import", "tsx"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let [seen, isOver] = [0, false];
    const end = (hung?: string) => {
      clearTimeout(timer);
      count(seen);
      isOver = true;
      worker.kill("SIGKILL");
      resolve(hung);
    };
    worker.on("message", (message) => {
      const told = message as Told;
      clearTimeout(timer);
      if (told.is === "failed") {
        const { target, part, what } = told;
        if (failures.filter((one) => one.target === target).length < greatest) failures.push({ target, part, what });
      }
      if (told.is === "done") end();
      if (told.is !== "next") return;
      seen += 1;
      timer = setTimeout(() => {
        const { target, part, n, input } = told;
        const where = `input ${n} of seed ${orders.seed}: ${input}`;
        failures.push({
          target,
          part,
          what: `${target} did not come back within ${orders.silenceMs} ms from ${where}`,
        });
        end(target);
      }, orders.silenceMs);
    });
    worker.on("exit", (code) => {
      if (!isOver) reject(new Error(`the process that tries inputs ended with ${code}`));
    });
  });
}
