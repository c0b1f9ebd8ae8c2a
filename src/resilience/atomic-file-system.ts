import { closeSync, constants, ftruncateSync, lstatSync, openSync, promises, readdirSync, readFileSync } from "node:fs";
import { RegraftError } from "../errors.js";

/**
 * What is done to files, one step each, so that a test can end the process before, in or after any of them.
 *
 * Reading is synchronous: small local files are read faster than a thread is woken for them. What changes files waits
 * for the disk and is asynchronous. Nothing follows a symbolic link in the last part of a path.
 * Every method throws `STORE.UNAVAILABLE` when the operating system refuses, and `STORE.DAMAGED` at a symbolic link.
 */
export interface FileSystem {
  /** The whole content, or undefined if there is no such file. */
  read(path: string): Buffer | undefined;
  /** Names in a directory, sorted; none if there is no such directory. */
  list(path: string): string[];
  /** What lies at a path: never looks through a symbolic link. */
  kind(path: string): "directory" | "file" | "other" | undefined;
  /** Makes one directory; false if it is there already. */
  makeDirectory(path: string): Promise<boolean>;
  /** Writes a file that must not exist yet, and waits until its content is on the disk. */
  create(path: string, text: string): Promise<void>;
  /** Writes text from a position on, after cutting off what lies behind it. Makes the file if there is none. */
  writeFrom(path: string, position: number, text: string): Promise<void>;
  /** Waits until the content of a file is on the disk. */
  syncFile(path: string): Promise<void>;
  /** Waits until the names in a directory are on the disk. */
  syncDirectory(path: string): Promise<void>;
  /** Renames, replacing a file of the new name; false if there is nothing of the old name. */
  rename(from: string, to: string): Promise<boolean>;
  /** Removes a file; false if there is none. */
  remove(path: string): Promise<boolean>;
  /** Removes a directory with all that is in it. */
  removeTree(path: string): Promise<void>;
}

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR, O_WRONLY } = constants;
/** Absent on Windows, where symbolic links need a privilege anyway. */
const noFollow = O_NOFOLLOW ?? 0;
const mode = 0o600;
const directoryMode = 0o700;

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

function refused(error: unknown, path: string): RegraftError {
  const code = codeOf(error);
  if (code === "ELOOP" || code === "EMLINK") {
    return new RegraftError("STORE.DAMAGED", "a symbolic link lies where a file of the store should be", {
      file: path,
      expected: "a plain file",
      received: "a symbolic link",
    });
  }
  if (code === "EISDIR") {
    return new RegraftError("STORE.DAMAGED", "a directory lies where a file of the store should be", {
      file: path,
      expected: "a plain file",
      received: "a directory",
    });
  }
  const options = { cause: error };
  return new RegraftError(
    "STORE.UNAVAILABLE",
    `the file system refuses: ${code ?? "unknown"}`,
    { file: path },
    options,
  );
}

/** Runs one step; an error whose code is in `absent` is the answer `undefined`. */
async function step<T>(path: string, absent: readonly string[], act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (absent.includes(codeOf(error) ?? "")) return undefined;
    throw refused(error, path);
  }
}

function stepNow<T>(path: string, absent: readonly string[], act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (absent.includes(codeOf(error) ?? "")) return undefined;
    throw refused(error, path);
  }
}

function readOpen(path: string): Buffer {
  const file = openSync(path, O_RDONLY | noFollow);
  try {
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

async function writeAndSync(path: string, flags: number, text: string, fsync: boolean): Promise<void> {
  const file = await promises.open(path, flags | noFollow, mode);
  try {
    await file.writeFile(text);
    if (fsync) await file.sync();
  } finally {
    await file.close();
  }
}

function cut(path: string, length: number): void {
  const file = openSync(path, O_RDWR | O_CREAT | noFollow, mode);
  try {
    ftruncateSync(file, length);
  } finally {
    closeSync(file);
  }
}

async function syncOpened(path: string): Promise<void> {
  const file = await promises.open(path, O_RDONLY | noFollow);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * The file system of this host.
 *
 * @param options.fsync - false leaves it to the operating system when content reaches the disk: what was written
 *   survives the end of the process, but not the end of the machine
 */
export function nodeFileSystem({ fsync }: { readonly fsync: boolean }): FileSystem {
  return {
    read: (path) => stepNow(path, ["ENOENT", "ENOTDIR"], () => readOpen(path)),
    list: (path) => stepNow(path, ["ENOENT", "ENOTDIR"], () => readdirSync(path).sort()) ?? [],
    kind: (path) =>
      stepNow(path, ["ENOENT", "ENOTDIR"], () => {
        const entry = lstatSync(path);
        return entry.isDirectory() ? "directory" : entry.isFile() ? "file" : "other";
      }),
    makeDirectory: async (path) =>
      (await step(path, ["EEXIST"], async () => {
        await promises.mkdir(path, { mode: directoryMode });
        return true;
      })) ?? false,
    create: async (path, text) => {
      await step(path, [], () => writeAndSync(path, O_WRONLY | O_CREAT | O_EXCL, text, fsync));
    },
    writeFrom: async (path, position, text) => {
      await step(path, [], async () => {
        cut(path, position);
        await writeAndSync(path, O_WRONLY | O_APPEND, text, false);
      });
    },
    syncFile: async (path) => {
      if (fsync) await step(path, ["ENOENT"], () => syncOpened(path));
    },
    syncDirectory: async (path) => {
      if (fsync) await step(path, [], () => syncOpened(path));
    },
    rename: async (from, to) =>
      (await step(from, ["ENOENT"], async () => {
        await promises.rename(from, to);
        return true;
      })) ?? false,
    remove: async (path) =>
      (await step(path, ["ENOENT"], async () => {
        await promises.unlink(path);
        return true;
      })) ?? false,
    removeTree: async (path) => {
      await step(path, ["ENOENT"], () => promises.rm(path, { recursive: true, force: true }));
    },
  };
}
