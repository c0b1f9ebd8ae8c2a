import type { ConfigurationInput } from "../contracts/types.js";
import { validate } from "../contracts/validate.js";
import { deepFreeze } from "../hash/freeze.js";
import type { Configuration } from "./configuration.js";
import { DEFAULTS } from "./defaults.js";
import { checkThresholds } from "./thresholds.js";

/**
 * Fills in the defaults and freezes the result. An unknown key is refused, so that a misspelt option cannot be overlooked.
 *
 * @throws RegraftError `CONFIG.INVALID` with the path of the option, what was expected and what was received
 *
 * @example
 * resolveConfig({ autoMark: false }).markPageSize; // 10000
 *
 * @public
 */
export function resolveConfig(input: ConfigurationInput = {}): Configuration {
  const given = validate("configuration", input, { code: "CONFIG.INVALID" });
  const config: Configuration = {
    ...DEFAULTS,
    ...defined(given),
    extraction: { ...DEFAULTS.extraction, ...defined(given.extraction) },
    reRouting: { ...DEFAULTS.reRouting, ...defined(given.reRouting) },
    thresholds: { ...DEFAULTS.thresholds, ...defined(given.thresholds) },
    retention: { ...DEFAULTS.retention, ...defined(given.retention) },
    log: { ...DEFAULTS.log, ...defined(given.log) },
    limits: { ...DEFAULTS.limits, ...defined(given.limits) },
    breaker: { ...DEFAULTS.breaker, ...defined(given.breaker) },
    security: { ...DEFAULTS.security, ...defined(given.security) },
  };
  checkThresholds(config);
  return deepFreeze(config);
}

function defined<T extends object>(value: T | undefined): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value ?? {}).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
