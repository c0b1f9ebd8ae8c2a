import type { Configuration } from "../config/configuration.js";
import { DEFAULTS } from "../config/defaults.js";
import { type ConfigLayer, layeredConfig, leavesOf, valueAt, variableOf } from "../config/layers.js";
import type { ConfigFile } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { own } from "../hash/own.js";
import { validateRecord } from "../ledger/records.js";
import { plain, table } from "../tools/render-table.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import { readJson } from "./files.js";
import type { CliIo } from "./io.js";
import type { ConfigShowOptions } from "./tools-options.js";
import { print, printJson, styleOf } from "./versions.js";

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

/** `regraft config show`: every option, and where its value comes from. */
export async function runConfigShow(io: CliIo, options: ConfigShowOptions): Promise<ExitCode> {
  const env = io.env ?? {};
  const file = await readConfigFile(io, options.file ?? env.REGRAFT_CONFIG);
  const profile = options.profile ?? env.REGRAFT_PROFILE ?? file?.defaultProfile ?? "standard";
  const values = own(file?.profiles, profile);
  if (values === undefined && !builtIn.has(profile)) {
    throw new RegraftError("CONFIG.INVALID", `there is no profile ${profile}`, {
      path: "--profile",
      expected: [...builtIn, ...Object.keys(file?.profiles ?? {})].join(", "),
      received: profile,
    });
  }
  const { config, origins } = layeredConfig([
    ...(values === undefined ? [] : [{ origin: "file" as const, values }]),
    ...fromEnvironment(env),
    ...fromOptions(options.set ?? []),
  ]);
  if (options.json === true) printJson(io, { profile, config, origins });
  else print(io, [`Profile ${profile}`, ...lines(io, config, origins)]);
  return exitCodes.ok;
}

function lines(io: CliIo, config: Configuration, origins: Readonly<Record<string, string>>): string[] {
  const leaves = leavesOf({ ...config });
  const columns = ["option", "value", "from"].map((title) => ({ title }));
  const cells = Object.entries(origins).map(([path, origin]) => [
    path,
    plain(JSON.stringify(leaves.get(path)) ?? ""),
    origin,
  ]);
  return table(columns, cells, styleOf(io));
}
