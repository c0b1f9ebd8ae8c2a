import { DEFAULTS } from "../config/defaults.js";
import {
  type ConfigLayer,
  type LayeredConfig,
  layeredConfig,
  leavesOf,
  valueAt,
  variableOf,
} from "../config/layers.js";
import type { ConfigFile } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { own } from "../hash/own.js";
import { validateRecord } from "../ledger/records.js";
import { readJson } from "./files.js";
import type { CliIo } from "./io.js";

/** Profiles that need no file. They differ in what an engine asks for at its start, not in its options. */
const builtIn: ReadonlySet<string> = new Set(["standard", "production"]);

const prefix = "REGRAFT_SET_";

function parsedValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

async function readConfigFile(io: CliIo, file: string | undefined): Promise<ConfigFile | undefined> {
  if (file === undefined) return undefined;
  const json = await readJson(io, file);
  try {
    return validateRecord("record-config-file", json);
  } catch (error) {
    if (!(error instanceof RegraftError)) throw error;
    throw new RegraftError("CONFIG.INVALID", "the file of options cannot be used", { ...error.details, file });
  }
}

function fromEnvironment(env: Readonly<Record<string, string>>): ConfigLayer[] {
  const known = new Map(
    [...leavesOf({ ...DEFAULTS }).keys(), "planExpiryDays"].map((path) => [variableOf(path), path]),
  );
  return Object.entries(env)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, text]) => {
      const path = known.get(name);
      if (path !== undefined) return { origin: "environment", values: valueAt(path, parsedValue(text)) };
      throw new RegraftError("CONFIG.INVALID", "a variable of the environment names no option", {
        path: name,
        expected: "the name of an option, such as REGRAFT_SET_LIMITS_MAX_STEPS",
        received: name,
      });
    });
}

function fromOptions(given: readonly string[]): ConfigLayer[] {
  return given.map((text) => {
    const at = text.indexOf("=");
    if (at > 0) return { origin: "option", values: valueAt(text.slice(0, at), parsedValue(text.slice(at + 1))) };
    throw new RegraftError("CLI.USAGE", "--set needs a name and a value", {
      expected: "--set limits.maxSteps=500",
      received: text,
    });
  });
}

/** Which options a command is given, beside those of the environment. */
export interface ConfigSources {
  readonly file?: string;
  readonly profile?: string;
  readonly set?: readonly string[];
}

/** The options that hold for a command, with the origin of each: file and profile, environment, and those given one by one. */
export async function effectiveConfig(
  io: CliIo,
  sources: ConfigSources,
): Promise<LayeredConfig & { readonly profile: string }> {
  const env = io.env ?? {};
  const file = await readConfigFile(io, sources.file ?? env.REGRAFT_CONFIG);
  const profile = sources.profile ?? env.REGRAFT_PROFILE ?? file?.defaultProfile ?? "standard";
  const values = own(file?.profiles, profile);
  if (values === undefined && !builtIn.has(profile)) {
    throw new RegraftError("CONFIG.INVALID", `there is no profile ${profile}`, {
      path: "--profile",
      expected: [...builtIn, ...Object.keys(file?.profiles ?? {})].join(", "),
      received: profile,
    });
  }
  const layers = layeredConfig([
    ...(values === undefined ? [] : [{ origin: "file" as const, values }]),
    ...fromEnvironment(env),
    ...fromOptions(sources.set ?? []),
  ]);
  return { profile, ...layers };
}
