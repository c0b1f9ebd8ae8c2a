import { type Command, Option } from "commander";
import { addStore, command, jsonOption } from "./command.js";
import type { ExitCode } from "./exit-codes.js";
import type { OnStoreOptions } from "./options.js";
import type { ToolsHandlers } from "./tools-handlers.js";
import type {
  ConfigShowOptions,
  DoctorOptions,
  DrillOptions,
  SchemaOptions,
  StateMigrateOptions,
} from "./tools-options.js";

/** What the definition of these commands needs. */
export interface ToolsParts {
  readonly handlers: ToolsHandlers;
  readonly done: (code: ExitCode) => void;
}

const registryWords = "registry of your own kinds; that of this package if absent";

/** Defines the commands that look after contracts, configuration and stores. */
export function addToolsCommands(program: Command, { handlers, done }: ToolsParts): void {
  const schema = command(program, "schema", "Lists, checks and pins the schemas of everything that is kept.");
  command(schema, "list", "Lists the kinds of documents with version, owner and number of examples.", "schema")
    .option("--registry <file>", registryWords)
    .option("--check", "end with 1 if a schema or an example is missing")
    .addOption(jsonOption("print the kinds as JSON"))
    .action(async (options: SchemaOptions) => done(await handlers.schemaList(options)));
  command(schema, "validate", "Checks files against the schema of a kind, or all examples.", "schema")
    .argument("[files...]", "files to check")
    .option("--kind <kind>", "what the files are")
    .option("--all", "check every example of the registry instead of files")
    .option("--registry <file>", registryWords)
    .addOption(jsonOption("print the faults as JSON"))
    .action(async (files: string[], options: SchemaOptions) => done(await handlers.schemaValidate(files, options)));
  command(schema, "pin", "Pins your own schemas as they are now: writes pins.json beside the registry.", "schema")
    .requiredOption("--registry <file>", "registry of your own kinds")
    .addOption(jsonOption("print the pins as JSON"))
    .action(async (options: SchemaOptions) => done(await handlers.schemaPin(options)));
  command(schema, "verify", "Compares the schemas with their pins; ends with 4 if one differs.", "schema")
    .option("--registry <file>", registryWords)
    .addOption(jsonOption("print the differences as JSON"))
    .action(async (options: SchemaOptions) => done(await handlers.schemaVerify(options)));

  const config = command(program, "config", "Shows the options of the engine.");
  command(config, "show", "Shows every option with where its value comes from.", "config")
    .option("--file <file>", "options by profile: { profiles: { name: { ... } } }; that of REGRAFT_CONFIG if absent")
    .option("--profile <name>", "profile to show; that of REGRAFT_PROFILE, else the file's default, else standard")
    .addOption(
      new Option("--set <name=value>", "an option such as limits.maxSteps=500; may be given several times").argParser(
        (value: string, list: string[] | undefined) => [...(list ?? []), value],
      ),
    )
    .addOption(jsonOption("print the options and their origins as JSON"))
    .action(async (options: ConfigShowOptions) => done(await handlers.configShow(options)));

  addStore(command(program, "doctor", "Looks for everything that can be wrong with a store; changes nothing."))
    .option("--fix", "mend what can be mended without losing anything")
    .addOption(jsonOption("print findings and figures as JSON"))
    .action(async (options: DoctorOptions) => done(await handlers.doctor(options)));

  addStore(command(program, "verify", "Checks schemas, pins, examples, ledger and store in one pass."))
    .addOption(jsonOption("print what was checked as JSON"))
    .action(async (options: OnStoreOptions) => done(await handlers.verify(options)));

  command(program, "drill", "Breaks a temporary store, recovers it as the runbook says, and asks the doctor.")
    .argument("[name]", "drill to run; all names are listed without one")
    .option("--all", "run all drills")
    .addOption(jsonOption("print the results as JSON"))
    .action(async (name: string | undefined, options: DrillOptions) => done(await handlers.drill(name, options)));

  const state = command(program, "state", "Brings what is kept to the layout of this release.");
  addStore(command(state, "migrate", "Takes a directory of plain files over into a store, a layout on.", "state"))
    .option(
      "--from <directory>",
      "directory with versions/*.json and sessions/*.json or *.jsonl; else the store's own layout",
    )
    .option("--dry-run", "say what would be done and write nothing")
    .option("--out <file>", "write the report as JSON to a file")
    .addOption(jsonOption("print the report as JSON"))
    .action(async (options: StateMigrateOptions) => done(await handlers.stateMigrate(options)));
}
