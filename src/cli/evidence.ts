import { join } from "node:path";
import type { PlanContract } from "../contracts/types.js";
import type { Evidence } from "../engine/gate.js";
import { isRegraftError } from "../errors.js";
import { defineContract } from "../plan/contract.js";
import { about, readJson, readText } from "./files.js";
import type { CliIo } from "./io.js";

/** Reads a contract. */
export async function readContract(io: CliIo, file: string): Promise<PlanContract> {
  const json = await readJson(io, file);
  return about(file, () => defineContract(json as PlanContract));
}

/** Reads what contracts want to see from a directory. A file that does not exist is not shown. */
export async function readEvidence(
  io: CliIo,
  directory: string | undefined,
  contracts: readonly (PlanContract | undefined)[],
): Promise<Evidence> {
  const shown: [string, string][] = [];
  const names = new Set(contracts.flatMap((contract) => contract?.requiredEvidence ?? []));
  for (const name of directory === undefined ? [] : names) {
    try {
      shown.push([name, await readText(io, join(directory ?? "", name))]);
    } catch (error) {
      if (!isRegraftError(error, "CLI.FILE_NOT_FOUND") || error.details.received !== "no such file or directory")
        throw error;
    }
  }
  return Object.fromEntries(shown);
}
