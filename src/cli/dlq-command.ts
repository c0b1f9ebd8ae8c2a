import type { RequeueResult } from "../engine/dead-letter-book.js";
import type { Regraft } from "../engine/regraft.js";
import { RegraftError } from "../errors.js";
import type { DeadLetter } from "../resilience/dead-letter.js";
import { counted, plain, table } from "../tools/render-table.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import type { CliIo } from "./io.js";
import type { OnStoreOptions } from "./options.js";
import type { DlqDropOptions, DlqRetryOptions } from "./resilience-options.js";
import { withStore } from "./store-open.js";
import { print, printJson, styleOf } from "./versions.js";

async function allLetters({ deadLetters }: Regraft): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  let cursor: string | undefined;
  do {
    const page = await deadLetters.list({ limit: 500, ...(cursor === undefined ? {} : { cursor }) });
    letters.push(...page.letters);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return letters;
}

/** `regraft dlq list`: what was set aside. */
export async function runDlqList(io: CliIo, options: OnStoreOptions): Promise<ExitCode> {
  const letters = await withStore(io, options, allLetters);
  if (options.json === true) {
    printJson(io, letters);
    return exitCodes.ok;
  }
  const columns = ["session", "status", "tries", "since", "last", "error"].map((title) => ({ title }));
  const rows = letters.map(({ id, status, attempts, firstAt, lastAt, error }) => [
    ...[id, status, String(attempts), firstAt, lastAt, error],
  ]);
  print(io, [
    letters.length === 0 ? "There is no dead letter." : counted(letters.length, "dead letter"),
    ...table(columns, rows, { ...styleOf(io), columns: Number.POSITIVE_INFINITY }),
  ]);
  return exitCodes.ok;
}

/** `regraft dlq retry`: tries one or all of them again. */
export async function runDlqRetry(
  io: CliIo,
  sessionId: string | undefined,
  { all = false, by, ...options }: DlqRetryOptions,
): Promise<ExitCode> {
  if ((sessionId === undefined) !== all) {
    throw new RegraftError("CLI.USAGE", "name one session, or --all", { expected: "one of the two" });
  }
  const results = await withStore(io, options, async (regraft) => {
    const ids = sessionId === undefined ? (await allLetters(regraft)).map(({ id }) => id) : [sessionId];
    const done: RequeueResult[] = [];
    for (const id of ids) done.push(await regraft.deadLetters.retry(id, { by }));
    return done;
  });
  if (options.json === true) printJson(io, results);
  else
    print(
      io,
      results.map(({ letter, outcome, reason }) =>
        reason === undefined
          ? `${plain(letter.id)}: settled, ${outcome ?? "the session is gone"}`
          : `${plain(letter.id)}: set aside again (${reason}): ${plain(letter.error)}`,
      ),
    );
  return results.some(({ reason }) => reason !== undefined) ? exitCodes.findings : exitCodes.ok;
}

/** `regraft dlq drop`: gives one up. */
export async function runDlqDrop(
  io: CliIo,
  sessionId: string,
  { by, reason, ...options }: DlqDropOptions,
): Promise<ExitCode> {
  const letter = await withStore(io, options, (regraft) => regraft.deadLetters.drop(sessionId, { by, reason }));
  if (options.json === true) printJson(io, letter);
  else print(io, [`${plain(letter.id)}: given up.`]);
  return exitCodes.ok;
}
