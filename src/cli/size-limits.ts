import { RegraftError } from "../errors.js";

const mebi = 1024 * 1024;

/** The most that commands read at once: of a file that is read whole, and of one line of a file that is read by lines, in characters. */
export const sizeLimits = { file: 64 * mebi, line: 16 * mebi } as const;

/** The error for a file, or a line of one, that is longer than a command reads. */
export function tooLarge(file: string, what: keyof typeof sizeLimits, line?: number): RegraftError {
  const limit = `${sizeLimits[what] / mebi} Mi characters`;
  const where = line === undefined ? {} : { line };
  return new RegraftError("CLI.FILE_TOO_LARGE", `${what === "file" ? "the file" : `line ${line}`} is too long`, {
    file,
    ...where,
    expected: `at most ${limit}`,
    received: `more than ${limit}`,
  });
}
