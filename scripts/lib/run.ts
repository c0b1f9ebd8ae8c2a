import { spawnSync } from "node:child_process";

export interface RunResult {
  readonly code: number;
  readonly output: string;
}

/** Runs a program to its end and returns what it printed on both channels. */
export function run(program: string, args: readonly string[], cwd = process.cwd()): RunResult {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return { code: status ?? 1, output: `${stdout ?? ""}${stderr ?? ""}${error ? `${error.message}\n` : ""}` };
}

/** Like {@link run}, but a program that fails is an error that carries its output. */
export function runOrThrow(program: string, args: readonly string[], cwd?: string): string {
  const { code, output } = run(program, args, cwd);
  if (code !== 0) throw new Error(`${[program, ...args].join(" ")} ended with ${code}\n${output}`);
  return output;
}
