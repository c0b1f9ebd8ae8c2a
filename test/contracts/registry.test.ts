import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ArtifactKind, defineArtifactKind } from "../../src/contracts/artifact-kind.js";
import { artifactRegistry } from "../../src/contracts/registry.js";
import { withArtifactKinds } from "../../src/engine/artifact-kinds.js";
import { createRegraft } from "../../src/engine/regraft.js";
import { isRegraftError } from "../../src/errors.js";
import { sha256Hex } from "../../src/hash/sha256.js";
import { memoryStore } from "../../src/stores/memory.js";
import { driftOf, pinsOf } from "../../src/tools/schema-pins.js";

function isNote(value: unknown): boolean {
  return typeof value === "object" && value !== null && "text" in value && "urgent" in value;
}

const given: ArtifactKind = {
  kind: "note",
  version: "2.0",
  owner: "support",
  check: (value) => (isNote(value) ? [] : [{ path: "/text", expected: "a text", received: "nothing" }]),
  example: { schemaVersion: "2.0", text: "call back", urgent: false },
  invalidExamples: [{}],
  previous: { version: "1.0", upcast: (value) => ({ ...(value as object), schemaVersion: "2.0", urgent: false }) },
};
const note = defineArtifactKind(given);

function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (isRegraftError(error)) return `${error.code} ${error.details.path ?? ""}`.trim();
    throw error;
  }
  return "nothing";
}

async function rejection(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "nothing",
    (error: unknown) => (isRegraftError(error) ? error.code : String(error)),
  );
}

describe("a kind of documents", () => {
  it("is registered with a name, a version, an owner and examples that prove its check, or not at all", () => {
    const wrong: [Partial<ArtifactKind>, string][] = [
      [{ kind: "Note" }, "/kind"],
      [{ version: "2" }, "/version"],
      [{ owner: " " }, "/owner"],
      [{ example: {} }, "/example/text"],
      [{ invalidExamples: [] }, "/invalidExamples"],
      [{ invalidExamples: [given.example] }, "/invalidExamples/0"],
      [{ previous: { version: "2.0", upcast: (value) => value } }, "/previous/version"],
    ];
    for (const [part, path] of wrong) {
      expect(codeOf(() => defineArtifactKind({ ...given, ...part }))).toBe(`SCHEMA.INVALID ${path}`);
    }
    expect(codeOf(() => artifactRegistry([note, note]))).toBe("SCHEMA.INVALID /kind");
  });

  it("is written in its present version only, and read in the one before, which is raised with defaults", () => {
    const old: string[] = [];
    const registry = artifactRegistry([note], (kind, version, present) => old.push(`${kind} ${version} ${present}`));
    const before = { schemaVersion: "1.0", text: "call back" };
    expect(registry.read("note", before)).toEqual({ schemaVersion: "2.0", text: "call back", urgent: false });
    registry.read("note", before);
    expect(old).toEqual(["note 1.0 2.0"]);
    expect(registry.read("note", given.example)).toBe(given.example);
    expect(codeOf(() => registry.write("note", before))).toBe("SCHEMA.UNSUPPORTED_VERSION /schemaVersion");
    expect(codeOf(() => registry.read("note", { ...before, schemaVersion: "0.9" }))).toBe(
      "SCHEMA.UNSUPPORTED_VERSION /schemaVersion",
    );
    expect(codeOf(() => registry.write("note", { schemaVersion: "2.0" }))).toBe("ARTIFACT.INVALID /text");
    expect(codeOf(() => registry.write("memo", {}))).toBe("ARTIFACT.UNREGISTERED_KIND /kind");
  });

  it("that nobody registered is refused by a store, written or read, and so is an invalid document", async () => {
    const bare = memoryStore();
    const store = withArtifactKinds(bare, [note]);
    const put = (kind: string, body: unknown) => store.put({ kind, tenantId: "", id: "n1", body });
    expect(await rejection(put("memo", {}))).toBe("ARTIFACT.UNREGISTERED_KIND");
    expect(await rejection(put("note", {}))).toBe("ARTIFACT.INVALID");
    const { digest } = await put("note", given.example);
    const subject = { kind: "note", tenantId: "", id: "n1" };
    expect((await store.load(subject, digest))?.body).toEqual(given.example);
    const before = await bare.put({ ...subject, body: { schemaVersion: "1.0", text: "old" } });
    expect((await store.load(subject, before.digest))?.body).toMatchObject({ schemaVersion: "2.0", urgent: false });
    const wrong = await bare.put({ ...subject, body: { schemaVersion: "2.0" } });
    await bare.cas(subject, undefined, wrong.digest);
    expect(await rejection(store.load(subject))).toBe("ARTIFACT.INVALID");
    expect(await rejection(store.find({ kind: "note", tenantId: "" }, { limit: 9 }))).toBe("ARTIFACT.INVALID");
  });

  it("that an engine keeps is checked on reading too: an edited document is a typed error, not a crash", async () => {
    const store = memoryStore();
    const subject = { kind: "scenario", tenantId: "", id: "loan@1" };
    const { digest } = await store.put({ ...subject, body: { id: "loan" } });
    await store.cas(subject, undefined, digest);
    expect(await rejection(createRegraft({ store }).scenario("loan", 1))).toBe("ARTIFACT.INVALID");
  });
});

describe("pins", () => {
  const files = new Map([
    ["a.json", "1"],
    ["b.json", "2"],
  ]);

  it("tell a changed, a missing and a new file, and a pin that was edited", () => {
    const pins = pinsOf(files);
    expect(driftOf(files, pins)).toEqual([]);
    const now = new Map([
      ["a.json", "1 "],
      ["c.json", "3"],
    ]);
    expect(driftOf(now, pins)).toEqual([
      { path: "a.json", problem: "changed" },
      { path: "b.json", problem: "missing" },
      { path: "c.json", problem: "not pinned" },
    ]);
    const edited = { ...pins, schemas: { ...pins.schemas, "a.json": pinsOf(now).schemas["a.json"] ?? "" } };
    expect(driftOf(new Map([...files, ["a.json", "1 "]]), edited)).toEqual([{ path: "root", problem: "pin edited" }]);
  });

  it("are the same only for the same files, wherever a path ends and a text begins", () => {
    const tree = fc.dictionary(fc.string({ maxLength: 4 }), fc.string({ maxLength: 4 }), { maxKeys: 4 });
    const law = fc.property(tree, tree, (one, two) => {
      const same = JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(two).sort());
      expect(pinsOf(new Map(Object.entries(one))).root === pinsOf(new Map(Object.entries(two))).root).toBe(same);
    });
    fc.assert(law, { seed: 6, numRuns: 500 });
    expect(pinsOf(new Map([["ab", "c"]])).root).not.toBe(pinsOf(new Map([["a", "bc"]])).root);
    for (const between of ["", "\n", "\0", "\t", ":", ",", " ", "/"]) {
      // Two files and one whose parts would be the same text, were they only joined.
      const path = ["a", `sha256:${sha256Hex(["a", "t"].join(between))}`].join(between);
      const two = new Map([
        ["a", "t"],
        [path, [path, "u"].join(between)],
      ]);
      const one = new Map([[[path, path].join(between), "u"]]);
      expect([between, pinsOf(one).root]).not.toEqual([between, pinsOf(two).root]);
    }
  });
});
