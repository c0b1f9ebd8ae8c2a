import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrayLiteral, decoded, encoded, identifier, literal } from "../../src/stores/postgres-text.js";

describe("a text for PostgreSQL", () => {
  const anyText = fc.oneof(
    fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
    fc.string({ unit: fc.constantFrom("\\", "u", "0", "\u0000", "\ud800", "\udc00", "😀", "a") }),
  );

  it("comes back as it was, and holds nothing that the server refuses", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const stored = encoded(text);
        expect(decoded(stored)).toBe(text);
        expect(stored.includes("\u0000")).toBe(false);
        expect(Buffer.from(stored, "utf8").toString("utf8")).toBe(stored);
      }),
    );
  });

  it("stays readable where nothing has to be escaped", () => {
    for (const text of ["session-42", "é 😀", 'it\'s "it"']) expect(encoded(text)).toBe(text);
    expect(encoded("a\u0000b\\")).toBe("a\\u0000b\\\\");
  });
});

describe("names and literals", () => {
  it("cannot be left by what they hold", () => {
    expect(identifier('a"; DROP TABLE x; --')).toBe('"a""; DROP TABLE x; --"');
    expect(literal("it's \\ it")).toBe("E'it''s \\\\ it'");
    expect(arrayLiteral(['a"b', "c\\d", "", "NULL", "{,}"])).toBe('{"a\\"b","c\\\\d","","NULL","{,}"}');
  });
});
