import { resolve } from "node:path";
import type { Rehearsal } from "../engine/rehearse-tally.js";
import type { SessionOutcome } from "../tools/rehearse-sessions.js";
import { notWritten } from "./files.js";
import type { CliIo, OpenFile } from "./io.js";

/** Where a rehearsal is written, one JSON value a line: one for each session, then the summary. */
export interface RehearsalLines {
  readonly session: (outcome: SessionOutcome) => Promise<void>;
  readonly summary: (totals: Rehearsal) => Promise<void>;
  /** Writes what is left and closes; also after a failure. A file without a summary line is not complete. */
  readonly close: () => Promise<void>;
}

/** Characters gathered before they are written. */
const chunk = 65_536;

/** Writes lines to a file as they come. */
export async function linesTo(io: CliIo, file: string): Promise<RehearsalLines> {
  const opened = await told(file, () => io.openFile(resolve(io.cwd, file)));
  let waiting = "";
  const flush = async (): Promise<void> => {
    const text = waiting;
    waiting = "";
    if (text !== "") await told(file, () => opened.write(text));
  };
  return {
    ...linesOf(async (line) => {
      waiting += line;
      if (waiting.length >= chunk) await flush();
    }),
    close: () => closed(file, opened, flush),
  };
}

async function closed(file: string, opened: OpenFile, flush: () => Promise<void>): Promise<void> {
  try {
    await flush();
  } finally {
    await told(file, () => opened.close());
  }
}

/** Writes lines to standard output. */
export function linesToOutput(io: CliIo): RehearsalLines {
  return { ...linesOf(async (line) => io.out(line)), close: async () => undefined };
}

function linesOf(write: (line: string) => Promise<void>): Omit<RehearsalLines, "close"> {
  return {
    session: (outcome) => write(`${JSON.stringify({ type: "session", ...outcome })}\n`),
    summary: (totals) => write(`${JSON.stringify({ type: "summary", ...totals })}\n`),
  };
}

async function told<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw notWritten(file, error);
  }
}
