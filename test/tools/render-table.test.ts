import picocolors from "picocolors";
import { describe, expect, it } from "vitest";
import { cut, table, wrap } from "../../src/tools/render-table.js";

const style = (columns: number) => ({ columns, paint: picocolors.createColors(false) });
const columns = [{ title: "name" }, { title: "count", align: "right" as const }, { title: "what" }];

describe("table", () => {
  it("is as wide as it needs to be, numbers on the right", () => {
    const rows = [
      ["a", "1", "first"],
      ["longer", "12", "second\nline"],
    ];
    expect(table(columns, rows, style(80))).toEqual([
      "name    count  what",
      "a           1  first",
      "longer     12  second line",
    ]);
  });

  it("cuts the widest columns to one width where the terminal is narrow", () => {
    const lines = table(columns, [["a".repeat(40), "1", "b".repeat(30)]], style(40));
    expect(lines[1]).toBe(`${"a".repeat(14)}…      1  ${"b".repeat(14)}…`);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
  });

  it("never cuts below what can be read, however narrow the terminal is", () => {
    expect(table([{ title: "x" }], [["abcdefghijkl"]], style(2))[1]).toBe("abcdefg…");
  });

  it("lets no text steer the terminal", () => {
    expect(table([{ title: "x" }], [[`a${String.fromCharCode(27)}[2Jb`]], style(80))[1]).toBe("a�[2Jb");
  });

  it("is nothing without rows", () => {
    expect(table(columns, [], style(80))).toEqual([]);
  });
});

describe("wrap", () => {
  it("breaks between words and keeps a word that is too long whole", () => {
    expect(wrap("one two three verylongword x", 8, " ")).toEqual([" one two", " three", " verylongword", " x"]);
  });
});

describe("cut", () => {
  it("marks the end where it was cut", () => {
    expect([cut("abc", 3), cut("abcd", 3), cut("abc", 0)]).toEqual(["abc", "ab…", "…"]);
  });
});
