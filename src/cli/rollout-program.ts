import type { Command } from "commander";
import { addStore, command, jsonOption, wordsOption } from "./command.js";
import type { ExitCode } from "./exit-codes.js";
import type { Handlers } from "./handlers.js";
import type { RollbackOptions, RolloutOptions } from "./options.js";

interface Parts {
  readonly handlers: Handlers;
  readonly done: (code: ExitCode) => void;
}

function onPlan(program: Command, name: string, does: string): Command {
  return addStore(command(program, name, does))
    .argument("<plan>", "id of the plan")
    .addOption(wordsOption("--by <name>", "who decides").makeOptionMandatory())
    .addOption(jsonOption("print the plan's state as JSON"));
}

/** Defines the commands that lead a deployed plan through its waves, stop it and end it. */
export function addRolloutCommands(program: Command, { handlers, done }: Parts): void {
  onPlan(
    program,
    "promote",
    "Measures the wave that a plan is in; begins the next one, waits, pauses the plan or rolls it back.",
  ).action(async (plan: string, options: RolloutOptions) => done(await handlers.promote(plan, options)));

  onPlan(program, "pause", "Stops a deployed plan for the time being.").action(
    async (plan: string, options: RolloutOptions) => done(await handlers.pause(plan, options)),
  );

  onPlan(program, "resume", "Goes on with a paused plan, in the wave where it was.").action(
    async (plan: string, options: RolloutOptions) => done(await handlers.resume(plan, options)),
  );

  onPlan(program, "rollback", "Ends a deployed plan: sessions that it has not moved stay on their version.")
    .addOption(wordsOption("--reason <text>", "why"))
    .action(async (plan: string, options: RollbackOptions) => done(await handlers.rollback(plan, options)));
}
