import { dirname } from "node:path";
import type { FileSystem } from "./atomic-file-system.js";

const lineFeed = 0x0a;

/** What a file of lines holds, as far as its lines are complete. */
export interface LogContent {
  /** Texts of the complete lines, without their line feeds. */
  readonly lines: readonly string[];
  /** Bytes up to the end of the last complete line. */
  readonly length: number;
  /** Bytes behind it: a write that was cut short by a crash. */
  readonly torn: number;
}

/**
 * Reads a file of lines. What follows the last line feed was never acknowledged and counts as torn; so does a last
 * line with NUL bytes, which is what a power failure leaves of a write that only reached the file's length.
 */
export function readLog(files: FileSystem, path: string): LogContent {
  const bytes = files.read(path) ?? Buffer.alloc(0);
  let length = bytes.lastIndexOf(lineFeed) + 1;
  if (length > 0) {
    const lastLine = length === 1 ? 0 : bytes.lastIndexOf(lineFeed, length - 2) + 1;
    if (bytes.subarray(lastLine, length).includes(0)) length = lastLine;
  }
  const text = bytes.toString("utf8", 0, Math.max(length - 1, 0));
  return { lines: length === 0 ? [] : text.split("\n"), length, torn: bytes.length - length };
}

/**
 * Appends one line behind the complete ones, in place of a torn end. One writer at a time.
 *
 * The line is whole or torn, so whatever belongs together goes into one line. It is readable when this returns, and on
 * the disk after `syncFile`.
 *
 * @param line - text without line feeds
 */
export async function appendLine(files: FileSystem, path: string, { length }: LogContent, line: string): Promise<void> {
  await files.writeFrom(path, length, `${line}\n`);
  if (length === 0) await files.syncDirectory(dirname(path));
}
