import { join } from "node:path";
import { isRegraftError } from "../errors.js";
import { outboxFile, shardedFiles } from "./file-layout.js";
import { repairStream, rollForward } from "./file-ledger.js";
import { releaseIfDead } from "./file-locks.js";
import { checkPointerAt } from "./file-records.js";
import { readSession, readSessionAt } from "./file-session-file.js";
import { streamSubject } from "./file-streams.js";
import type { Workspace } from "./file-workspace.js";
import { subjectKey } from "./subject-key.js";

/**
 * What a recovery found and mended. All counts are 0 and the list is empty where nothing was wrong.
 *
 * @public
 */
export interface FileStoreRecovery {
  /** Locks of processes that had ended. */
  readonly locksReleased: number;
  /** Files that processes left behind in the middle of a write. */
  readonly temporariesRemoved: number;
  /** Streams whose last append was cut short, and never acknowledged. */
  readonly streamsRepaired: number;
  /** Ledger entries of commits that had not reached their stream's own file. */
  readonly entriesRolledForward: number;
  /** What cannot be mended from within. */
  readonly damaged: readonly DamagedFile[];
}

/** A file that is not what the store wrote; it is left as it is. */
export interface DamagedFile {
  /** Its path below the directory of the store. */
  readonly file: string;
  readonly code: string;
  /** What was found in it. */
  readonly received?: string;
  /** The entry where a ledger stream breaks. */
  readonly seq?: number;
}

async function removeTemporaries({ files, owner, root }: Workspace): Promise<number> {
  const left = files.list(join(root, "tmp")).filter((name) => owner.isDead(name));
  for (const name of left) await files.removeTree(join(root, "tmp", name));
  return left.length;
}

/** Mends what ended processes left behind and checks every session, stream and pointer. Safe while others work; linear in all. */
export async function recoverWorkspace(at: Workspace): Promise<FileStoreRecovery> {
  const { files, owner, root } = at;
  let locksReleased = 0;
  for (const name of files.list(join(root, "locks"))) {
    if (await releaseIfDead(files, owner, join(root, "locks", name))) locksReleased += 1;
  }
  const temporariesRemoved = await removeTemporaries(at);
  const found: DamagedFile[] = [];
  let streamsRepaired = 0;
  let entriesRolledForward = 0;

  const check = async (file: string, act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      if (!isRegraftError(error, "STORE.DAMAGED") && !isRegraftError(error, "LEDGER.CHAIN_BROKEN")) throw error;
      const { seq, received } = error.details;
      const more = { ...(typeof seq === "number" ? { seq } : {}), ...(received === undefined ? {} : { received }) };
      found.push({ file, code: error.code, ...more });
    }
  };

  for (const { path } of shardedFiles(files, root, "streams")) {
    await check(path, async () => {
      const subject = streamSubject(at, path);
      const mend = async () => {
        if (subject === undefined) await at.remove(path);
        if (subject === undefined || (await repairStream(at, subject))) streamsRepaired += 1;
      };
      await at.locks.holding(subject === undefined ? [] : [subjectKey(subject)], mend);
    });
  }
  for (const tenant of files.list(join(root, "sessions"))) {
    for (const { path } of shardedFiles(files, root, join("sessions", tenant))) {
      await check(path, async () => {
        const seen = readSessionAt(at, path);
        if (seen === undefined) return;
        const subject = { kind: "session", tenantId: seen.session.tenantId, id: seen.session.id };
        await at.locks.holding([subjectKey(subject)], async () => {
          const content = readSession(at, subject);
          const entries = content?.entries ?? [];
          const isPending = (content?.session.outbox?.length ?? 0) > 0;
          const note = outboxFile(subject.tenantId, subject.id);
          if (isPending && at.files.kind(at.path(note)) === undefined) await at.write(note, subject);
          entriesRolledForward += (await rollForward(at, subject, entries)).added;
        });
      });
    }
  }
  for (const group of files.list(join(root, "pointers"))) {
    for (const { path } of shardedFiles(files, root, join("pointers", group))) {
      await check(path, async () => checkPointerAt(at, path));
    }
  }
  return { locksReleased, temporariesRemoved, streamsRepaired, entriesRolledForward, damaged: found };
}
