import { randomUUID } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { lstat, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { OpenFile } from "./io.js";
import { sizeLimits, tooLarge } from "./size-limits.js";

/**
 * Files that somebody names on the command line. They may lie anywhere, and what is read may be reached over links; but only plain
 * files are read and written, so that nothing waits for a pipe or fills a device, and nothing is written through a link or over what
 * the same command reads. What the shell itself hands over (`/dev/stdin`, `/dev/fd/63`) is taken as it is.
 */
export interface NamedFiles {
  readonly readFile: (path: string) => Promise<string>;
  readonly readPieces: (path: string) => AsyncIterable<string>;
  /** A file that exists is replaced whole, with the same permissions. */
  readonly writeFile: (path: string, text: string | AsyncIterable<string>) => Promise<void>;
  readonly openFile: (path: string) => Promise<OpenFile>;
}

/** A path at which lies what is neither read nor written. */
export class NotAFile extends Error {
  constructor(readonly found: string) {
    super(`there is ${found}`);
  }
}

const handedOver = /^\/dev\/(stdin|stdout|stderr|null|fd\/\d+)$/;

function kindOf(found: Stats): string {
  if (found.isDirectory()) return "a directory";
  if (found.isFIFO()) return "a named pipe";
  if (found.isSocket()) return "a socket";
  return found.isSymbolicLink() ? "a symbolic link" : "a device";
}

function refuseOther(found: Stats): Stats {
  if (!found.isFile()) throw new NotAFile(kindOf(found));
  return found;
}

const identityOf = ({ dev, ino }: Stats) => `${dev}:${ino}`;

/** The files of a real process, which remember what was read. */
export function namedFiles(): NamedFiles {
  const readBefore = new Set<string>();

  /** What lies at a path that is to be written; undefined if nothing does. */
  const target = async (path: string): Promise<Stats | undefined> => {
    const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (found === undefined) return undefined;
    if (readBefore.has(identityOf(refuseOther(found)))) throw new NotAFile("a file that this command reads");
    return found;
  };

  const openedToRead = async (path: string) => {
    // A pipe is looked at before it is opened, and opening does not wait for one that comes in between.
    refuseOther(await stat(path));
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      readBefore.add(identityOf(refuseOther(await file.stat())));
      return file;
    } catch (error) {
      await file.close();
      throw error;
    }
  };

  /** What is handed over can be read once only. */
  const handedTexts = new Map<string, Promise<string>>();

  return {
    readFile: async (path) => {
      if (handedOver.test(path)) return readFile(path, "utf8");
      const file = await openedToRead(path);
      try {
        // A character takes up to four bytes; what is surely too long is not read at all.
        if ((await file.stat()).size > 4 * sizeLimits.file) throw tooLarge(path, "file");
        return await file.readFile("utf8");
      } finally {
        await file.close();
      }
    },
    async *readPieces(path) {
      if (handedOver.test(path)) {
        const text = handedTexts.get(path) ?? readFile(path, "utf8");
        handedTexts.set(path, text);
        yield await text;
        return;
      }
      const file = await openedToRead(path);
      yield* file.createReadStream({ encoding: "utf8" }) as AsyncIterable<string>;
    },
    writeFile: async (path, text) => {
      if (handedOver.test(path)) return writeFile(path, text);
      const before = await target(path);
      const neighbour = join(dirname(path), `.regraft-${randomUUID()}.tmp`);
      try {
        await writeFile(neighbour, text, { flag: "wx", flush: true, ...(before && { mode: before.mode }) });
        await rename(neighbour, path);
      } catch (error) {
        await rm(neighbour, { force: true });
        throw error;
      }
    },
    openFile: async (path) => {
      if (handedOver.test(path)) return opened(await open(path, "w"));
      await target(path);
      const { O_WRONLY, O_CREAT, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
      const file = await open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK);
      try {
        refuseOther(await file.stat());
        await file.truncate();
      } catch (error) {
        await file.close();
        throw error;
      }
      return opened(file);
    },
  };
}

function opened(file: Awaited<ReturnType<typeof open>>): OpenFile {
  return { write: (text) => file.writeFile(text), close: () => file.close() };
}
