import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../../src/config/config.js";
import { DEFAULTS } from "../../src/config/defaults.js";
import type { ConfigurationInput } from "../../src/contracts/types.js";
import { isRegraftError } from "../../src/errors.js";

interface OptionSchema {
  $ref?: string;
  default?: unknown;
  properties?: Record<string, OptionSchema>;
}
const schema: OptionSchema & { $defs: Record<string, OptionSchema> } = JSON.parse(
  readFileSync(new URL("../../schemas/configuration.schema.json", import.meta.url), "utf8"),
);

/** Every option of the schema by its path. */
function options(at: OptionSchema = schema, path: string[] = []): [string, OptionSchema][] {
  return Object.entries(at.properties ?? {}).flatMap(([key, option]) => {
    const target = option.$ref ? schema.$defs[option.$ref.replace("#/$defs/", "")]! : option;
    return target.properties
      ? options(target, [...path, key])
      : [[[...path, key].join("."), option] as [string, OptionSchema]];
  });
}

const set = (path: string, value: unknown): ConfigurationInput =>
  path.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as ConfigurationInput;
const get = (config: object, path: string): unknown =>
  path.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], config);

/** Two positions of each option. */
const positions: Record<string, readonly [unknown, unknown]> = {
  enabled: [true, false],
  autoMark: [true, false],
  requireApproval: [true, false],
  "extraction.enabled": [true, false],
  "reRouting.enabled": [true, false],
  notifyOnReRoute: [true, false],
  notifyTemplate: ["{step}", "We go on with {step}."],
  "extraction.sensitive": [true, false],
  "thresholds.use": [0.1, 0.9],
  "thresholds.judge": [0, 1],
  fieldThresholds: [{}, { email: { use: 0.9 } }],
  tenantThresholds: [{}, { t1: { use: 0.9, fields: { email: { withoutConfirmation: 1 } } } }],
  "thresholds.withoutConfirmation": [0.9, 1],
  conversationTurns: [0, 50],
  "retention.versionDays": [0, 90],
  "retention.planDays": [0, 365],
  planExpiryDays: [1, 30],
  historyLimit: [1, 10_000],
  markPageSize: [1, 100_000],
  "log.cleanGrafts": [true, false],
  "log.gapFills": [true, false],
  "log.reRoutes": [true, false],
  "breaker.failures": [1, 9],
  "breaker.windowMs": [1, 9],
  "breaker.openMs": [1, 9],
  "rateLimits.windowMs": [1, 9],
  "rateLimits.mode": ["advisory", "enforced"],
  "rateLimits.reconciles": [0, 9],
  "rateLimits.modelCalls": [0, 9],
  "rateLimits.drained": [0, 9],
  "limits.maxAttempts": [1, 9],
  "limits.maxSteps": [1, 1_000_000],
  "limits.maxConditionLength": [1, 100_000],
  "limits.maxVariableBytes": [1, 1_073_741_824],
  "limits.sourceTimeoutMs": [1, 600_000],
  "security.redactRecords": [true, true],
  "security.refuseSecretsInDocuments": [true, true],
  "security.rejectTraversal": [true, true],
  "security.redactNames": [[], ["pin"]],
  "security.exemptNames": [[], ["tokenType"]],
};

describe("defaults", () => {
  it("are the documented ones", () => {
    expect(DEFAULTS).toEqual({
      enabled: true,
      autoMark: true,
      requireApproval: true,
      extraction: { enabled: true, sensitive: false },
      reRouting: { enabled: true },
      notifyOnReRoute: true,
      notifyTemplate: expect.stringContaining("{step}"),
      thresholds: { use: 0.85, withoutConfirmation: 0.95, judge: 0.85 },
      conversationTurns: 20,
      retention: { versionDays: 7, planDays: 30 },
      historyLimit: 200,
      markPageSize: 10_000,
      log: { cleanGrafts: false, gapFills: true, reRoutes: true },
      limits: {
        maxSteps: 100_000,
        maxConditionLength: 4096,
        maxVariableBytes: 1_048_576,
        sourceTimeoutMs: 5000,
        maxAttempts: 3,
      },
      breaker: { failures: 5, windowMs: 60_000, openMs: 30_000 },
      security: {
        redactRecords: true,
        refuseSecretsInDocuments: true,
        rejectTraversal: true,
        redactNames: [],
        exemptNames: [],
      },
    });
  });

  it.each(options())("of %s is the one its schema documents", (path, option) => {
    expect(get(DEFAULTS, path)).toEqual(option.default);
  });

  it("apply where nothing is said", () => {
    expect(resolveConfig()).toEqual(DEFAULTS);
    expect(resolveConfig({})).toEqual(DEFAULTS);
    const absent = { autoMark: undefined, log: { gapFills: undefined } } as unknown as ConfigurationInput;
    expect(resolveConfig(absent)).toEqual(DEFAULTS);
  });
});

describe("options", () => {
  it("are all tried below", () => {
    expect(Object.keys(positions).sort()).toEqual(
      options()
        .map(([path]) => path)
        .sort(),
    );
  });

  it.each(Object.entries(positions))("%s takes both positions and leaves the others alone", (path, values) => {
    for (const value of values) {
      const config = resolveConfig(set(path, value));
      expect(get(config, path)).toEqual(value);
      for (const other of Object.keys(positions)) {
        if (other !== path) expect(get(config, other)).toEqual(get(DEFAULTS, other));
      }
    }
  });

  it("are frozen, and the caller's object stays his own", () => {
    const input = { log: { gapFills: false } };
    const config = resolveConfig(input);
    expect(Object.isFrozen(config) && Object.isFrozen(config.log) && Object.isFrozen(config.limits)).toBe(true);
    expect(Object.isFrozen(input) || Object.isFrozen(input.log)).toBe(false);
  });
});

describe("a wrong option", () => {
  it.each([
    [{ autoMrak: true }, "/autoMrak", "no such property", "true"],
    [{ log: { blocks: false } }, "/log/blocks", "no such property", "false"],
    [{ checkpointProtection: false }, "/checkpointProtection", "no such property", "false"],
    [{ enabled: "yes" }, "/enabled", "a boolean", '"yes"'],
    [{ security: { redactRecords: false } }, "/security/redactRecords", "true", "false"],
    [{ security: { refuseSecretsInDocuments: false } }, "/security/refuseSecretsInDocuments", "true", "false"],
    [{ security: { rejectTraversal: false } }, "/security/rejectTraversal", "true", "false"],
    [{ historyLimit: 0 }, "/historyLimit", "a number >= 1", "0"],
    [{ thresholds: { use: 85 } }, "/thresholds/use", "a number <= 1", "85"],
    [{ thresholds: { use: 0.99 } }, "/thresholds/withoutConfirmation", "a number >= 0.99", "0.95"],
    [
      { fieldThresholds: { "a/b": { use: 0.99 } } },
      "/fieldThresholds/a~1b/withoutConfirmation",
      "a number >= 0.99",
      "0.95",
    ],
    [
      { tenantThresholds: { t1: { use: 0.9, fields: { email: { withoutConfirmation: 0.8 } } } } },
      "/tenantThresholds/t1/fields/email/withoutConfirmation",
      "a number >= 0.9",
      "0.8",
    ],
    [null, "", "an object", "null"],
  ])("%j is refused with its path", (input, path, expected, received) => {
    try {
      resolveConfig(input as ConfigurationInput);
      expect.unreachable();
    } catch (error) {
      expect(isRegraftError(error, "CONFIG.INVALID")).toBe(true);
      expect(error).toMatchObject({ details: { path, expected, received } });
    }
  });
});
