import { describe } from "../contracts/violation.js";
import { RegraftError } from "../errors.js";
import { nodeFileSystem } from "../resilience/atomic-file-system.js";
import { processOwner } from "./file-owner.js";
import { type FileStore, type FileStoreOptions, fileStoreOn } from "./file-store.js";

export type { DamagedFile, FileStoreRecovery } from "./file-recover.js";
export type { FileStore, FileStoreOptions } from "./file-store.js";

/**
 * A store of sessions and records in a directory of this host, for several processes at once.
 *
 * Every change is one atomic replacement of a file or one line at the end of one, so a process can end at any moment:
 * a write is there whole or not at all, a session together with the ledger records of its commit. Nothing has to be
 * recovered before going on; `recover` tidies up. The directory is made at the first call. It must lie on a local file
 * system; symbolic links inside are refused.
 *
 * Costs: `get`, `commit` and `pointer` touch a few files, however many sessions there are. `scan`, `count`, `mark` and
 * `find` read every file of the tenant that can match. `read`, and `append` with a key, read the whole stream.
 *
 * @throws RegraftError `INPUT.INVALID` for a directory that is no text; from every method: `STORE.UNAVAILABLE` when the
 *   file system refuses or a lock does not come free; `STORE.LAYOUT_UNKNOWN` for a directory with other content or of a later format; `STORE.DAMAGED` for a file
 *   that the store did not write; `LEDGER.CHAIN_BROKEN` with `seq` from `read` of a stream that was changed
 *
 * @example
 * import { mkdtempSync, rmSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 *
 * const directory = mkdtempSync(join(tmpdir(), "regraft-")); // or "./regraft-data"
 * const store = fileStore(directory);
 * await store.commit({ session: startSession(scenario, { id: "s1", at: "2026-03-01T09:00:00Z" }), expectedRevision: 0 });
 * (await fileStore(directory).get({ tenantId: "", id: "s1" }))?.revision; // 1
 * await store.close();
 * rmSync(directory, { recursive: true });
 *
 * @public
 */
export function fileStore(directory: string, options: FileStoreOptions = {}): FileStore {
  if (typeof directory !== "string" || directory === "") {
    throw new RegraftError("INPUT.INVALID", "a file store needs the name of its directory", {
      path: "/directory",
      expected: 'a text, as in fileStore("./data")',
      received: describe(directory),
    });
  }
  const files = nodeFileSystem({ fsync: options.fsync ?? true });
  return fileStoreOn({ files, owner: processOwner() }, directory, options);
}
