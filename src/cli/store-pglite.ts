import { join } from "node:path";
import { RegraftError } from "../errors.js";
import type { FileSystem } from "../resilience/atomic-file-system.js";
import type { PostgresClient } from "../stores/postgres-client.js";

/** An embedded database that nobody else has open. */
export interface OpenDatabase {
  readonly client: PostgresClient;
  readonly close: () => Promise<void>;
}

/** How long a command waits for another one that has the directory open, in milliseconds. */
const waitMs = 30_000;
/** What regraft itself keeps in the directory. */
const own = "regraft";

function checkContent(files: FileSystem, directory: string): void {
  const names = files.list(directory);
  const foreign = names.includes("PG_VERSION")
    ? undefined
    : names.find((name) => name !== own && !name.startsWith("."));
  if (foreign === undefined) return;
  throw new RegraftError("STORE.LAYOUT_UNKNOWN", "the directory does not hold an embedded database", {
    file: directory,
    expected: "an empty directory, or one that PGlite made",
    received: `a directory with other content, such as ${foreign}`,
  });
}

/**
 * Waits for the only right to open the directory: PGlite itself lets two processes write over each other. What a process that has
 * ended held is free.
 *
 * @returns what gives it back
 */
async function locked(files: FileSystem, directory: string): Promise<() => Promise<void>> {
  const { fileLocks } = await import("../stores/file-locks.js");
  const { processOwner } = await import("../stores/file-owner.js");
  const root = join(directory, own);
  const locks = fileLocks(files, processOwner(), root, waitMs);
  for (const path of [root, join(root, "tmp"), join(root, "locks")]) await files.makeDirectory(path);
  return new Promise((resolve, reject) => {
    const hold = (end: () => void) => {
      resolve(() => {
        end();
        return holding;
      });
    };
    const holding = locks.holding([own], () => new Promise<void>(hold));
    holding.catch(reject);
  });
}

/**
 * Opens the PGlite of a directory; with `create` makes one where there is no directory or an empty one.
 *
 * @throws RegraftError `STORE.NOT_FOUND` where there is none and none is to be made
 */
export async function openPglite(
  directory: string,
  open: (directory: string) => Promise<PostgresClient & { close(): Promise<void> }>,
  { create }: { readonly create: boolean },
): Promise<OpenDatabase> {
  const { nodeFileSystem } = await import("../resilience/atomic-file-system.js");
  const { makeDirectories } = await import("../stores/file-workspace.js");
  const files = nodeFileSystem({ fsync: true });
  if (!create && files.list(directory).every((name) => name.startsWith(".") || name === own)) {
    throw new RegraftError("STORE.NOT_FOUND", "there is no embedded database in this directory, and none was made", {
      file: directory,
      expected: "a directory that PGlite made",
      received: files.kind(directory) === undefined ? "no such file or directory" : "a directory without one",
    });
  }
  await makeDirectories(files, directory);
  checkContent(files, directory);
  const release = await locked(files, directory);
  try {
    const client = await open(directory);
    return { client, close: () => client.close().finally(release) };
  } catch (cause) {
    await release();
    throw new RegraftError(
      "STORE.UNAVAILABLE",
      "the embedded database cannot be opened",
      { file: directory },
      { cause },
    );
  }
}
