import { Command, InvalidArgumentError, Option } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { addStore, atOption, command, jsonOption, wordsOption } from "./command.js";
import { type ExitCode, exitCodeWords } from "./exit-codes.js";
import { addGateCommands } from "./gate-program.js";
import type { Handlers } from "./handlers.js";
import type { CliIo } from "./io.js";
import { addLedgerCommands } from "./ledger-program.js";
import type { DiffOptions, GoldenOptions, LintOptions, PlanOptions, RehearseOptions } from "./options.js";
import { addResilienceCommands } from "./resilience-program.js";
import { addRolloutCommands } from "./rollout-program.js";
import { addStoreCommands } from "./store-program.js";
import { addToolsCommands } from "./tools-program.js";

/** What the definition of the command line needs from its surroundings. */
export interface ProgramParts {
  readonly handlers: Handlers;
  /** Called with the exit code of the command that ran. */
  readonly done: (code: ExitCode) => void;
  readonly io: Pick<CliIo, "out" | "err" | "columns" | "colour">;
}

const helpColumns = 100;
const oldFile = "file of the old version";
const newFile = "file of the new version";
const mappingWords = "explicit pairs: { old step id: new step id }";
const effectsWords = 'answers for edited effects: { old step id: "same" or "other" }';

/** Defines all commands. Nothing is read before one of them runs. */
export function createProgram({ handlers, done, io }: ProgramParts): Command {
  const program = new Command("regraft")
    .description("Compares versions of a flow, plans the migration of its live sessions and rehearses it.")
    .version(manifest.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: () => undefined,
      outputError: () => undefined,
      getOutHelpWidth: () => Math.min(io.columns, helpColumns),
      getErrHelpWidth: () => Math.min(io.columns, helpColumns),
      getOutHasColors: () => io.colour.out,
      getErrHasColors: () => io.colour.err,
    })
    .addHelpText(
      "after",
      () => `\n${exitCodesText()}\n\nA file is a scenario as JSON, or a flow file that names its "condition_language".`,
    );

  command(program, "diff", "Shows what differs between two versions and how each step migrates.")
    .argument("<v1>", oldFile)
    .argument("<v2>", newFile)
    .addOption(jsonOption("print the transformation map as JSON"))
    .addOption(new Option("--mermaid", "print a Mermaid flowchart of the change").conflicts(["json", "dot"]))
    .addOption(new Option("--dot", "print a Graphviz digraph of the change").conflicts(["json"]))
    .option("--explain", "say why each pair of steps belongs together")
    .option("--mapping <file>", mappingWords)
    .option("--effects <file>", effectsWords)
    .action(async (v1: string, v2: string, options: DiffOptions) => done(await handlers.diff(v1, v2, options)));

  const lint = command(program, "lint", "Says what an operator should know before approving a version.")
    .argument("<v1>", `${oldFile}, or the only version to look at`)
    .argument("[v2]", newFile)
    .addOption(jsonOption("print the findings as JSON"))
    .addOption(
      new Option("--fail-on <severity>", "end with 1 from this severity on")
        .choices(["error", "warning", "info", "never"])
        .default("warning"),
    )
    .option("--sessions <file>", "count the sessions of this file")
    .action(async (v1: string, v2: string | undefined, options: LintOptions) =>
      done(await handlers.lint(v1, v2, options)),
    );
  addTerms(lint);

  const plan = command(program, "plan", "Makes the plan that an operator reads and approves.")
    .argument("<v1>", oldFile)
    .argument("<v2>", newFile)
    .addOption(jsonOption("print the plan as JSON"))
    .addOption(new Option("--markdown", "print it as Markdown, for a page or a pull request").conflicts(["json"]))
    .option("--out <file>", "write the plan as JSON to a file")
    .addOption(
      new Option("--sessions <file>", "count the sessions of this file as affected").conflicts(["store", "tenant"]),
    )
    .addOption(new Option("--id <id>", "id of the plan; plan-1 if absent").conflicts(["store", "tenant"]))
    .addOption(wordsOption("--by <name>", "who makes it"))
    .addOption(atOption("when it was made; now if absent").conflicts(["store", "tenant"]))
    .action(async (v1: string, v2: string, options: PlanOptions) => done(await handlers.plan(v1, v2, options)));
  addTerms(plan);
  addStore(plan, "propose the plan into this store, which counts its sessions");

  const rehearse = command(program, "rehearse", "Shows what would happen to each session, changing nothing.")
    .argument("<v1>", oldFile)
    .argument("<v2>", newFile)
    .addOption(
      new Option("--sessions <file>", "sessions: a JSON array, or one session a line").conflicts(["store", "tenant"]),
    )
    .addOption(jsonOption("print totals and all results as JSON"))
    .addOption(
      new Option("--jsonl", "print one result a line as JSON while it goes, then a summary line").conflicts(["json"]),
    )
    .option("--out <file>", "write the same lines to a file")
    .option("--quiet", "no progress bar and no notes on standard error")
    .addOption(
      new Option(
        "--fail-on <actions>",
        `end with 1 if a session has one of these outcomes: ${stops.join(", ")}`,
      ).argParser(parseStops),
    )
    .addOption(atOption("the moment that ages of sessions count to; now if absent"))
    .action(async (v1: string, v2: string, options: RehearseOptions) => done(await handlers.rehearse(v1, v2, options)));
  addTerms(rehearse);
  addStore(rehearse, "rehearse the sessions of this store; it or --sessions is needed");

  const golden = command(
    program,
    "golden",
    "Plays golden cases: flows with their sessions and the outcome that is right.",
  );
  golden
    .command("run")
    .description("Plays cases against a store in memory, twice, and compares what they come to with what they expect.")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .argument("<files...>", "files of golden cases")
    .addOption(jsonOption("print verdicts, differences and outcomes as JSON"))
    .option("--filter <text>", "only cases with this text in their id")
    .option(
      "--update",
      "write the outcomes into the files as the expected ones; needs UPDATE_GOLDEN=1 in the environment",
    )
    .action(async (files: string[], options: GoldenOptions) => done(await handlers.golden(files, options)));

  addStoreCommands(program, { handlers, done });
  addRolloutCommands(program, { handlers, done });
  addLedgerCommands(program, { handlers: handlers.ledger, done });
  addGateCommands(program, handlers, done);
  addResilienceCommands(program, { handlers: handlers.resilience, done });
  addToolsCommands(program, { handlers: handlers.tools, done });
  return program;
}

