import { readFileSync } from "node:fs";
import canonicalize from "canonicalize";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Scenario, Step } from "../../src/contracts/types.js";
import { canonicalJson } from "../../src/hash/canonical-json.js";
import { sha256Hex } from "../../src/hash/sha256.js";
import { scenarioChecksum } from "../../src/scenario/checksum.js";
import { contentHash, contentParts, contentText } from "../../src/scenario/content-hash.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { anyStep } from "./arbitraries.js";

interface Golden {
  steps: { title: string; step: Step; hash: string }[];
  scenarios: { title: string; scenario: Scenario; checksum: string }[];
}

const golden = JSON.parse(readFileSync(new URL("../hash/golden-hashes.json", import.meta.url), "utf8")) as Golden;

describe("the golden hashes", () => {
  it.each(golden.steps.map((pair) => [pair.title, pair] as const))("have the step %s", (_title, { step, hash }) => {
    expect(contentHash(step)).toBe(hash);
    expect(`r1:${sha256Hex(canonicalize(contentParts(step)) ?? "")}`).toBe(hash);
  });

  it.each(golden.scenarios.map((pair) => [pair.title, pair] as const))("have the scenario %s", (_title, {
    scenario,
    checksum,
  }) => {
    expect(scenarioChecksum(defineScenario(scenario))).toBe(checksum);
  });

  it("are all different", () => {
    const hashes = [...golden.steps.map(({ hash }) => hash), ...golden.scenarios.map(({ checksum }) => checksum)];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

describe("contentHash", () => {
  it("hashes exactly the RFC 8785 text of the parts", () => {
    fc.assert(
      fc.property(anyStep, (step) => {
        expect(contentText(step)).toBe(canonicalJson(contentParts(step)));
        expect(contentText(step)).toBe(canonicalize(contentParts(step)));
      }),
      { numRuns: 300 },
    );
  });

  it("does not depend on the order or repetition of sets, on the id, or on metadata", () => {
    fc.assert(
      fc.property(anyStep, fc.string({ minLength: 1 }), (step, id) => {
        const twice = (set: string[] | undefined) => (set === undefined ? {} : [...set, ...set].reverse());
        const other = {
          ...step,
          id,
          metadata: { x: 1 },
          ...(step.rules ? { rules: twice(step.rules) as string[] } : {}),
          ...(step.collects ? { collects: twice(step.collects) as string[] } : {}),
          ...(step.tools ? { tools: twice(step.tools) as string[] } : {}),
        };
        expect(contentHash(other)).toBe(contentHash(step));
      }),
    );
  });

  it("does not depend on the normal form of texts", () => {
    fc.assert(
      fc.property(anyStep, (step) => {
        const decomposed = JSON.parse(JSON.stringify(step).normalize("NFD")) as Step;
        expect(contentHash(decomposed)).toBe(contentHash(step));
      }),
    );
  });

  it("takes what is absent and what is empty as the same", () => {
    const empty: Step = {
      id: "a",
      name: "",
      intent: "",
      description: "",
      rules: [],
      collects: [],
      tools: [],
      checkpoint: false,
      checkpointDescription: "",
      requiredAction: false,
    };
    expect(contentHash(empty)).toBe(contentHash({ id: "b" }));
  });

  it("reads the intent, and the name only where there is no intent", () => {
    expect(contentHash({ id: "a", intent: "Pay", name: "Till" })).toBe(
      contentHash({ id: "a", intent: "Pay", name: "Desk" }),
    );
    expect(contentHash({ id: "a", name: "Pay" })).toBe(contentHash({ id: "a", intent: "Pay" }));
  });

  it.each<[string, Partial<Step>]>([
    ["the title", { name: "Pay" }],
    ["the description", { description: "x" }],
    ["a rule", { rules: ["x"] }],
    ["a collected field", { collects: ["x"] }],
    ["a tool", { tools: ["x"] }],
    ["skipWhen", { skipWhen: "x" }],
    ["the checkpoint flag", { checkpoint: true }],
    ["the checkpoint text", { checkpointDescription: "x" }],
    ["the required action flag", { requiredAction: true }],
  ])("changes with %s", (_title, change) => {
    const step: Step = { id: "a", name: "Go" };
    expect(contentHash({ ...step, ...change })).not.toBe(contentHash(step));
  });

  it("tells the parts apart: the same text in another part is another hash", () => {
    const hashes = (["rules", "collects", "tools"] as const).map((part) => contentHash({ id: "a", [part]: ["x"] }));
    expect(new Set(hashes).size).toBe(3);
  });

  it("refuses a text that UTF-8 cannot hold", () => {
    expect(() => contentHash({ id: "a", name: "\ud800" })).toThrow(/INPUT.INVALID/);
  });
});
