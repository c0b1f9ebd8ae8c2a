import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contractKinds, violations } from "../../src/contracts/validate.js";

const file = (path: string) => new URL(`../../${path}`, import.meta.url);
const json = (path: string): unknown => JSON.parse(readFileSync(file(path), "utf8"));
const schemas = readdirSync(file("schemas")).filter((name) => name.endsWith(".schema.json"));

/** A copy with one place, chosen by the numbers of the walk, removed, replaced or given a new neighbour. */
function mutate(value: unknown, walk: readonly number[], replacement: unknown): unknown {
  const [turn = 0, ...rest] = walk;
  if (typeof value !== "object" || value === null || (rest.length === 0 && turn % 3 === 0)) return replacement;
  const copy: unknown[] | Record<string, unknown> = Array.isArray(value) ? [...value] : { ...value };
  const keys = Object.keys(copy);
  const key = keys[turn % Math.max(keys.length, 1)];
  if (rest.length === 0 || key === undefined) {
    if (Array.isArray(copy)) copy.push(replacement);
    else if (turn % 3 === 1 || key === undefined) copy.surprise = replacement;
    else delete copy[key];
    return copy;
  }
  const place = copy as Record<string, unknown>;
  place[key] = mutate(place[key], rest, replacement);
  return copy;
}

describe("generated validators", () => {
  const ajv = new Ajv2020({ strict: true, schemas: schemas.map((name) => json(`schemas/${name}`) as object) });

  it.each(contractKinds)("agree with the schema library on changed %s documents", (kind) => {
    const reference = ajv.getSchema(`${kind}.schema.json`)!;
    const names = readdirSync(file(`examples/contracts/${kind}`)).filter((name) => name.startsWith("valid"));
    const documents = names.map((name) => json(`examples/contracts/${kind}/${name}`));
    const walk = fc.array(fc.nat(50), { minLength: 1, maxLength: 6 });
    const scalar = fc.oneof(
      fc.constantFrom<unknown>("", "x", 0, 1, -1, 1.5, 1e300, true, null, {}, [], "2026-01-01T00:00:00Z"),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.constantFrom(...documents), walk, scalar, (document, turns, replacement) => {
        const changed = mutate(document, turns, replacement);
        expect(violations(kind, changed).length === 0).toBe(reference(changed));
      }),
      { numRuns: 300, seed: 20260301 },
    );
  });

  it("run where code generation from strings is forbidden, without any import", () => {
    const path = fileURLToPath(file("src/contracts/validators.js"));
    const script = `import(${JSON.stringify(path)}).then(({ validators }) => console.log(validators.policy({}), validators.policy(1)))`;
    const flags = ["--disallow-code-generation-from-strings", "--input-type=module", "-e", script];
    expect(execFileSync(process.execPath, flags, { encoding: "utf8" })).toBe("true false\n");
    expect(readFileSync(path, "utf8")).not.toMatch(/\brequire\(|\bimport\b|\beval\(|new Function/);
  });
});
