import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { gapsOf, pinDrift, problemsOf, readSchemaSet } from "../../src/tools/schema-registry.js";
import { directoryOf } from "../tools/state-fixtures.js";
import { call, v1 } from "./world.js";

const removed: (() => void)[] = [];
afterEach(() => {
  for (const remove of removed.splice(0)) remove();
});

function inFiles(files: Readonly<Record<string, unknown>>): string {
  const { path, remove } = directoryOf(files);
  removed.push(remove);
  return path;
}

/** A copy of what the package says about its kinds. */
function copy(): string {
  const root = inFiles({});
  cpSync("schemas", join(root, "schemas"), { recursive: true });
  cpSync("examples", join(root, "examples"), { recursive: true });
  return root;
}

const schema = {
  type: "object",
  properties: { text: { type: "string", maxLength: 80 } },
  required: ["text"],
  additionalProperties: false,
};
const registry = {
  artifacts: {
    note: {
      schema: "note.schema.json",
      version: "1.0",
      owner: "support",
      example: "note.json",
      invalidExamples: ["bad.json"],
    },
  },
};
const own = { "registry.json": registry, "note.schema.json": schema, "note.json": { text: "hi" }, "bad.json": {} };

describe("the registry of the package", () => {
  it("has for every kind a schema, a version, an owner, a valid and an invalid example", async () => {
    const { code, out } = await call(["schema", "list", "--check", "--json"], {});
    const { kinds, gaps } = JSON.parse(out);
    expect({ code, gaps }).toEqual({ code: 0, gaps: [] });
    expect(kinds.length).toBeGreaterThan(25);
    for (const { version, owner, examples } of kinds) {
      expect([version, owner !== "", examples >= 2]).toEqual(["1.0", true, true]);
    }
  });

  it("judges every example and data file as it is meant", async () => {
    expect(await call(["schema", "validate", "--all", "--json"], {})).toMatchObject({ code: 0 });
    const codes = "schemas/reason-codes.json";
    const files = { [codes]: readFileSync(codes, "utf8"), "bad.json": { codes: {} }, "v1.json": v1, "empty.json": {} };
    const validate = async (kind: string, file: string) => call(["schema", "validate", "--kind", kind, file], files);
    expect((await validate("reason-codes", codes)).code).toBe(0);
    expect((await validate("scenario", "v1.json")).code).toBe(0);
    expect((await validate("scenario", "empty.json")).code).toBe(1);
    const unknown = await call(["schema", "validate", "--kind", "memo", "v1.json", "--json"], files);
    expect([unknown.code, JSON.parse(unknown.err).error.code]).toEqual([2, "ARTIFACT.UNREGISTERED_KIND"]);
    expect((await call(["schema", "validate"], files)).code).toBe(2);
  });

  it("shows an example that is gone, one that is judged otherwise, and a data file without a schema", () => {
    const root = copy();
    rmSync(join(root, "examples/contracts/visit/valid.json"));
    cpSync(join(root, "examples/contracts/plan/valid.json"), join(root, "examples/contracts/field/valid.json"));
    writeFileSync(join(root, "schemas/stray.json"), "{}");
    const set = readSchemaSet({ root });
    expect(gapsOf(set)).toEqual([{ kind: "visit", path: "examples/contracts/visit/valid.json", problem: "missing" }]);
    expect(problemsOf(set).map(({ kind, path }) => [kind, path.split("/").at(-1)])).toEqual([
      ["field", "valid.json"],
      ["visit", "valid.json"],
      ["none", "stray.json"],
    ]);
  });

  it("is pinned: a changed byte of any schema and an edited pin are told", () => {
    const root = copy();
    const before = pinDrift(readSchemaSet({ root })).length;
    const file = join(root, "schemas/visit.schema.json");
    writeFileSync(file, `${readFileSync(file, "utf8")} `);
    const drift = pinDrift(readSchemaSet({ root }));
    expect(drift).toContainEqual({ path: "schemas/visit.schema.json", problem: "changed" });
    const pins = JSON.parse(readFileSync(join(root, "schemas/pins.json"), "utf8"));
    pins.root = `sha256:${"0".repeat(64)}`;
    writeFileSync(join(root, "schemas/pins.json"), JSON.stringify(pins));
    expect(pinDrift(readSchemaSet({ root }))).toHaveLength(before + 2);
  });
});

describe("kinds of a host", () => {
  it("are listed, validated by their own schema, pinned, and verified against the pins", async () => {
    const directory = inFiles(own);
    const on = (...args: string[]) =>
      call(["schema", ...args, "--registry", join(directory, "registry.json"), "--json"], {
        "n.json": { text: "yes" },
        "x.json": { text: 7, more: 1 },
      });
    expect((await on("list", "--check")).code).toBe(0);
    expect((await on("validate", "--all")).code).toBe(0);
    expect((await on("validate", "--kind", "note", "n.json")).code).toBe(0);
    const bad = await on("validate", "--kind", "note", "x.json");
    expect([bad.code, JSON.parse(bad.out).faults.length]).toEqual([1, 2]);
    expect((await on("verify")).code).toBe(2);
    expect((await on("pin")).code).toBe(0);
    expect((await on("verify")).code).toBe(0);
    writeFileSync(join(directory, "note.schema.json"), JSON.stringify({ ...schema, required: [] }));
    const changed = await on("verify");
    expect([changed.code, JSON.parse(changed.out).drift]).toEqual([
      4,
      [{ path: "note.schema.json", problem: "changed" }],
    ]);
    const pins = JSON.parse(readFileSync(join(directory, "pins.json"), "utf8"));
    pins.schemas["note.schema.json"] = `sha256:${"a".repeat(64)}`;
    writeFileSync(join(directory, "pins.json"), JSON.stringify(pins));
    expect((await on("verify")).code).toBe(4);
  });

  it("never lie outside of the directory of their registry, and never as links", async () => {
    const outside = { artifacts: { note: { ...registry.artifacts.note, example: "a/../../b.json" } } };
    const directory = inFiles({ ...own, "registry.json": outside });
    const { code } = await call(["schema", "list", "--registry", join(directory, "registry.json")], {});
    expect(code).toBe(1);
  });
});
