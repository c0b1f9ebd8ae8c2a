import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DEFAULTS } from "../../src/config/defaults.js";

interface OptionSchema {
  readonly $ref?: string;
  readonly const?: unknown;
  readonly properties?: Record<string, OptionSchema>;
}

const schema: OptionSchema & { $defs: Record<string, OptionSchema> } = JSON.parse(
  readFileSync("schemas/configuration.schema.json", "utf8"),
);

function optionsIn({ properties = {} }: OptionSchema, path: readonly string[] = []): [string, OptionSchema][] {
  return Object.entries(properties).flatMap(([key, option]): [string, OptionSchema][] => {
    const target = option.$ref === undefined ? option : (schema.$defs[option.$ref.replace("#/$defs/", "")] ?? {});
    const own = [...path, key];
    return target.properties === undefined ? [[own.join("."), target]] : optionsIn(target, own);
  });
}

const options = optionsIn(schema);

/** The file of the product that does something else in the one position of an option than in the other. */
const readers: Readonly<Record<string, string>> = {
  enabled: "engine/consider",
  autoMark: "engine/deploy",
  requireApproval: "engine/deploy",
  "extraction.enabled": "engine/options",
  "extraction.sensitive": "engine/facts",
  "reRouting.enabled": "engine/consider",
  notifyOnReRoute: "engine/outcome",
  notifyTemplate: "engine/outcome",
  "thresholds.use": "engine/facts",
  "thresholds.withoutConfirmation": "engine/facts",
  "thresholds.judge": "engine/informants",
  fieldThresholds: "config/thresholds",
  tenantThresholds: "config/thresholds",
  conversationTurns: "engine/informants",
  "retention.versionDays": "engine/retention",
  "retention.planDays": "engine/retention",
  planExpiryDays: "engine/propose",
  historyLimit: "engine/sessions",
  markPageSize: "engine/marking",
  "log.cleanGrafts": "engine/log",
  "log.gapFills": "engine/log",
  "log.reRoutes": "engine/log",
  "limits.maxSteps": "engine/archive",
  "limits.maxConditionLength": "engine/archive",
  "limits.maxVariableBytes": "engine/session-records",
  "limits.sourceTimeoutMs": "engine/informants",
  "limits.maxAttempts": "engine/drain",
  "security.redactNames": "engine/write-boundary",
  "security.exemptNames": "engine/write-boundary",
  "breaker.failures": "resilience/breaker",
  "breaker.windowMs": "resilience/breaker",
  "breaker.openMs": "resilience/breaker",
  "rateLimits.windowMs": "engine/guards",
  "rateLimits.mode": "engine/guards",
  "rateLimits.reconciles": "engine/reconcile",
  "rateLimits.modelCalls": "engine/informants",
  "rateLimits.drained": "engine/drain",
};

const leafOf = (path: string): string => path.split(".").at(-1) ?? path;

describe("an option", () => {
  it("is read by code that does something about it, or has one position only", () => {
    const dead = options.filter(([path, { const: only }]) => {
      const file = readers[path];
      if (file === undefined) return only === undefined;
      const code = readFileSync(`src/${file}.ts`, "utf8").replace(/\/\*\*[\s\S]*?\*\//g, "");
      return !new RegExp(`\\b${leafOf(path)}\\b`).test(code);
    });
    expect(dead.map(([path]) => path)).toEqual([]);
  });

  it("that has gone is named by nothing here", () => {
    const known = new Set(options.map(([path]) => path));
    expect(Object.keys(readers).filter((path) => !known.has(path))).toEqual([]);
  });

  it("that protects has one position, and that is on", () => {
    const only = options.filter(([, { const: value }]) => value !== undefined).map(([path]) => path);
    expect(only).toEqual(["security.redactRecords", "security.refuseSecretsInDocuments", "security.rejectTraversal"]);
    expect(DEFAULTS.security).toMatchObject(Object.fromEntries(only.map((path) => [leafOf(path), true])));
  });
});
