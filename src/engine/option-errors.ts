import type { z } from "zod";
import { resolveConfig } from "../config/config.js";
import type { Configuration } from "../config/configuration.js";
import { DEFAULTS } from "../config/defaults.js";
import type { ConfigurationInput } from "../contracts/types.js";
import { describe } from "../contracts/violation.js";
import { isRegraftError, RegraftError } from "../errors.js";

type Issue = z.core.$ZodIssue;

const configKeys: ReadonlySet<string> = new Set([
  ...Object.keys(DEFAULTS),
  "planExpiryDays",
  "fieldThresholds",
  "tenantThresholds",
  "rateLimits",
]);

function pointer(keys: readonly PropertyKey[]): string {
  return keys.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function valueAt(root: unknown, keys: readonly PropertyKey[]): unknown {
  return keys.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    root,
  );
}

/** A value in a few words; of an object that should have methods, those that it has not. */
function received(value: unknown, { code, path, ...issue }: Issue): string {
  const methods: unknown = "params" in issue ? issue.params?.methods : undefined;
  if (Array.isArray(methods) && typeof value === "object" && value !== null) {
    const lacking = methods.filter((name: string) => typeof valueAt(value, [name]) !== "function");
    return `an object without ${lacking.join(", ")}`;
  }
  if (code === "custom" && path.length === 0) {
    const stores = ["store", "sessions", "records"].filter((name) => valueAt(value, [name]) !== undefined);
    return stores.length > 0 ? stores.join(" and ") : "none of them";
  }
  return describe(value);
}

function expected(issue: Issue): string {
  if (issue.code !== "invalid_type") return issue.message;
  return /^[aeiou]/.test(issue.expected) ? `an ${issue.expected}` : `a ${issue.expected}`;
}

function invalid(details: {
  readonly path: string;
  readonly expected: string;
  readonly received: string;
}): RegraftError {
  const where = details.path === "" ? "the options" : details.path;
  return new RegraftError(
    "CONFIG.INVALID",
    `${where}: expected ${details.expected}, received ${details.received}`,
    details,
  );
}

/**
 * The first fault of the options in words.
 *
 * @param known - names of all options
 */
export function optionError({ issues: [issue] }: z.ZodError, options: unknown, known: readonly string[]): RegraftError {
  if (issue === undefined) throw new RegraftError("INTERNAL.BUG", "options are refused without a reason");
  if (issue.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    if (issue.path.length > 0) {
      return invalid({ path: pointer([...issue.path, key]), expected: "no such option", received: key });
    }
    const home = configKeys.has(key) ? `; ${key} ${key.endsWith("s") ? "belong" : "belongs"} under config` : "";
    return invalid({ path: pointer([key]), expected: `one of ${known.join(", ")}${home}`, received: key });
  }
  const { path } = issue;
  return invalid({ path: pointer(path), expected: expected(issue), received: received(valueAt(options, path), issue) });
}

/** The configuration with its defaults; errors name their place within the options. */
export function configIn(input: ConfigurationInput | undefined): Configuration {
  try {
    return resolveConfig(input);
  } catch (error) {
    if (!isRegraftError(error, "CONFIG.INVALID")) throw error;
    const { code, message, details } = error;
    const path = `/config${details.path ?? ""}`;
    throw new RegraftError(code, `${path}: ${message.slice(code.length + 2)}`, { ...details, path }, { cause: error });
  }
}
