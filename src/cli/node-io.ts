import { randomUUID } from "node:crypto";
import { realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { redactText } from "../contracts/redact-text.js";
import { readInside } from "../tools/path-guard.js";
import type { CliIo } from "./io.js";
import { namedFiles } from "./named-files.js";

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
      stderr.write(redactText(text).text);
    },
    ...namedFiles(),
    replaceFile,
    readInside: async (directory, name) => readInside(directory, name),
    cwd: process.cwd(),
    columns: stdout.columns ?? Number.POSITIVE_INFINITY,
    colour: { out: isPainted(env, stdout.isTTY), err: isPainted(env, stderr.isTTY) },
    redraws: { err: stderr.isTTY && env.TERM !== "dumb" ? stderr.columns || 80 : false },
    now: () => new Date().toISOString(),
    updatesGolden: env.UPDATE_GOLDEN === "1",
    ...(env.REGRAFT_STORE === undefined || env.REGRAFT_STORE === "" ? {} : { store: env.REGRAFT_STORE }),
    env: Object.fromEntries(
      Object.entries(env).flatMap(([name, value]) =>
        name.startsWith("REGRAFT_") && value !== undefined ? [[name, value]] : [],
      ),
    ),
    onStop: (stop) => {
      const signals = ["SIGTERM", "SIGINT"] as const;
      for (const signal of signals) process.once(signal, stop);
      return () => {
        for (const signal of signals) process.off(signal, stop);
      };
    },
    debug: env.REGRAFT_DEBUG === "1",
  };
}

/** Writes a neighbour of the file and lets it take the file's place, with the same permissions; a link stays a link. */
async function replaceFile(path: string, text: string): Promise<void> {
  const file = await realpath(path);
  const { mode } = await stat(file);
  const neighbour = join(dirname(file), `.regraft-${randomUUID()}.tmp`);
  try {
    await writeFile(neighbour, text, { mode, flush: true });
    await rename(neighbour, file);
  } catch (error) {
    await rm(neighbour, { force: true });
    throw error;
  }
}
