import { dirname } from "node:path";
import { RegraftError } from "../errors.js";
import type { FileSystem } from "./atomic-file-system.js";

/**
 * Puts a new content in the place of a file, so that a reader sees the old content or the new one, whole, at any
 * moment, and a crash leaves one of both. The new content is on the disk before it gets its name, and the name before
 * this returns.
 *
 * @param temporary - path of a file that does not exist, on the same file system; a crash may leave it behind
 */
export async function replaceFile(files: FileSystem, path: string, text: string, temporary: string): Promise<void> {
  await createWhole(files, temporary, text);
  let isNamed = false;
  try {
    isNamed = await files.rename(temporary, path);
  } finally {
    if (!isNamed) await files.remove(temporary).catch(() => false);
  }
  if (!isNamed) {
    throw new RegraftError("STORE.UNAVAILABLE", "a temporary file was taken away before it got its name", {
      file: temporary,
    });
  }
  await files.syncDirectory(dirname(path));
}

/** A disk that is full leaves a part of the file, which would keep it full. A file of somebody else stays. */
async function createWhole(files: FileSystem, path: string, text: string): Promise<void> {
  try {
    await files.create(path, text);
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const isTaken = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
    if (!isTaken) await files.remove(path).catch(() => false);
    throw error;
  }
}

/** Removes a file for good; false if there was none. */
export async function removeFile(files: FileSystem, path: string): Promise<boolean> {
  const removed = await files.remove(path);
  if (removed) await files.syncDirectory(dirname(path));
  return removed;
}
