import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RegraftError } from "../errors.js";
import { sha256Hex } from "../hash/sha256.js";
import type { FileSystem } from "../resilience/atomic-file-system.js";
import type { Owner } from "./file-owner.js";

const free = "free";
const heldPrefix = "held-";
const longestWaitMs = 32;

const ignore = (): void => undefined;

/** Mutual exclusion over subjects, within this process and between all processes of the host. */
export interface FileLocks {
  /**
   * Runs something while nobody else does anything about the subjects of these keys.
   *
   * @throws RegraftError `STORE.UNAVAILABLE` if a lock does not come free in time
   */
  holding<T>(keys: readonly string[], act: () => Promise<T>): Promise<T>;
}

/** The name of a lock. Subjects share 256 of them by hash, so that their number does not grow. */
function lockName(key: string): string {
  return sha256Hex(key).slice(0, 2);
}

/** The stamp of whoever holds the lock, from the name of its file. */
function holderIn(names: readonly string[]): string | undefined {
  return names.find((name) => name.startsWith(heldPrefix))?.slice(heldPrefix.length);
}

/** Gives back the lock in this directory if its holder has ended; whether it did. */
export async function releaseIfDead(files: FileSystem, owner: Owner, directory: string): Promise<boolean> {
  const holder = holderIn(files.list(directory));
  if (holder === undefined || !owner.isDead(holder)) return false;
  return files.rename(join(directory, heldPrefix + holder), join(directory, free));
}

/**
 * Locks as files that change their names. A lock is one file, called `free` or after its holder, and each change of
 * hands is one rename of exactly that name. A rename succeeds for one process only, so two can neither take a free
 * lock nor break the lock of the same dead holder, and nobody ever breaks a lock that was taken afresh.
 */
export function fileLocks(files: FileSystem, owner: Owner, root: string, timeoutMs: number): FileLocks {
  /** The end of the queue of this process at each lock. */
  const queues = new Map<string, Promise<void>>();
  let drafts = 0;

  /** Makes a lock that is free, by one rename; of several who do so, one succeeds. */
  const make = async (directory: string): Promise<void> => {
    drafts += 1;
    const draft = join(root, "tmp", `${owner.stamp()}-lock${drafts}`);
    await files.makeDirectory(draft);
    await files.writeFrom(join(draft, free), 0, "");
    await files.rename(draft, directory).catch(async (error: unknown) => {
      if (files.kind(directory) !== "directory") throw error;
      await files.removeTree(draft);
    });
  };

  const tryToTake = async (directory: string): Promise<string | undefined> => {
    const mine = join(directory, heldPrefix + owner.stamp());
    if (await files.rename(join(directory, free), mine)) return mine;
    const holder = holderIn(files.list(directory));
    if (holder === undefined) {
      if (files.kind(directory) === undefined) await make(directory);
      return undefined;
    }
    // A lock of this very owner is one it could not give back: the queue lets one holder in at a time.
    if (!holder.startsWith(`${owner.tag}-`) && !owner.isDead(holder)) return undefined;
    return (await files.rename(join(directory, heldPrefix + holder), mine)) ? mine : undefined;
  };

  const take = async (directory: string): Promise<string> => {
    const endsAtMs = performance.now() + timeoutMs;
    for (let waitMs = 1; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
      const mine = await tryToTake(directory);
      if (mine !== undefined) return mine;
      if (performance.now() >= endsAtMs) {
        throw new RegraftError("STORE.UNAVAILABLE", `a lock was not given back within ${timeoutMs} ms`, {
          file: directory,
          holder: holderIn(files.list(directory)) ?? "unknown",
        });
      }
      if (waitMs > 1) await sleep(waitMs * (0.5 + Math.random()));
    }
  };

  const holdingOne = async <T>(name: string, act: () => Promise<T>): Promise<T> => {
    const before = queues.get(name) ?? Promise.resolve();
    const result = before.then(async () => {
      const directory = join(root, "locks", name);
      const mine = await take(directory);
      try {
        return await act();
      } finally {
        // What was done is done. A lock that could not be given back is taken again by its owner, or broken after it.
        await files.rename(mine, join(directory, free)).catch(() => false);
      }
    });
    const ended = result.then(ignore, ignore);
    queues.set(name, ended);
    await ended;
    if (queues.get(name) === ended) queues.delete(name);
    return result;
  };

  /** Everybody takes several locks in the same order, so nobody waits in a ring. */
  const holdingAll = async <T>([name, ...rest]: readonly string[], act: () => Promise<T>): Promise<T> =>
    name === undefined ? act() : holdingOne(name, () => holdingAll(rest, act));

  return { holding: (keys, act) => holdingAll([...new Set(keys.map(lockName))].sort(), act) };
}
