import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { judgeCase } from "../../scripts/cases/api.js";
import { type Case, readCases } from "../../scripts/cases/case.js";
import { runCase } from "../../scripts/cases/run.js";
import { compare } from "./compare.js";
import { deviations } from "./deviations.js";

const folder = fileURLToPath(new URL("../../examples/golden/", import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
const all = files.flatMap((name) => readCases(`${folder}${name}`));

/** What the case expects, or what docs/decisions.md has chosen instead. */
function expectation(one: Case): Case {
  const deviation = deviations[one.id];
  return deviation === undefined ? one : { ...one, expect: deviation.expect };
}

for (const name of files) {
  describe(`cases of ${name}`, () => {
    for (const one of readCases(`${folder}${name}`)) {
      it(`${one.id}: ${one.title}`, async () => {
        const { verdict } = await judgeCase({
          id: one.id,
          play: async () => {
            const actual = await runCase(one);
            const record = JSON.stringify(actual, (key, value) => (key === "milliseconds" ? undefined : value));
            return { actual, record, unspent: [] };
          },
          compare: ({ actual }) =>
            compare(expectation(one), actual).map(({ key, expected, actual: received }) => ({
              path: `/expect/${key}`,
              expected,
              received,
            })),
        });
        expect({ verdict, because: one.why }).toEqual({
          verdict: { id: one.id, ok: true, differences: [] },
          because: one.why,
        });
      });
    }
  });
}

describe("the collection of cases", () => {
  it("names every case once", () => {
    const ids = all.map(({ id }) => id);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });

  it("deviates from cases only where they leave a choice, and says why", () => {
    const decisions = readFileSync(new URL("../../docs/decisions.md", import.meta.url), "utf8").replace(/\s+/g, " ");
    for (const [id, { decision }] of Object.entries(deviations)) {
      expect(all.find((one) => one.id === id)?.strict, id).toBe(false);
      expect(decisions, id).toContain(decision);
      expect(decisions, id).toContain(id);
    }
  });
});
