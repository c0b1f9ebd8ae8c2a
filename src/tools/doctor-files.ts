import { closeSync, fstatSync, openSync, readSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "../hash/digest.js";
import type { Subject } from "../ports/subject.js";
import { nodeFileSystem } from "../resilience/atomic-file-system.js";
import { areas, documentFile, pointerFile } from "../stores/file-layout.js";
import { processOwner } from "../stores/file-owner.js";
import type { Findings } from "./doctor-findings.js";

const markerFile = "regraft-store.json";

/** Whether a directory can be opened as a store, as it is or after mending. */
export type DirectoryState = "ready" | "mendable" | "broken";

function markerIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function endsTorn(path: string): boolean {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    if (size === 0) return false;
    const last = Buffer.alloc(1);
    readSync(file, last, 0, 1, size - 1);
    return last[0] !== 0x0a;
  } finally {
    closeSync(file);
  }
}

function rootOf(directory: string): string | undefined {
  try {
    return realpathSync(directory);
  } catch {
    return undefined;
  }
}

/** Looks at the directory of a file store without opening it; changes nothing. */
export function inspectDirectory(directory: string, found: Findings): DirectoryState {
  const files = nodeFileSystem({ fsync: false });
  const root = rootOf(directory);
  if (root === undefined) {
    found.add("error", "STORE.LAYOUT_UNKNOWN", ".", "there is no store at this place", true);
    return "mendable";
  }
  if (files.kind(root) !== "directory") {
    found.add("error", "STORE.LAYOUT_UNKNOWN", ".", "a file lies where the directory of the store should be");
    return "broken";
  }
  const marker = files.read(join(root, markerFile))?.toString("utf8");
  if (marker === undefined) {
    const known = new Set<string>([...areas, markerFile]);
    const foreign = files.list(root).find((name) => !known.has(name) && !name.startsWith("."));
    const text =
      foreign === undefined ? "the store was never opened" : `the directory has other content, such as ${foreign}`;
    found.add("error", "STORE.LAYOUT_UNKNOWN", markerFile, text, foreign === undefined);
    return foreign === undefined ? "mendable" : "broken";
  }
  const value = markerIn(marker);
  const isKnown = typeof value === "object" && value !== null && "version" in value && value.version === 1;
  if (!isKnown) {
    found.add("error", "STORE.LAYOUT_UNKNOWN", markerFile, "the store is of a layout that this release does not know");
    return "broken";
  }
  let state: DirectoryState = "ready";
  for (const area of areas) {
    const kind = files.kind(join(root, area));
    if (kind === "directory") continue;
    const isMissing = kind === undefined;
    const text = isMissing
      ? "the directory is missing"
      : `${kind === "file" ? "a file" : "a link"} lies in place of the directory`;
    found.add("error", "STORE.DAMAGED", area, text, isMissing);
    if (!isMissing) state = "broken";
    else if (state === "ready") state = "mendable";
  }
  if (state !== "broken") look(root, found);
  return state;
}

/** What is wrong with a document, which lies under a name that follows from what is in it; undefined if nothing is. */
function documentFault(path: string, text: string): string | undefined {
  try {
    const { body, digest, ...subject } = JSON.parse(text) as { body: unknown; digest: string } & Subject;
    const isItself = digest === digestOf(body) && documentFile(subject, digest) === path;
    return isItself ? undefined : "the document is not what the store wrote";
  } catch {
    return "the document cannot be read";
  }
}

function pointerFault(path: string, text: string): string | undefined {
  try {
    const { subject } = JSON.parse(text) as { subject: Subject };
    return pointerFile(subject) === path ? undefined : "the pointer is another one's";
  } catch {
    return "the pointer cannot be read";
  }
}

/** What is wrong with the content of a file that can be told from its name. */
function faultOf(path: string, text: () => string): string | undefined {
  // Copies that somebody has put beside a file are not the store's.
  if (!/[\\/][0-9a-f]{64}\.json$/.test(path)) return undefined;
  if (path.startsWith("documents")) return documentFault(path, text());
  return path.startsWith("pointers") ? pointerFault(path, text()) : undefined;
}

function look(root: string, found: Findings): void {
  const files = nodeFileSystem({ fsync: false });
  const owner = processOwner();
  const walk = (relative: string): void => {
    for (const name of files.list(join(root, relative))) {
      const path = join(relative, name);
      const kind = files.kind(join(root, path));
      if (kind === "directory") walk(path);
      else if (kind === "other")
        found.add("error", "STORE.DAMAGED", path, "a symbolic link or special file is no part of a store");
      else if (kind === "file" && path.startsWith("streams") && endsTorn(join(root, path))) {
        found.openTransactions += 1;
        found.add(
          "error",
          "STORE.TRANSACTION_OPEN",
          path,
          "the last line of the stream was cut short and never acknowledged",
          true,
        );
      } else if (kind === "file") {
        const fault = faultOf(path, () => files.read(join(root, path))?.toString("utf8") ?? "");
        if (fault !== undefined) found.add("error", "STORE.DAMAGED", path, fault);
      }
    }
  };
  for (const area of areas) if (area !== "tmp" && area !== "locks") walk(area);
  for (const name of files.list(join(root, "locks"))) {
    const held = files.list(join(root, "locks", name)).find((file) => file.startsWith("held-"));
    if (held === undefined || !owner.isDead(held.slice("held-".length))) continue;
    found.staleLocks += 1;
    found.add("error", "STORE.LEASE_HELD", join("locks", name), "the lock is held by a process that has ended", true);
  }
  const left = files.list(join(root, "tmp")).filter((name) => owner.isDead(name));
  if (left.length > 0) {
    found.add(
      "warning",
      "STORE.TRANSACTION_OPEN",
      "tmp",
      `${left.length} files were left by processes that have ended`,
      true,
    );
  }
}

/** Makes the directories that are missing. */
export async function mendDirectory(directory: string): Promise<string[]> {
  const files = nodeFileSystem({ fsync: true });
  const root = rootOf(directory);
  if (root === undefined || files.read(join(root, markerFile)) === undefined) return [];
  const made: string[] = [];
  for (const area of areas) if (await files.makeDirectory(join(root, area))) made.push(`made the directory ${area}`);
  return made;
}
