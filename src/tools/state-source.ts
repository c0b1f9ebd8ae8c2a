import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { RegraftError } from "../errors.js";
import { repeatedKey } from "./json-repeated.js";
import { readInside } from "./path-guard.js";

/** One value of a directory of plain files, or why it cannot be read. */
export interface SourceItem {
  /** Path within the directory; with the line where a file holds several values. */
  readonly source: string;
  readonly value?: unknown;
  readonly problem?: string;
}

const areas = ["versions", "sessions"] as const;

/** Locks say who works on something now: they are no state. Hidden and temporary files are nobody's. */
function isData(name: string): boolean {
  return !name.startsWith(".") && /\.(json|jsonl)$/.test(name) && !/\.(lock|tmp)\./.test(name);
}

function kindOf(path: string): "directory" | "file" | "link" | "other" | "missing" {
  try {
    const found = lstatSync(path);
    if (found.isSymbolicLink()) return "link";
    return found.isDirectory() ? "directory" : found.isFile() ? "file" : "other";
  } catch {
    return "missing";
  }
}

function refused(message: string, path: string, expected: string, received: string): RegraftError {
  return new RegraftError("CLI.FILE_NOT_FOUND", message, { file: path, expected, received });
}

function parsed(source: string, text: string): SourceItem {
  try {
    const value = JSON.parse(text) as unknown;
    const twice = repeatedKey(text);
    return twice === undefined ? { source, value } : { source, problem: `${twice} stands there twice` };
  } catch {
    return { source, problem: "it is not JSON" };
  }
}

function itemsIn(root: string, path: string): SourceItem[] {
  const text = readInside(root, path);
  if (!path.endsWith(".jsonl")) {
    const item = parsed(path, text);
    return Array.isArray(item.value)
      ? item.value.map((value: unknown, at) => ({ source: `${path}#${at + 1}`, value }))
      : [item];
  }
  return text.split("\n").flatMap((line, at) => (line.trim() === "" ? [] : [parsed(`${path}#${at + 1}`, line)]));
}

/**
 * The values of one area of a directory of plain files, sorted by path. Symbolic links are problems, never followed.
 *
 * @throws RegraftError `CLI.FILE_NOT_FOUND` where there is no such directory, or nothing of this layout in it
 */
export function readArea(root: string, area: (typeof areas)[number]): SourceItem[] {
  if (kindOf(root) !== "directory") throw refused("there is no such directory", ".", "a directory", kindOf(root));
  if (areas.every((name) => kindOf(join(root, name)) === "missing")) {
    throw refused("the directory holds no plain state", ".", "versions/ or sessions/", "neither of both");
  }
  const at = join(root, area);
  const kind = kindOf(at);
  if (kind === "missing") return [];
  if (kind !== "directory") return [{ source: area, problem: `a ${kind} lies in place of the directory` }];
  return readdirSync(at)
    .sort()
    .flatMap((name) => {
      const path = `${area}/${name}`;
      const found = kindOf(join(root, path));
      if (found === "link") return [{ source: path, problem: "symbolic links are not followed" }];
      return found === "file" && isData(name) ? itemsIn(root, path) : [];
    });
}
