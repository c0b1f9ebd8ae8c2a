import { readFile, writeFile } from "node:fs/promises";
import type { CliIo } from "./io.js";

type Env = Readonly<Record<string, string | undefined>>;

function isPainted(env: Env, isTty: boolean): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "") return env.FORCE_COLOR !== "0";
  return isTty && env.TERM !== "dumb";
}

/** The world of a real process. Colour follows NO_COLOR, FORCE_COLOR and whether a terminal reads. */
export function nodeIo(process: NodeJS.Process): CliIo {
  const { stdout, stderr, env } = process;
  return {
    out: (text) => {
      stdout.write(text);
    },
    err: (text) => {
      stderr.write(text);
    },
    readFile: (path) => readFile(path, "utf8"),
    writeFile: (path, text) => writeFile(path, text),
    cwd: process.cwd(),
    columns: stdout.columns ?? Number.POSITIVE_INFINITY,
    colour: { out: isPainted(env, stdout.isTTY), err: isPainted(env, stderr.isTTY) },
    now: () => new Date().toISOString(),
    debug: env.REGRAFT_DEBUG === "1",
  };
}
