import { resolve } from "node:path";
import type { Session } from "../contracts/types.js";
import { validate } from "../contracts/validate.js";
import { isRegraftError, RegraftError } from "../errors.js";
import { about, notRead, parseJson } from "./files.js";
import type { CliIo } from "./io.js";
import { sizeLimits, tooLarge } from "./size-limits.js";

/** A session of a file, and its place there from 0, among the sessions. */
export interface PlacedSession {
  readonly session: Session;
  readonly place: number;
}

/** The text of a file piece by piece, without its byte order mark. */
async function* piecesOf(io: CliIo, file: string): AsyncGenerator<string> {
  let isFirst = true;
  try {
    for await (const piece of io.readPieces(resolve(io.cwd, file))) {
      const text = isFirst ? piece.replace(/^\uFEFF/, "") : piece;
      isFirst = isFirst && piece === "";
      if (text !== "") yield text;
    }
  } catch (error) {
    throw notRead(file, error);
  }
}

/**
 * Reads sessions: one a line, or a JSON array. Lines are read one by one, so memory does not grow with their number; an array is read whole.
 *
 * @throws RegraftError with `file` and `line`: `CLI.BAD_JSON`, `SCHEMA.INVALID`, `CLI.FILE_TOO_LARGE`; `CLI.FILE_NOT_FOUND`
 */
export async function* sessionsIn(io: CliIo, file: string): AsyncGenerator<PlacedSession> {
  let [open, line, place, isArray] = ["", 0, 0, false];
  let isBegun = false;
  for await (const piece of piecesOf(io, file)) {
    open += piece;
    if (!isBegun && open.trimStart() !== "") {
      isBegun = true;
      isArray = open.trimStart().startsWith("[");
    }
    if (isArray) {
      if (open.length > sizeLimits.file) throw tooLarge(file, "file");
      continue;
    }
    const lines = open.split("\n");
    open = lines.pop() ?? "";
    for (const text of lines) {
      line += 1;
      const session = sessionOn(file, text, line);
      if (session === undefined) continue;
      yield { session, place };
      place += 1;
    }
    if (open.length > sizeLimits.line) throw tooLarge(file, "line", line + 1);
  }
  if (isArray) {
    const list = parseJson(open, file) as unknown[];
    for (const [at, value] of list.entries())
      yield { session: asSession(file, value, { prefix: `/${at}` }), place: at };
    return;
  }
  const last = sessionOn(file, open, line + 1);
  if (last !== undefined) yield { session: last, place };
}

function sessionOn(file: string, text: string, line: number): Session | undefined {
  if (text.trim() === "") return undefined;
  if (text.length > sizeLimits.line) throw tooLarge(file, "line", line);
  return asSession(file, parseJson(text, file, line), { line });
}

function asSession(file: string, value: unknown, { prefix = "", line }: { prefix?: string; line?: number }): Session {
  const check = () => validate("session", value);
  try {
    return about(file, check, line);
  } catch (error) {
    if (prefix === "" || !isRegraftError(error)) throw error;
    const { code, message, details } = error;
    const path = `${prefix}${details.path ?? ""}`;
    throw new RegraftError(code, message.slice(code.length + 2), { ...details, path }, { cause: error });
  }
}

/** How many lines a file has, for a bar that shows how far a command has come. */
export async function countLines(io: CliIo, file: string): Promise<number> {
  let [lines, last] = [0, "\n"];
  for await (const piece of piecesOf(io, file)) {
    lines += piece.split("\n").length - 1;
    last = piece;
  }
  return last.endsWith("\n") ? lines : lines + 1;
}
