import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Scenario } from "../../src/contracts/types.js";
import { diffScenarios } from "../../src/diff/diff.js";
import { defineScenario } from "../../src/scenario/parse.js";

const root = new URL("../../examples/flows/", import.meta.url);

const flows = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "licences")
  .map(({ name }) => name)
  .sort();

const versionsOf = (flow: string): Scenario[] =>
  readdirSync(new URL(`${flow}/`, root))
    .sort()
    .map((file) => defineScenario(JSON.parse(readFileSync(new URL(`${flow}/${file}`, root), "utf8"))));

describe("the example flows", () => {
  it("are the three that are shown", () => {
    expect(flows).toEqual([
      "form-hsra-vr-hsra-vr-eligibility",
      "govuk-landlord-immigration-check-mid",
      "hmcts-create-claim",
    ]);
  });

  it.each(flows)("%s is valid in every version, and each version can be compared with the next", (flow) => {
    const versions = versionsOf(flow);
    expect(versions.length).toBeGreaterThanOrEqual(3);
    for (const [at, next] of versions.slice(1).entries()) {
      const before = versions[at] as Scenario;
      expect(next.version).toBe(before.version + 1);
      expect(diffScenarios(before, next).map.pairs.length).toBeGreaterThan(0);
    }
  });

  it("name their source, commit and licence, and none is under a share-alike licence", () => {
    const attribution = readFileSync(new URL("ATTRIBUTION.md", root), "utf8");
    const texts = readdirSync(new URL("licences/", root));
    for (const flow of flows) {
      for (const { version, metadata } of versionsOf(flow)) {
        const source = metadata?.source as { repo: string; commit: string; licence: string };
        expect(attribution).toContain(`${flow}/v${version}.json`);
        expect(attribution).toContain(source.commit);
        expect(texts).toContain(`${source.repo.replace("/", "+")}.txt`);
        expect(source.licence).not.toMatch(/SA/);
      }
    }
  });

  it("put one new question with a way out in front of existing ones of the grant form", () => {
    const versions = versionsOf("form-hsra-vr-hsra-vr-eligibility");
    const diff = diffScenarios(versions[1] as Scenario, versions[2] as Scenario);
    expect(diff.map.inserted).toHaveLength(2);
    expect(diff.map.removed).toEqual([]);
    expect(diff.anchor("/has-the-property-been-vacant-for-366-days-or-more-in-the-last-2-years")?.kind).toBe(
      "re_route",
    );
    expect(diff.anchor("/not-eliglible/not-england-local-authority")?.kind).toBe("clean_graft");
  });
});
