import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import type { Message, Note, Results, Task } from "./tasks.js";

/** A task failed in its process, or its process was killed. */
export class TaskFailed extends Error {
  constructor(
    message: string,
    /** Code of the RegraftError, if it was one. */
    readonly code: string | undefined,
    /** The signal that ended the process, if one did. */
    readonly signal: NodeJS.Signals | undefined,
  ) {
    super(message);
  }
}

type ResultOf<T extends Task> = Results[T["do"]];

/** A process of its own that does tasks, one at a time. */
export class Worker {
  private readonly child: ChildProcess;

  constructor(script: string) {
    this.child = fork(script, [], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      execArgv: ["--enable-source-maps"],
    });
  }

  /** @throws TaskFailed if the task fails or the process ends meanwhile */
  ask<T extends Task>(task: T, onNote: (note: Note) => void = () => undefined): Promise<ResultOf<T>> {
    return new Promise((done, failed) => {
      const { child } = this;
      const end = () => {
        child.off("message", hear);
        child.off("exit", exit);
      };
      const exit = (code: number | null, signal: NodeJS.Signals | null) => {
        end();
        failed(new TaskFailed(`the process ended with ${signal ?? code}`, undefined, signal ?? undefined));
      };
      const hear = (message: Message) => {
        if ("note" in message) return onNote(message.note);
        end();
        if ("failed" in message) failed(new TaskFailed(message.failed.message, message.failed.code, undefined));
        // The child answers a task with the result of that task.
        else done(message.result as ResultOf<T>);
      };
      child.on("message", hear);
      child.on("exit", exit);
      child.send(task);
    });
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }
}

/** Starts processes; all of them end with `close`. */
export class Processes {
  private readonly workers = new Set<Worker>();

  private constructor(
    private readonly directory: string,
    private readonly script: string,
  ) {}

  /** Makes one file of the program of the processes, so that each of them is up in a fraction of a second. */
  static async open(): Promise<Processes> {
    const cache = resolve("node_modules/.cache");
    mkdirSync(cache, { recursive: true });
    const directory = mkdtempSync(join(cache, "regraft-chaos-"));
    const script = join(directory, "child.mjs");
    await build({
      entryPoints: ["scripts/chaos/child.ts"],
      outfile: script,
      bundle: true,
      packages: "external",
      alias: { "#sha256": resolve("src/hash/sha256-node.ts") },
      platform: "node",
      format: "esm",
      sourcemap: "inline",
      logLevel: "error",
    });
    return new Processes(directory, script);
  }

  start(): Worker {
    const worker = new Worker(this.script);
    this.workers.add(worker);
    return worker;
  }

  end(worker: Worker): void {
    worker.kill();
    this.workers.delete(worker);
  }

  close(): void {
    for (const worker of this.workers) worker.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
