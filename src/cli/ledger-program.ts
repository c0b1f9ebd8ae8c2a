import { type Command, Option } from "commander";
import { addStore, atOption, command, countOption, jsonOption } from "./command.js";
import type { ExitCode } from "./exit-codes.js";
import type { LedgerHandlers } from "./ledger-handlers.js";
import type {
  AuditBundleOptions,
  AuditVerifyOptions,
  FileOptions,
  LedgerSealOptions,
  LedgerShowOptions,
  LedgerVerifyOptions,
  ReportOptions,
  RunRecordOptions,
  RunReproduceOptions,
} from "./ledger-options.js";
import type { OnStoreOptions } from "./options.js";

interface Parts {
  readonly handlers: LedgerHandlers;
  readonly done: (code: ExitCode) => void;
}

const keyOption = (does: string) =>
  new Option("--key <file>", `file of an Ed25519 private key in PEM form; ${does}, and is kept nowhere`);
const publicKeyOption = (does: string) =>
  new Option("--public-key <file>", `file of an Ed25519 public key in PEM form; ${does}`);
const streamWords = "kind and id of a stream, for example session/s1";

/** Adds the commands about the ledger and what is made of it. */
export function addLedgerCommands(program: Command, { handlers, done }: Parts): void {
  const ledger = command(program, "ledger", "Checks, shows and seals the ledger of a store.");
  addStore(command(ledger, "verify", "Checks every stream: chains, erasures, and heads that were sealed.", "ledger"))
    .addOption(publicKeyOption("every seal has to be signed by it"))
    .addOption(jsonOption("print counts and findings as JSON"))
    .action(async (options: LedgerVerifyOptions) => done(await handlers.verify(options)));
  addStore(command(ledger, "head", "Lists the streams with their heads, or prints the head of one.", "ledger"))
    .argument("[stream]", streamWords)
    .addOption(jsonOption("print the heads as JSON"))
    .action(async (stream: string | undefined, options: OnStoreOptions) => done(await handlers.head(stream, options)));
  addStore(command(ledger, "show", "Prints the entries of a stream.", "ledger"))
    .argument("<stream>", streamWords)
    .option("--cloud-events", "print each entry as a CloudEvent, one a line")
    .addOption(jsonOption("print each entry as JSON, one a line"))
    .action(async (stream: string, options: LedgerShowOptions) => done(await handlers.show(stream, options)));
  addStore(command(ledger, "seal", "Chains the heads of all streams that have changed since the last seal.", "ledger"))
    .addOption(keyOption("signs the seal"))
    .addOption(jsonOption("print the number of streams and the head of the seals as JSON"))
    .action(async (options: LedgerSealOptions) => done(await handlers.seal(options)));

  const audit = command(program, "audit", "Makes and checks bundles for an auditor.");
  addStore(command(audit, "bundle", "Writes ledger streams and seals into one file that proves itself.", "audit"))
    .requiredOption("--out <file>", "file of the bundle")
    .option("--plan <id>", "only this plan and the sessions it took part in")
    .option("--session <id>", "only this session")
    .addOption(keyOption("signs the bundle"))
    .addOption(jsonOption("print what the bundle holds as JSON"))
    .action(async (options: AuditBundleOptions) => done(await handlers.bundle(options)));
  command(audit, "verify", "Checks a bundle offline: every byte, every chain, and the seals.", "audit")
    .argument("<file>", "file of the bundle")
    .addOption(publicKeyOption("the bundle has to be signed by it"))
    .addOption(jsonOption("print what the bundle holds as JSON"))
    .action(async (file: string, options: AuditVerifyOptions) => done(await handlers.verifyBundle(file, options)));
  command(audit, "snapshot", "Prints the graph of a version in canonical order, or checks such a file.", "audit")
    .argument("<file>", "file of a version, or of a snapshot")
    .addOption(jsonOption("print the snapshot as JSON; it always is"))
    .action(async (file: string, options: FileOptions) => done(await handlers.snapshot(file, options)));

  const run = command(program, "run", "Records decisions with their inputs, so that they can be made again.");
  command(run, "record", "Decides about sessions and writes inputs, decisions and manifest into one file.", "run")
    .argument("<v1>", "file of the old version")
    .argument("<v2>", "file of the new version")
    .requiredOption("--sessions <file>", "sessions: a JSON array, or one session a line")
    .requiredOption("--out <file>", "file of the run")
    .option("--id <id>", "id of the run", "run-1")
    .addOption(atOption("the moment that ages of sessions count to; now if absent"))
    .option("--config <file>", "options by profile; that of REGRAFT_CONFIG if absent")
    .option("--profile <name>", "profile of the options; that of REGRAFT_PROFILE, else the file's default")
    .addOption(
      new Option("--set <name=value>", "an option such as limits.maxSteps=500; may be given several times").argParser(
        (value: string, list: string[] | undefined) => [...(list ?? []), value],
      ),
    )
    .addOption(jsonOption("print the manifest as JSON"))
    .action(async (v1: string, v2: string, options: RunRecordOptions) => done(await handlers.record(v1, v2, options)));
  command(run, "show", "Prints what a run was given and what it came to.", "run")
    .argument("<file>", "file of the run")
    .addOption(jsonOption("print the manifest as JSON"))
    .action(async (file: string, options: FileOptions) => done(await handlers.showRun(file, options)));
  command(run, "reproduce", "Makes the decisions of runs again and compares them.", "run")
    .argument("<files...>", "files of runs")
    .addOption(
      countOption("--sample <number>", "only so many of the files, spread over all of them", {
        least: 1,
        most: 1_000_000,
      }),
    )
    .addOption(jsonOption("print the digests, or how many of several runs came to the same, as JSON"))
    .action(async (files: string[], options: RunReproduceOptions) => done(await handlers.reproduce(files, options)));

  const report = command(program, "report", "Makes and checks reports of migrations.");
  addStore(command(report, "plan", "Says what became of a plan and its sessions, from the ledger alone.", "report"))
    .argument("<plan>", "id of the plan")
    .option("--out <file>", "write the report to a file")
    .addOption(jsonOption("print the report as JSON instead of Markdown"))
    .action(async (planId: string, options: ReportOptions) => done(await handlers.report(planId, options)));
  command(report, "check", "Checks a report in JSON: its form, its digest, and its counts.", "report")
    .argument("<file>", "file of the report")
    .addOption(jsonOption("print the counts as JSON"))
    .action(async (file: string, options: FileOptions) => done(await handlers.checkReport(file, options)));
}
