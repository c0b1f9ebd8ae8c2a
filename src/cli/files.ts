import { resolve } from "node:path";
import type { Scenario } from "../contracts/types.js";
import { isRegraftError, RegraftError } from "../errors.js";
import { defineScenario } from "../scenario/parse.js";
import { convertFlow } from "../tools/convert-flow.js";
import type { ConversionNote } from "../tools/convert-notes.js";
import { repeatedKey } from "../tools/json-repeated.js";
import type { CliIo } from "./io.js";
import { jsonFault } from "./json-position.js";
import { NotAFile } from "./named-files.js";
import { sizeLimits, tooLarge } from "./size-limits.js";

/** Runs a step of reading and adds to its errors which file, and which line of it, they are about. */
export function about<T>(file: string, read: () => T, line?: number): T {
  try {
    return read();
  } catch (error) {
    if (!isRegraftError(error)) throw error;
    const { code, message, details } = error;
    const where = line === undefined ? { file } : { file, line };
    throw new RegraftError(code, message.slice(code.length + 2), { ...where, ...details }, { cause: error });
  }
}

/** Reads a text file. */
export async function readText(io: CliIo, file: string): Promise<string> {
  try {
    const text = await io.readFile(resolve(io.cwd, file));
    if (text.length > sizeLimits.file) throw tooLarge(file, "file");
    return text.replace(/^\uFEFF/, "");
  } catch (error) {
    throw notRead(file, error);
  }
}

/** The error for a file that cannot be read; a name that leads out of its directory is told as such. */
export function notRead(file: string, cause: unknown): RegraftError {
  if (isRegraftError(cause)) return cause;
  return new RegraftError(
    "CLI.FILE_NOT_FOUND",
    `cannot read ${file}`,
    { file, received: systemCode(cause) },
    { cause },
  );
}

/** Writes a text file; of one that comes in pieces nothing is there before all of it is. */
export async function writeText(io: CliIo, file: string, text: string | AsyncIterable<string>): Promise<void> {
  try {
    await io.writeFile(resolve(io.cwd, file), text);
  } catch (error) {
    throw notWritten(file, error);
  }
}

/** The error for a file that cannot be written. */
export function notWritten(file: string, cause: unknown): RegraftError {
  if (isRegraftError(cause)) return cause;
  return new RegraftError("CLI.NOT_WRITTEN", `cannot write ${file}`, { file, received: systemCode(cause) }, { cause });
}

function systemCode(error: unknown): string {
  if (error instanceof NotAFile) return error.found;
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "no such file or directory";
  if (code === "EISDIR") return "a directory";
  if (code === "ENAMETOOLONG") return "a name too long for a file";
  if (code === "ERR_INVALID_ARG_VALUE") return "a name with a zero byte";
  return code === "EACCES" ? "no permission" : String(code ?? error);
}

/** Reads a JSON file; one that names a property twice is refused, since readers would not see which of the two counts. */
export async function readJson(io: CliIo, file: string): Promise<unknown> {
  const text = await readText(io, file);
  const json = parseJson(text, file);
  const path = repeatedKey(text);
  if (path === undefined) return json;
  const told = { file, path, expected: "one such property", received: "two" };
  throw new RegraftError("CLI.BAD_JSON", `${path} stands there twice`, told);
}

/** Reads JSON; an error names the line and column of the first fault. */
export function parseJson(text: string, file: string, firstLine = 1): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const fault = jsonFault(text) ?? { line: 1, column: 1 };
    const line = fault.line + firstLine - 1;
    const found = text
      .split("\n")
      [fault.line - 1]?.slice(fault.column - 1, fault.column + 19)
      .trim();
    throw new RegraftError(
      "CLI.BAD_JSON",
      `not valid JSON at line ${line}, column ${fault.column}`,
      {
        file,
        line,
        column: fault.column,
        received: found === undefined || found === "" ? "the end of the file" : found,
      },
      { cause: error },
    );
  }
}

/** A scenario read from a file. */
export interface LoadedScenario {
  readonly scenario: Scenario;
  /** What had to be decided where the file was a flow of another form. */
  readonly notes: readonly ConversionNote[];
}

/** Reads a scenario, or a flow in the neutral form, which names its `condition_language`. */
export async function readScenario(io: CliIo, file: string): Promise<LoadedScenario> {
  const json = await readJson(io, file);
  const isFlow = typeof json === "object" && json !== null && "condition_language" in json;
  if (!isFlow) return { scenario: about(file, () => defineScenario(json)), notes: [] };
  const { scenario, notes } = about(file, () => convertFlow(json));
  return { scenario: about(`${file} (converted)`, () => defineScenario(scenario)), notes };
}
