import type { DataChange, EffectAnswer, Policy } from "../contracts/types.js";
import { validate } from "../contracts/validate.js";
import { isRegraftError, RegraftError } from "../errors.js";
import type { PlanTerms } from "../plan/build.js";
import { readContract, readRollout } from "./evidence.js";
import { about, readJson } from "./files.js";
import type { CliIo } from "./io.js";
import type { TermOptions } from "./options.js";

/** Reads what the author of a plan gives in files. The steps that they name are checked when the plan is made. */
export async function readTerms(io: CliIo, options: TermOptions): Promise<PlanTerms> {
  const { policies, mapping, effects, data, allowRepeat, contract, rollout } = options;
  return {
    ...(policies === undefined ? {} : { policies: (await readObject(io, policies)) as Record<string, Policy> }),
    ...(mapping === undefined ? {} : { mapping: await readMapping(io, mapping) }),
    ...(effects === undefined ? {} : { effects: await readEffects(io, effects) }),
    ...(data === undefined ? {} : { data: await readData(io, data) }),
    ...(allowRepeat === undefined ? {} : { allowRepeat }),
    ...(contract === undefined ? {} : { contract: await readContract(io, contract) }),
    ...(rollout === undefined ? {} : { rollout: await readRollout(io, rollout) }),
  };
}

/** Makes something of the terms and names the file in which an error lies. */
export function blamed<T>(options: TermOptions, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!isRegraftError(error)) throw error;
    throw withFile(error, options);
  }
}

/** {@link blamed} for what takes time. */
export async function blamedAsync<T>(options: TermOptions, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    throw isRegraftError(error) ? withFile(error, options) : error;
  }
}

/** The same error, with the file of the terms that it is about. The path stays that of the terms. */
function withFile(error: RegraftError, options: TermOptions): RegraftError {
  const { code, message, details } = error;
  const part = /^\/(policies|mapping|effects)(?:\/|$)/.exec(details.path ?? "")?.[1];
  const file = part === undefined ? undefined : options[part as "policies" | "mapping" | "effects"];
  if (file === undefined) return error;
  return new RegraftError(code, message.slice(code.length + 2), { file, ...details }, { cause: error });
}

async function readObject(io: CliIo, file: string): Promise<Record<string, unknown>> {
  const value = await readJson(io, file);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw wrong(file, "", "an object", value);
}

async function readMapping(io: CliIo, file: string): Promise<Record<string, string>> {
  const pairs = Object.entries(await readObject(io, file));
  return Object.fromEntries(
    pairs.map(([from, to]) => {
      if (typeof to !== "string")
        throw wrong(file, `/mapping/${escaped(from)}`, "the id of a step of the new version", to);
      return [from, to];
    }),
  );
}

async function readEffects(io: CliIo, file: string): Promise<Record<string, EffectAnswer>> {
  const answers = Object.entries(await readObject(io, file));
  return Object.fromEntries(
    answers.map(([step, answer]) => {
      if (answer !== "same" && answer !== "other")
        throw wrong(file, `/effects/${escaped(step)}`, '"same" or "other"', answer);
      return [step, answer];
    }),
  );
}

async function readData(io: CliIo, file: string): Promise<DataChange[]> {
  const value = await readJson(io, file);
  if (!Array.isArray(value)) throw wrong(file, "", "an array of changes", value);
  return value.map((change, at) => {
    try {
      return about(file, () => validate("data-change", change));
    } catch (error) {
      if (!isRegraftError(error)) throw error;
      const { code, message, details } = error;
      const path = `/${at}${details.path ?? ""}`;
      throw new RegraftError(code, message.slice(code.length + 2), { ...details, path }, { cause: error });
    }
  });
}

function wrong(file: string, path: string, expected: string, value: unknown): RegraftError {
  const received = JSON.stringify(value).slice(0, 80);
  return new RegraftError("INPUT.INVALID", `${path === "" ? "the file" : path} is not ${expected}`, {
    file,
    path,
    expected,
    received,
  });
}

function escaped(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
