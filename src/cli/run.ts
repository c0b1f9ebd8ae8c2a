import type { ExitCode } from "./exit-codes.js";
import { createHandlers } from "./handlers.js";
import type { CliIo } from "./io.js";
import { createProgram } from "./program.js";
import { reportError } from "./report-error.js";

/**
 * Runs the command line once.
 *
 * @param args - the arguments after the name of the program
 * @param io - where it reads and writes; nothing else of the process is touched
 * @returns the exit code
 */
export async function run(args: readonly string[], io: CliIo): Promise<ExitCode> {
  let code: ExitCode = 0;
  const done = (ended: ExitCode) => {
    code = ended;
  };
  try {
    await createProgram({ handlers: createHandlers(io), done, io }).parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    return reportError(error, io, args);
  }
}
