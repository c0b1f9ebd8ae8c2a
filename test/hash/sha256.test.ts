import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "../../src/hash/digest.js";
import { sha256Hex } from "../../src/hash/sha256.js";
import { sha256Hex as nodeHash } from "../../src/hash/sha256-node.js";
import { sha256Hex as webHash } from "../../src/hash/sha256-web.js";

describe("sha256Hex", () => {
  it.each([
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ])("hashes %j as FIPS 180-4 says", (text, hash) => {
    expect([sha256Hex(text), nodeHash(text), webHash(text)]).toEqual([hash, hash, hash]);
  });

  it("gives the same bytes in its Node form, in its web form and by createHash", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const expected = createHash("sha256").update(text, "utf8").digest("hex");
        expect([nodeHash(text), webHash(text)]).toEqual([expected, expected]);
      }),
    );
  });
});

describe("digestOf", () => {
  it("hashes the canonical text, so the order of keys does not count", () => {
    expect(digestOf({ b: 1, a: [] })).toBe(`sha256:${sha256Hex('{"a":[],"b":1}')}`);
    expect(digestOf({ a: [], b: 1 })).toBe(digestOf({ b: 1, a: [] }));
  });

  it("refuses what is not JSON", () => {
    expect(() => digestOf({ at: new Date(0) })).toThrow(/INPUT.INVALID/);
  });
});
