import { runDiff } from "./diff-command.js";
import type { ExitCode } from "./exit-codes.js";
import type { CliIo } from "./io.js";
import { runLint } from "./lint-command.js";
import type { DiffOptions, GoldenOptions, LintOptions, PlanOptions, RehearseOptions } from "./options.js";
import { runPlan } from "./plan-command.js";
import { runRehearse } from "./rehearse-command.js";

/** What each command does once its arguments are read; each returns the exit code. */
export interface Handlers {
  diff(v1: string, v2: string, options: DiffOptions): Promise<ExitCode>;
  lint(v1: string, v2: string | undefined, options: LintOptions): Promise<ExitCode>;
  plan(v1: string, v2: string, options: PlanOptions): Promise<ExitCode>;
  rehearse(v1: string, v2: string, options: RehearseOptions): Promise<ExitCode>;
  golden(files: readonly string[], options: GoldenOptions): Promise<ExitCode>;
}

/** The commands over the given world. */
export function createHandlers(io: CliIo): Handlers {
  return {
    diff: (v1, v2, options) => runDiff(io, v1, v2, options),
    lint: (v1, v2, options) => runLint(io, v1, v2, options),
    plan: (v1, v2, options) => runPlan(io, v1, v2, options),
    rehearse: (v1, v2, options) => runRehearse(io, v1, v2, options),
    // The engine and the stores are loaded only when cases are played.
    golden: async (files, options) => (await import("./golden-command.js")).runGoldenCases(io, files, options),
  };
}
