import { constants } from "node:fs";
import { lstat, open, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, sep } from "node:path";
import { RegraftError } from "../errors.js";

const controls = /\p{Cc}/u;

function escapes(name: string, expected: string, received: string): RegraftError {
  return new RegraftError("SECURITY.PATH_ESCAPE", "a name leads out of its directory, or may do so", {
    path: name.slice(0, 256),
    expected,
    received,
  });
}

/**
 * Refuses a name that is no plain relative path: empty, absolute, with `.` or `..` as a part, a drive letter, a backslash, NUL, a line
 * break or another control character. Touches no file.
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
  if (name.includes("\\")) throw escapes(name, expected, "a backslash");
  if (/^[A-Za-z]:/.test(name)) throw escapes(name, expected, "a drive letter");
  if (isAbsolute(name) || name.startsWith("/")) throw escapes(name, expected, "an absolute path");
  const odd = name.split("/").find((part) => part === "" || part === "." || part === "..");
  if (odd !== undefined) throw escapes(name, expected, odd === "" ? "an empty part" : odd);
  return name;
}

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}

/** The real path of the nearest thing above a path that exists. */
async function realParent(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const above = dirname(path);
    if (codeOf(error) !== "ENOENT" || above === path) throw error;
    return realParent(above);
  }
}

/**
 * The path of a named file inside a directory. The directory may be reached over symbolic links, the file may neither be one nor lie
 * behind one that leads out.
 *
 * @returns the path below the real path of `root`, not resolved any further
 * @throws RegraftError `SECURITY.PATH_ESCAPE`
 */
export async function pathInside(root: string, name: string): Promise<string> {
  const real = await realpath(root);
  const path = join(real, safeName(name));
  const parent = await realParent(dirname(path));
  const inside = "a file inside its directory";
  if (parent !== real && !parent.startsWith(real.endsWith(sep) ? real : `${real}${sep}`)) {
    throw escapes(name, inside, "a symbolic link that leads out");
  }
  const kind = await lstat(path).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  });
  if (kind?.isSymbolicLink() === true) throw escapes(name, inside, "a symbolic link");
  return path;
}

/**
 * Reads a named text file inside a directory; a link that takes the file's place meanwhile is not followed.
 *
 * @throws RegraftError `SECURITY.PATH_ESCAPE`
 */
export async function readInside(root: string, name: string): Promise<string> {
  const path = await pathInside(root, name);
  try {
    const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    try {
      return await file.readFile("utf8");
    } finally {
      await file.close();
    }
  } catch (error) {
    if (codeOf(error) === "ELOOP" || codeOf(error) === "EMLINK") {
      throw escapes(name, "a file inside its directory", "a symbolic link");
    }
    throw error;
  }
}
