import { RegraftError } from "../errors.js";
import type { StoreCapabilities } from "../ports/capabilities.js";
import type { Clock } from "../ports/clock.js";
import type { RecordStore } from "../ports/record-store.js";
import type { SessionStore } from "../ports/session-store.js";
import type { FileSystem } from "../resilience/atomic-file-system.js";
import { fileLeases } from "./file-leases.js";
import type { Owner } from "./file-owner.js";
import { fileRecords } from "./file-records.js";
import { type FileStoreRecovery, recoverWorkspace } from "./file-recover.js";
import { fileSessions } from "./file-sessions.js";
import { openWorkspace, type Workspace } from "./file-workspace.js";

const capabilities: StoreCapabilities = Object.freeze({
  atomicCommit: true,
  durable: true,
  setBasedMark: false,
  indexedOutbox: true,
  leases: true,
});

/**
 * How a file store works.
 *
 * @public
 */
export interface FileStoreOptions {
  /** Ends the leases; the machine's clock if absent. */
  readonly clock?: Clock;
  /**
   * Whether a write returns only when it is on the disk. If false, what was written survives the end of the process, but
   * the latest of it may be lost when the machine stops. Default true.
   */
  readonly fsync?: boolean;
  /**
   * Whether a directory that is missing or empty becomes a store at the first call. If false, every call throws `STORE.NOT_FOUND` there and
   * makes nothing: for what only looks at a store that somebody else has named. Default true.
   */
  readonly create?: boolean;
  /** How long to wait for a lock of another process, in milliseconds. Default 10,000. */
  readonly lockTimeoutMs?: number;
}

/**
 * A store in a directory.
 *
 * @public
 */
export interface FileStore extends SessionStore, RecordStore {
  readonly capabilities: StoreCapabilities;
  /** Mends what ended processes left behind and checks every session and stream. Never needed for going on. */
  recover(): Promise<FileStoreRecovery>;
  /** Refuses further calls. Nothing else is to be closed: no file stays open between calls. */
  close(): Promise<void>;
}

/** What the store stands on; tests put something else in its place. */
export interface FileStoreHost {
  readonly files: FileSystem;
  readonly owner: Owner;
}

const defaultLockTimeoutMs = 10_000;

/** The file store on a given host. */
export function fileStoreOn(host: FileStoreHost, directory: string, options: FileStoreOptions = {}): FileStore {
  const { clock = { now: () => Date.now() }, create = true, lockTimeoutMs = defaultLockTimeoutMs } = options;
  let opening: Promise<Workspace> | undefined;
  let isClosed = false;

  const workspace = async (): Promise<Workspace> => {
    if (isClosed) throw new RegraftError("STORE.UNAVAILABLE", "the store was closed");
    opening ??= openWorkspace(directory, { ...host, create, lockTimeoutMs });
    try {
      return await opening;
    } catch (error) {
      opening = undefined;
      throw error;
    }
  };

  return Object.freeze({
    capabilities,
    ...fileSessions(workspace),
    ...fileRecords(workspace),
    ...fileLeases(workspace, clock),
    recover: async () => recoverWorkspace(await workspace()),
    close: async () => {
      isClosed = true;
    },
  });
}
