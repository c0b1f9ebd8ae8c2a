import { RegraftError } from "../../src/errors.js";
import { type FileSystem, nodeFileSystem } from "../../src/resilience/atomic-file-system.js";
import type { Owner } from "../../src/stores/file-owner.js";
import { type FileStore, fileStoreOn } from "../../src/stores/file-store.js";

/** Where in a step a process ends; a step that cannot be half done ends before it instead of midway. */
export type Moment = "before" | "midway" | "after";
export const moments: readonly Moment[] = ["before", "midway", "after"];

export interface Crash {
  /** The step that changes files, counted from 1. */
  readonly at: number;
  readonly moment: Moment;
}

const died = () => new RegraftError("STORE.UNAVAILABLE", "the process has ended");

/** Files that a process works on until it ends; afterwards nothing reaches them any more. */
export function crashingFiles({ at, moment }: Crash): { readonly files: FileSystem; hasCrashed(): boolean } {
  const inner = nodeFileSystem({ fsync: false });
  let steps = 0;
  let isDead = false;

  const act = async <T>(whole: () => Promise<T>, half?: () => Promise<unknown>): Promise<T> => {
    if (isDead) throw died();
    steps += 1;
    if (steps !== at) return whole();
    isDead = true;
    if (moment === "after") await whole();
    if (moment === "midway") await half?.();
    throw died();
  };
  const look = <T>(read: () => T): T => {
    if (isDead) throw died();
    return read();
  };
  const halfOf = (text: string) => text.slice(0, text.length / 2);

  return {
    hasCrashed: () => isDead,
    files: {
      read: (path) => look(() => inner.read(path)),
      list: (path) => look(() => inner.list(path)),
      kind: (path) => look(() => inner.kind(path)),
      makeDirectory: (path) => act(() => inner.makeDirectory(path)),
      create: (path, text) =>
        act(
          () => inner.create(path, text),
          () => inner.create(path, halfOf(text)),
        ),
      writeFrom: (path, position, text) =>
        act(
          () => inner.writeFrom(path, position, text),
          () => inner.writeFrom(path, position, halfOf(text)),
        ),
      syncFile: (path) => act(() => inner.syncFile(path)),
      syncDirectory: (path) => act(() => inner.syncDirectory(path)),
      rename: (from, to) => act(() => inner.rename(from, to)),
      remove: (path) => act(() => inner.remove(path)),
      removeTree: (path) => act(() => inner.removeTree(path)),
    },
  };
}

/** A process of this name; `dead` names those that have ended. */
export function namedOwner(name: string, dead: readonly string[] = []): Owner {
  return {
    tag: name,
    stamp: () => `${name}-0`,
    isDead: (stamp) => dead.some((one) => stamp.startsWith(`${one}-`)),
  };
}

/** A store whose process ends in the middle, and the way to open the same directory after it. */
export function crashingStore(directory: string, crash: Crash): { store: FileStore; hasCrashed(): boolean } {
  const { files, hasCrashed } = crashingFiles(crash);
  return { store: fileStoreOn({ files, owner: namedOwner("first") }, directory), hasCrashed };
}

/** The store of the process that comes after. */
export function nextStore(directory: string, lockTimeoutMs = 1000): FileStore {
  const host = { files: nodeFileSystem({ fsync: false }), owner: namedOwner("second", ["first"]) };
  return fileStoreOn(host, directory, { lockTimeoutMs });
}
