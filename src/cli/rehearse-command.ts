import { type ExitCode, exitCodes } from "./exit-codes.js";
import type { CliIo } from "./io.js";
import type { RehearseOptions } from "./options.js";
export async function runRehearse(_io: CliIo, _v1: string, _v2: string, _options: RehearseOptions): Promise<ExitCode> {
  return exitCodes.ok;
}
