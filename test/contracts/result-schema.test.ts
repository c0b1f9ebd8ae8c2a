import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

interface Branch {
  title: string;
  description: string;
  properties: Record<string, unknown>;
  required: string[];
  additionalProperties: boolean;
}
const read = (name: string): { oneOf: { $ref: string }[]; $defs: Record<string, Branch> } =>
  JSON.parse(readFileSync(new URL(`../../schemas/${name}.schema.json`, import.meta.url), "utf8"));
const extra = ["sessionId", "tenantId", "messageId", "position", "pending"];
const here = (value: unknown) => JSON.parse(JSON.stringify(value).replaceAll("decision.schema.json#", "#"));

describe("schema of the reconciliation result", () => {
  const decision = read("decision");
  const result = read("result");
  const names = decision.oneOf.map(({ $ref }) => $ref.replace("#/$defs/", ""));

  it("has one branch for each branch of the decision, in the same order", () => {
    const expected = names.map((name) => `#/$defs/${name.replace("Decision", "Result")}`);
    expect(result.oneOf.map(({ $ref }) => $ref)).toEqual(expected);
  });

  it.each(names)("adds to %s only what the engine knows", (name) => {
    const from = decision.$defs[name]!;
    const to = result.$defs[name.replace("Decision", "Result")]!;
    const kept = Object.entries(to.properties).filter(([key]) => !extra.includes(key));
    expect(here(Object.fromEntries(kept))).toEqual(from.properties);
    expect(Object.keys(to.properties).filter((key) => !(key in from.properties))).toEqual(extra);
    expect(to.required.filter((key) => !extra.includes(key))).toEqual(from.required);
    expect(to.required.filter((key) => extra.includes(key))).toEqual(extra.filter((key) => key !== "messageId"));
    expect(to.additionalProperties).toBe(false);
  });
});
