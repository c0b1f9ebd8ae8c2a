import { RegraftError } from "../errors.js";
import { toCloudEvents } from "../ledger/cloud-event.js";
import type { LedgerEntry, StreamSummary } from "../ports/ledger.js";
import { plain, table } from "../tools/render-table.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import type { CliIo } from "./io.js";
import type { LedgerSealOptions, LedgerShowOptions, LedgerVerifyOptions } from "./ledger-options.js";
import type { OnStoreOptions } from "./options.js";
import { readSigner, readVerifier } from "./signing-key.js";
import { withStore } from "./store-open.js";
import { print, printJson, styleOf } from "./versions.js";

interface Named {
  readonly kind: string;
  readonly id: string;
}

function streamIn(text: string): Named {
  const at = text.indexOf("/");
  if (at > 0 && at < text.length - 1) return { kind: text.slice(0, at), id: text.slice(at + 1) };
  throw new RegraftError("CLI.USAGE", `"${text}" names no stream`, { expected: "kind/id", received: text });
}

function notFound({ kind, id }: Named): RegraftError {
  const received = `${kind}/${id}`;
  return new RegraftError("LEDGER.NOT_FOUND", `the ledger has no stream ${received}`, {
    expected: "a stream",
    received,
  });
}

/** `regraft ledger verify`: checks every stream of the tenant. */
export async function runLedgerVerify(io: CliIo, options: LedgerVerifyOptions): Promise<ExitCode> {
  const trusted = await readVerifier(io, options.publicKey);
  const verdict = await withStore(io, options, (regraft) => regraft.ledger.verify(trusted));
  if (options.json === true) printJson(io, verdict);
  else {
    const { streams, entries, erased, sealed, findings } = verdict;
    const lines = findings.map(({ code, stream, seq, message }) => {
      const where = stream === undefined ? "" : ` in ${plain(`${stream.kind}/${stream.id}`)}`;
      return `${code}${where}${seq === undefined ? "" : ` at entry ${seq}`}: ${plain(message)}`;
    });
    const counts = `${entries} entries in ${streams} streams, ${erased} erased, ${sealed} streams sealed`;
    print(io, [...lines, `${verdict.ok ? "The ledger is whole" : "The ledger is broken"}: ${counts}.`]);
  }
  return verdict.ok ? exitCodes.ok : exitCodes.integrity;
}

/** `regraft ledger head`: the heads of all streams, or of one. */
export async function runLedgerHead(io: CliIo, stream: string | undefined, options: OnStoreOptions): Promise<ExitCode> {
  const wanted = stream === undefined ? undefined : streamIn(stream);
  const heads = await withStore(io, options, async (regraft) => {
    const all: StreamSummary[] = [];
    for await (const head of regraft.ledger.streams()) {
      if (wanted === undefined || (head.subject.kind === wanted.kind && head.subject.id === wanted.id)) all.push(head);
    }
    return all;
  });
  if (wanted !== undefined && heads.length === 0) throw notFound(wanted);
  const rows = heads.map(({ subject: { kind, id }, seq, hash }) => ({ kind, id, seq, hash }));
  if (options.json === true) printJson(io, rows);
  else if (rows.length === 0) print(io, ["The ledger is empty."]);
  else {
    const columns = ["kind", "id", "entries", "hash"].map((title) => ({ title }));
    const cells = rows.map(({ kind, id, seq, hash }) => [kind, id, String(seq), hash]);
    print(io, table(columns, cells, styleOf(io)));
  }
  return exitCodes.ok;
}

/** `regraft ledger show`: the entries of one stream. */
export async function runLedgerShow(io: CliIo, stream: string, options: LedgerShowOptions): Promise<ExitCode> {
  const wanted = streamIn(stream);
  const entries = await withStore(io, options, async (regraft) => {
    const all: LedgerEntry[] = [];
    for await (const entry of regraft.ledger.entries(wanted)) all.push(entry);
    return all;
  });
  const [first, ...rest] = entries;
  if (first === undefined) throw notFound(wanted);
  if (options.cloudEvents === true) {
    // Where the start of the stream was dropped, the first entry has lost the hash before it.
    const events = first.seq === 1 ? toCloudEvents(entries) : toCloudEvents(rest, { previous: first.hash });
    for (const event of events) io.out(`${JSON.stringify(event)}\n`);
  } else if (options.json === true) for (const entry of entries) io.out(`${JSON.stringify(entry)}\n`);
  else {
    const columns = ["entry", "time", "type", "action"].map((title) => ({ title }));
    const cells = entries.map(({ seq, at, type, data, erased }) => {
      return [String(seq), at, type, erased === true ? "(erased)" : typeof data.action === "string" ? data.action : ""];
    });
    print(io, table(columns, cells, styleOf(io)));
  }
  return exitCodes.ok;
}

/** `regraft ledger seal`: seals the heads of the streams that have changed. */
export async function runLedgerSeal(io: CliIo, options: LedgerSealOptions): Promise<ExitCode> {
  const signing = await readSigner(io, options.key);
  const { streams, head } = await withStore(io, options, (regraft) => regraft.ledger.seal(signing));
  if (options.json === true) printJson(io, { streams, head });
  else print(io, [`${streams} streams sealed; seal ${head.seq}, ${head.hash}`]);
  return exitCodes.ok;
}
