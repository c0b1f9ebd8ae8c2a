import type { Regraft } from "../engine/regraft.js";
import { isRegraftError } from "../errors.js";
import type { LedgerEntry } from "../ports/ledger.js";
import type { Subject } from "../ports/subject.js";
import { plain } from "../tools/render-table.js";
import type { CliIo } from "./io.js";

/** The entries of one stream among many. A stream whose session cannot be read is left out with a note, and stops no other. */
export async function* readableEntries(
  io: CliIo,
  ledger: Regraft["ledger"],
  subject: Subject,
): AsyncGenerator<LedgerEntry> {
  try {
    yield* ledger.entries(subject);
  } catch (error) {
    if (!isRegraftError(error, "STORE.DAMAGED")) throw error;
    const { file = "", received = "" } = error.details;
    io.err(`note: left out ${plain(`${subject.kind}/${subject.id}`)}, which cannot be read: ${file}: ${received}\n`);
  }
}
