import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { RegraftError } from "../errors.js";
import { removeFile, replaceFile } from "../resilience/atomic-file.js";
import type { FileSystem } from "../resilience/atomic-file-system.js";
import { areas } from "./file-layout.js";
import { type FileLocks, fileLocks } from "./file-locks.js";
import type { Owner } from "./file-owner.js";

const format = "regraft file store";
const formatVersion = 1;
const markerFile = "regraft-store.json";

/** An opened directory: everything the parts of the store need, with paths relative to its root. */
export interface Workspace {
  readonly files: FileSystem;
  readonly owner: Owner;
  readonly root: string;
  readonly locks: FileLocks;
  path(relative: string): string;
  /** The JSON value of a file, or undefined if there is none. */
  readJson(relative: string): unknown;
  /** Replaces a file in one step; makes the directories above it. */
  write(relative: string, value: unknown): Promise<void>;
  remove(relative: string): Promise<boolean>;
  /** Makes the directories above a file. */
  makeRoomFor(relative: string): Promise<void>;
}

/** Refuses what is no directory of the store but stands in its place. */
function checkDirectory(files: FileSystem, path: string): void {
  const kind = files.kind(path);
  if (kind === undefined || kind === "directory") return;
  throw new RegraftError("STORE.DAMAGED", "something else lies where a directory of the store should be", {
    file: path,
    expected: "a directory",
    received: kind === "file" ? "a file" : "a symbolic link or another kind of file",
  });
}

function unknownLayout(root: string, received: string): RegraftError {
  return new RegraftError("STORE.LAYOUT_UNKNOWN", "the directory does not hold a store that this release can use", {
    file: root,
    expected: `an empty directory, or a ${format} of format ${formatVersion}`,
    received,
  });
}

/** The format of the store in a directory; undefined if there is none yet. */
function formatOf(files: FileSystem, root: string): number | undefined {
  const text = files.read(join(root, markerFile))?.toString("utf8");
  if (text === undefined) {
    const known = new Set<string>([...areas, markerFile]);
    const foreign = files.list(root).find((name) => !known.has(name) && !name.startsWith("."));
    if (foreign !== undefined) throw unknownLayout(root, `a directory with other content, such as ${foreign}`);
    return undefined;
  }
  const marker = parsed(text);
  const isMarker = typeof marker === "object" && marker !== null && "format" in marker && "version" in marker;
  if (!isMarker || marker.format !== format) throw unknownLayout(root, "a directory of another program");
  if (marker.version !== formatVersion) throw unknownLayout(root, `format ${String(marker.version)}`);
  return formatVersion;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Makes a directory with those above it. */
export async function makeDirectories(files: FileSystem, path: string): Promise<void> {
  const kind = files.kind(path);
  if (kind !== undefined) {
    checkDirectory(files, path);
    return;
  }
  await makeDirectories(files, dirname(path));
  if (await files.makeDirectory(path)) await files.syncDirectory(dirname(path));
}

/** Makes an empty store. Several processes may do so at once, and any of them may end in the middle. */
async function initialise(files: FileSystem, owner: Owner, root: string): Promise<void> {
  for (const area of areas) await makeDirectories(files, join(root, area));
  const marker = `${JSON.stringify({ format, version: formatVersion })}\n`;
  await replaceFile(files, join(root, markerFile), marker, join(root, "tmp", `${owner.stamp()}-marker`));
}

/** The real path of the root, which is made if there is none. Symbolic links above and at the root are the user's. */
async function makeRoot(files: FileSystem, directory: string): Promise<string> {
  const missing: string[] = [];
  let path = resolve(directory);
  while (files.kind(path) === undefined) {
    missing.unshift(basename(path));
    path = dirname(path);
  }
  const root = join(realpathSync(path), ...missing);
  await makeDirectories(files, root);
  return root;
}

function notFound(directory: string, received: string): RegraftError {
  return new RegraftError("STORE.NOT_FOUND", "there is no store in this directory, and none was made", {
    file: directory,
    expected: `the directory of a ${format}`,
    received,
  });
}

/** Opens the store in a directory; with `create` makes an empty one where there is no directory or an empty one. */
export async function openWorkspace(
  directory: string,
  {
    files,
    owner,
    create,
    lockTimeoutMs,
  }: {
    readonly files: FileSystem;
    readonly owner: Owner;
    readonly create: boolean;
    readonly lockTimeoutMs: number;
  },
): Promise<Workspace> {
  if (!create && !existsSync(resolve(directory))) throw notFound(resolve(directory), "no such file or directory");
  const root = await makeRoot(files, directory);
  for (const area of areas) checkDirectory(files, join(root, area));
  if (formatOf(files, root) === undefined) {
    if (!create) throw notFound(root, "a directory in which no store was made");
    await initialise(files, owner, root);
  }
  const locks = fileLocks(files, owner, root, lockTimeoutMs);
  /** Directories that were seen to be plain ones. */
  const checked = new Set<string>();
  let temporaries = 0;

  const checkAbove = (relative: string): void => {
    const parts = dirname(relative).split(sep);
    for (let depth = 1; depth <= parts.length; depth += 1) {
      const above = join(root, ...parts.slice(0, depth));
      if (checked.has(above)) continue;
      if (files.kind(above) === undefined) return;
      checkDirectory(files, above);
      checked.add(above);
    }
  };

  const makeRoomFor = async (relative: string): Promise<void> => {
    checkAbove(relative);
    const above = join(root, dirname(relative));
    if (!checked.has(above)) await makeDirectories(files, above);
  };

  return {
    files,
    owner,
    root,
    locks,
    makeRoomFor,
    path: (relative) => {
      checkAbove(relative);
      return join(root, relative);
    },
    readJson: (relative) => {
      checkAbove(relative);
      const bytes = files.read(join(root, relative));
      if (bytes === undefined) return undefined;
      const value = parsed(bytes.toString("utf8"));
      if (value !== undefined) return value;
      throw damaged(
        join(root, relative),
        bytes.length === 0 ? "an empty file" : `${bytes.length} bytes that are no JSON`,
      );
    },
    write: async (relative, value) => {
      await makeRoomFor(relative);
      temporaries += 1;
      const temporary = join(root, "tmp", `${owner.stamp()}-${temporaries}`);
      await replaceFile(files, join(root, relative), JSON.stringify(value), temporary);
    },
    remove: async (relative) => {
      checkAbove(relative);
      return removeFile(files, join(root, relative));
    },
  };
}

/** A file of the store whose content cannot be what the store wrote. */
export function damaged(file: string, received: string): RegraftError {
  return new RegraftError("STORE.DAMAGED", "a file of the store is not what the store wrote", {
    file,
    expected: "the content as it was written",
    received,
  });
}
