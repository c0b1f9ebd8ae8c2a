import type { ConfigurationInput } from "../contracts/types.js";
import { validate } from "../contracts/validate.js";
import { RegraftError } from "../errors.js";
import { own } from "../hash/own.js";
import { resolveConfig } from "./config.js";
import type { Configuration } from "./configuration.js";
import { DEFAULTS } from "./defaults.js";

/** Where the value of an option comes from; later ones win. */
export type ConfigOrigin = "default" | "file" | "environment" | "option";

/** Options from one place. */
export interface ConfigLayer {
  readonly origin: Exclude<ConfigOrigin, "default">;
  readonly values: ConfigurationInput;
}

/** The configuration that layers come to, and where each of its values comes from. */
export interface LayeredConfig {
  readonly config: Configuration;
  /** By the option's path, such as `limits.maxSteps`, sorted. */
  readonly origins: Readonly<Record<string, ConfigOrigin>>;
}

type Tree = Readonly<Record<string, unknown>>;

/** Options whose members go by names of the host: each of them is one value. */
const named: ReadonlySet<string> = new Set(["fieldThresholds", "tenantThresholds"]);

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The values of a configuration by path. */
export function leavesOf(tree: Tree, above = ""): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [name, value] of Object.entries(tree)) {
    const path = above === "" ? name : `${above}.${name}`;
    if (value === undefined) continue;
    if (isTree(value) && !named.has(name)) for (const [at, leaf] of leavesOf(value, path)) found.set(at, leaf);
    else found.set(path, value);
  }
  return found;
}

/** A configuration with one value, by its path. */
export function valueAt(path: string, value: unknown): ConfigurationInput {
  const names = path.split(".");
  if (names.some((name) => name === "" || name === "__proto__")) {
    throw new RegraftError("CONFIG.INVALID", "the name of an option cannot be read", {
      path: `/${path}`,
      expected: "a name such as limits.maxSteps",
      received: path,
    });
  }
  return names.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as ConfigurationInput;
}

function merged(below: Tree, above: Tree): Tree {
  const next: Record<string, unknown> = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const known = own(below, name);
    if (value !== undefined)
      next[name] = isTree(known) && isTree(value) && !named.has(name) ? merged(known, value) : value;
  }
  return next;
}

/**
 * Lays options over each other, the later ones on top, and tells where each value comes from.
 *
 * @throws RegraftError `CONFIG.INVALID` with the path of the option and, in `details.origin`, where it stands
 */
export function layeredConfig(layers: readonly ConfigLayer[]): LayeredConfig {
  const origins = new Map<string, ConfigOrigin>([...leavesOf({ ...DEFAULTS })].map(([path]) => [path, "default"]));
  let all: Tree = {};
  for (const { origin, values } of layers) {
    checkForm(values, origin);
    all = merged(all, { ...values });
    for (const [path] of leavesOf({ ...values })) origins.set(path, origin);
  }
  const config = resolveConfig(all as ConfigurationInput);
  return { config, origins: Object.fromEntries([...origins].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function checkForm(values: ConfigurationInput, origin: ConfigOrigin): void {
  try {
    validate("configuration", values, { code: "CONFIG.INVALID" });
  } catch (error) {
    if (!(error instanceof RegraftError)) throw error;
    const message = `the options of the ${origin} cannot be used`;
    throw new RegraftError("CONFIG.INVALID", message, { ...error.details, origin }, { cause: error });
  }
}

/** The name of the environment's variable for an option: `limits.maxSteps` is `REGRAFT_SET_LIMITS_MAX_STEPS`. */
export function variableOf(path: string): string {
  return `REGRAFT_SET_${path
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .replaceAll(".", "_")
    .toUpperCase()}`;
}