/** What the author of a plan may give. */
function addTerms(of: Command): void {
  of.option("--policies <file>", 'policies: { old step id or "*": policy }')
    .option("--mapping <file>", mappingWords)
    .option("--effects <file>", effectsWords)
    .option("--data <file>", "changes to the sessions' data: [{ op: ... }]")
    .option("--contract <file>", "what the plan has to keep to: { budgets: { ... } }")
    .option("--rollout <file>", "the waves in which it reaches its sessions: { waves: [1, 10, 50, 100] }")
    .addOption(
      new Option(
        "--allow-repeat <step>",
        "old id of a checkpoint that may be passed again; may be given several times",
      ).argParser((value: string, list: string[] | undefined) => [...(list ?? []), value]),
    );
}

/** Outcomes that stop a session, as `--fail-on` takes them. */
const stops = ["blocked", "review", "collect", "execute_action", "exit_scenario", "unknown"] as const;

function parseStops(value: string): string[] {
  const words = value.split(",").map((word) => word.trim());
  const wrong = words.find((word) => !(stops as readonly string[]).includes(word));
  if (wrong !== undefined) throw new InvalidArgumentError(`"${wrong}" is none of ${stops.join(", ")}.`);
  return words;
}

function exitCodesText(): string {
  return ["Exit codes:", ...exitCodeWords.map(([code, words]) => `  ${String(code).padStart(2)}  ${words}`)].join("\n");
}
