import { type Command, Option } from "commander";
import { addStore, command, jsonOption } from "./command.js";
import type { ExitCode } from "./exit-codes.js";
import type { Handlers } from "./handlers.js";
import type { GateCheckOptions } from "./options.js";

/** Defines the commands about gates. */
export function addGateCommands(program: Command, handlers: Handlers, done: (code: ExitCode) => void): void {
  const gate = command(program, "gate", "Looks at what stands before the approval and deployment of a plan.");
  const check = command(gate, "check", "Says what the gate of a plan would decide now, and writes nothing.", "gate")
    .requiredOption("--plan <id>", "id of the plan")
    .addOption(
      new Option("--stage <stage>", "what the gate stands before")
        .choices(["plan.approve", "deploy"])
        .makeOptionMandatory(),
    )
    .option("--contract <file>", "a contract beside the plan's own")
    .option("--evidence <directory>", "where the evidence lies that contracts want to see")
    .addOption(jsonOption("print the decision as JSON"))
    .action(async (options: GateCheckOptions) => done(await handlers.gateCheck(options)));
  addStore(check);
}
