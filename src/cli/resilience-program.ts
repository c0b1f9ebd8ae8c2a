import { type Command, InvalidArgumentError, Option } from "commander";
import { addStore, command, jsonOption, momentOption, wordsOption } from "./command.js";
import type { ExitCode } from "./exit-codes.js";
import type { OnStoreOptions } from "./options.js";
import type { ResilienceHandlers } from "./resilience-handlers.js";
import type { AlertsOptions, DlqDropOptions, DlqRetryOptions, SloOptions } from "./resilience-options.js";

interface Parts {
  readonly handlers: ResilienceHandlers;
  readonly done: (code: ExitCode) => void;
}

const session = "id of the session";

function shareOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string) => {
    const share = Number(value);
    if (value.trim() !== "" && share >= 0 && share <= 1) return share;
    throw new InvalidArgumentError("It is not a number from 0 to 1.");
  });
}

/** Adds the times between which entries of the ledger count. */
function addWindow(of: Command): Command {
  return of
    .addOption(momentOption("--since <timestamp>", "count entries from this moment on; from the first if absent"))
    .addOption(momentOption("--until <timestamp>", "count entries before this moment; to the last if absent"));
}

/** Defines the commands about failures and service levels. */
export function addResilienceCommands(program: Command, { handlers, done }: Parts): void {
  const dlq = command(program, "dlq", "Sessions that were set aside because deciding about them failed every time.");
  addStore(command(dlq, "list", "Lists them with what went wrong.", "dlq"))
    .addOption(jsonOption("print the dead letters as JSON"))
    .action(async (options: OnStoreOptions) => done(await handlers.dlqList(options)));
  addStore(
    command(dlq, "retry", "Tries again now, with effect once. Refused where the plan is no longer deployed.", "dlq"),
  )
    .argument("[session]", session)
    .addOption(wordsOption("--by <name>", "who decides").makeOptionMandatory())
    .option("--all", "every one of them")
    .addOption(jsonOption("print what became of them as JSON"))
    .action(async (id: string | undefined, options: DlqRetryOptions) => done(await handlers.dlqRetry(id, options)));
  addStore(command(dlq, "drop", "Gives one up, on record. The session stays as it is.", "dlq"))
    .argument("<session>", session)
    .addOption(wordsOption("--by <name>", "who decides").makeOptionMandatory())
    .addOption(wordsOption("--reason <text>", "why").makeOptionMandatory())
    .addOption(jsonOption("print the dead letter as JSON"))
    .action(async (id: string, options: DlqDropOptions) => done(await handlers.dlqDrop(id, options)));

  addStore(
    addWindow(command(program, "slo", "Measures service levels on the ledger, and ends with 1 if one is missed.")),
  )
    .addOption(shareOption("--availability <share>", "least share of sessions decided about, of all tried"))
    .addOption(shareOption("--flow <share>", "least share of decisions that needed no person"))
    .addOption(jsonOption("print objectives and measurements as JSON"))
    .action(async (options: SloOptions) => done(await handlers.slo(options)));
  addStore(addWindow(command(program, "alerts", "Holds the ledger against alert rules, and ends with 1 if one fires.")))
    .option("--rules <file>", "rules of your own: [{ id, number, when, limit, severity, runbook }]")
    .addOption(jsonOption("print rules and values as JSON"))
    .action(async (options: AlertsOptions) => done(await handlers.alerts(options)));
}
