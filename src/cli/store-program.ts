import { type Command, Option } from "commander";
import { addStore, atOption, command, countOption, jsonOption, wordsOption } from "./command.js";
import type { ExitCode } from "./exit-codes.js";
import type { Handlers } from "./handlers.js";
import type {
  ApproveOptions,
  DeployOptions,
  OnStoreOptions,
  RejectOptions,
  RetentionApplyOptions,
  RetentionPlanOptions,
  SetupOptions,
  ShowOptions,
  WorkerOptions,
} from "./options.js";

interface Parts {
  readonly handlers: Handlers;
  readonly done: (code: ExitCode) => void;
}

const planId = "id of the plan";

/** Adds the commands that work on a store. */
export function addStoreCommands(program: Command, { handlers, done }: Parts): void {
  const store = command(program, "store", "Prepares a store.");
  addStore(
    command(store, "setup", "Makes the tables of a store, or brings them up to date. May be run again.", "store"),
  )
    .addOption(new Option("--url <address>", "the same as --store").conflicts("store"))
    .addOption(jsonOption("print what was done as JSON"))
    .action(async ({ url, ...options }: SetupOptions) =>
      done(await handlers.storeSetup(url === undefined ? options : { ...options, store: url })),
    );

  addStore(command(program, "publish", "Archives a version in a store and makes it the live one. Moves nobody."))
    .argument("<file>", "file of the version")
    .addOption(jsonOption("print scenario and version as JSON"))
    .action(async (file: string, options: OnStoreOptions) => done(await handlers.publish(file, options)));

  addStore(command(program, "approve", "Approves a plan of a store, by the digest that was read."))
    .argument("<plan>", planId)
    .addOption(wordsOption("--by <name>", "who approves").makeOptionMandatory())
    .requiredOption("--digest <digest>", "digest of the plan as it was read")
    .option("--evidence <directory>", "where the evidence lies that the plan's contract wants to see")
    .addOption(jsonOption("print the plan's state as JSON"))
    .action(async (plan: string, options: ApproveOptions) => done(await handlers.approve(plan, options)));

  addStore(command(program, "show", "Prints a plan of a store, to be read before it is approved or rejected."))
    .argument("<plan>", planId)
    .addOption(jsonOption("print the plan as JSON"))
    .addOption(new Option("--markdown", "print it as Markdown, for a page or a pull request").conflicts("json"))
    .action(async (plan: string, options: ShowOptions) => done(await handlers.show(plan, options)));

  addStore(command(program, "reject", "Ends a plan that was not deployed, so that another one can be proposed."))
    .argument("<plan>", planId)
    .addOption(wordsOption("--by <name>", "who rejects").makeOptionMandatory())
    .addOption(wordsOption("--reason <text>", "why"))
    .addOption(jsonOption("print the plan's state as JSON"))
    .action(async (plan: string, options: RejectOptions) => done(await handlers.reject(plan, options)));

  addStore(
    command(program, "deploy", "Publishes the new version of an approved plan and marks its sessions. Moves nobody."),
  )
    .argument("<plan>", planId)
    .addOption(wordsOption("--by <name>", "who deploys"))
    .option("--evidence <directory>", "where evidence lies that was not shown at the approval")
    .addOption(jsonOption("print the plan's state as JSON"))
    .action(async (plan: string, options: DeployOptions) => done(await handlers.deploy(plan, options)));

  addStore(command(program, "status", "Lists the plans of a store, or says how far one of them has come."))
    .argument("[plan]", planId)
    .addOption(jsonOption("print it as JSON"))
    .action(async (plan: string | undefined, options: OnStoreOptions) => done(await handlers.status(plan, options)));

  const retention = command(program, "retention", "Drops old versions and plans that nothing needs any more.");
  addStore(command(retention, "plan", "Says what would be dropped, what stays, and why. Changes nothing.", "retention"))
    .addOption(atOption("the moment that ages count to, now or before"))
    .option("--out <file>", "write the retention plan as JSON to a file, for `retention apply`")
    .addOption(jsonOption("print the retention plan as JSON"))
    .action(async (options: RetentionPlanOptions) => done(await handlers.retentionPlan(options)));
  addStore(
    command(
      retention,
      "apply",
      "Drops for good what a retention plan names, checked again item by item. After a crash, run it again.",
      "retention",
    ),
  )
    .argument("<file>", "retention plan, as `retention plan --out` wrote it")
    .addOption(wordsOption("--by <name>", "who decides").makeOptionMandatory())
    .addOption(jsonOption("print what was dropped and spared as JSON"))
    .action(async (file: string, options: RetentionApplyOptions) => done(await handlers.retentionApply(file, options)));

  addStore(
    command(program, "worker", "Moves marked sessions ahead of their next message, until it is told to stop."),
    "store: postgres://user@host/database",
  )
    .addOption(countOption("--concurrency <n>", "pages at a time", { least: 1, most: 64 }).default(4))
    .addOption(countOption("--page-size <n>", "sessions a page", { least: 1, most: 1000 }).default(200))
    .addOption(
      countOption("--rate <n>", "sessions a second and tenant; no limit if absent", { least: 1, most: 1_000_000 }),
    )
    .option("--once", "end when nothing is left to do")
    .addOption(jsonOption("print each event as a line of JSON"))
    .action(async (options: WorkerOptions) => done(await handlers.worker(options)));
}
