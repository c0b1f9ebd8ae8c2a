import { randomUUID } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, isAbsolute, join, sep } from "node:path";
import { RegraftError } from "../errors.js";

const controls = /\p{Cc}/u;
/** Names and parts of names that no file system takes are not even tried. */
const mostBytes = 4096;
const mostPartBytes = 255;
const bytesOf = (text: string) => new TextEncoder().encode(text).length;

function escapes(name: string, expected: string, received: string): RegraftError {
  return new RegraftError("SECURITY.PATH_ESCAPE", "a name leads out of its directory, or may do so", {
    path: name.slice(0, 256),
    expected,
    received,
  });
}

/**
 * Refuses a name that is no plain relative path: empty, absolute, with `.` or `..` as a part, a drive letter, a backslash, NUL, a line
 * break or another control character, longer than 4096 bytes, or with a part longer than 255. Touches no file.
 *
 * @returns the name itself
 * @throws RegraftError `SECURITY.PATH_ESCAPE`
 *
 * @example
 * safeName("runs/r1/report.json"); // the same
 */
export function safeName(name: unknown): string {
  const expected = "a relative path without . and ..";
  if (typeof name !== "string" || name === "")
    throw escapes("", expected, typeof name === "string" ? "nothing" : typeof name);
  if (controls.test(name)) throw escapes("", expected, "control characters");
  const parts = name.split("/");
  if (bytesOf(name) > mostBytes || parts.some((part) => bytesOf(part) > mostPartBytes)) {
    throw escapes(name, expected, "a name too long for a file");
  }
  if (name.includes("\\")) throw escapes(name, expected, "a backslash");
  if (/^[A-Za-z]:/.test(name)) throw escapes(name, expected, "a drive letter");
  if (isAbsolute(name) || name.startsWith("/")) throw escapes(name, expected, "an absolute path");
  const odd = parts.find((part) => part === "" || part === "." || part === "..");
  if (odd !== undefined) throw escapes(name, expected, odd === "" ? "an empty part" : odd);
  return name;
}

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}

/** The real path of the nearest thing above a path that exists. */
function realParent(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const above = dirname(path);
    if (codeOf(error) !== "ENOENT" || above === path) throw error;
    return realParent(above);
  }
}

const inside = "a plain file inside its directory";

/**
 * The path of a named file inside a directory. The directory may be reached over symbolic links, the file may neither be one nor lie
 * behind one that leads out, and it is no directory, pipe, socket or device.
 *
 * @returns the path below the real path of `root`, not resolved any further
 * @throws RegraftError `SECURITY.PATH_ESCAPE`; what the file system throws where `root` is no directory
 */
export function pathInside(root: string, name: string): string {
  const plain = safeName(name);
  const real = realpathSync(root);
  const path = join(real, plain);
  const parent = realParent(dirname(path));
  if (parent !== real && !parent.startsWith(real.endsWith(sep) ? real : `${real}${sep}`)) {
    throw escapes(name, inside, "a symbolic link that leads out");
  }
  const kind = lstatSync(path, { throwIfNoEntry: false });
  if (kind?.isSymbolicLink() === true) throw escapes(name, inside, "a symbolic link");
  if (kind !== undefined && !kind.isFile()) throw escapes(name, inside, "no plain file");
  return path;
}

/**
 * Reads a named text file inside a directory. A link or a pipe that takes the file's place meanwhile is neither followed nor waited for.
 *
 * @throws RegraftError `SECURITY.PATH_ESCAPE`; what the file system throws where the file cannot be read
 */
export function readInside(root: string, name: string): string {
  const path = pathInside(root, name);
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  let file: number;
  try {
    file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) !== "ELOOP" && codeOf(error) !== "EMLINK") throw error;
    throw escapes(name, inside, "a symbolic link");
  }
  try {
    if (!fstatSync(file).isFile()) throw escapes(name, inside, "no plain file");
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

/**
 * Writes a named text file inside a directory that exists: all of it or, if that fails, nothing.
 *
 * @throws RegraftError `SECURITY.PATH_ESCAPE`; what the file system throws where the file cannot be written
 */
export function writeInside(root: string, name: string, text: string): void {
  const path = pathInside(root, name);
  const neighbour = join(dirname(path), `.regraft-${randomUUID()}.tmp`);
  try {
    writeFileSync(neighbour, text, { flag: "wx", flush: true });
    renameSync(neighbour, path);
  } catch (error) {
    rmSync(neighbour, { force: true });
    throw error;
  }
}
