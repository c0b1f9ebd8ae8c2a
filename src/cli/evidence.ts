import { join, resolve } from "node:path";
import type { PlanContract, PlanRollout } from "../contracts/types.js";
import type { Evidence } from "../engine/gate.js";
import { isRegraftError } from "../errors.js";
import { defineContract } from "../plan/contract.js";
import { defineRollout } from "../plan/rollout.js";
import { about, readJson, readText } from "./files.js";
import type { CliIo } from "./io.js";

/** Reads a contract. */
export async function readContract(io: CliIo, file: string): Promise<PlanContract> {
  const json = await readJson(io, file);
  return about(file, () => defineContract(json as PlanContract));
}

/** Reads the waves of a plan. */
export async function readRollout(io: CliIo, file: string): Promise<PlanRollout> {
  const json = await readJson(io, file);
  return about(file, () => defineRollout(json as PlanRollout));
}

/**
 * Reads what contracts want to see from a directory. A file that does not exist is not shown.
 *
 * @throws RegraftError `SECURITY.PATH_ESCAPE` for a name that leads out of the directory, a link, or what is no plain file
 */
export async function readEvidence(
  io: CliIo,
  directory: string | undefined,
  contracts: readonly (PlanContract | undefined)[],
): Promise<Evidence> {
  const shown: [string, string][] = [];
  const names = new Set(contracts.flatMap((contract) => contract?.requiredEvidence ?? []));
  for (const name of directory === undefined ? [] : names) {
    try {
      const within = { ...io, readFile: () => io.readInside(resolve(io.cwd, directory ?? ""), name) };
      shown.push([name, await readText(within, join(directory ?? "", name))]);
    } catch (error) {
      if (!isRegraftError(error, "CLI.FILE_NOT_FOUND") || error.details.received !== "no such file or directory")
        throw error;
    }
  }
  return Object.fromEntries(shown);
}
