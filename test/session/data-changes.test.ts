import { describe, expect, it } from "vitest";
import type { DataChange, FieldType } from "../../src/contracts/types.js";
import { changedData } from "../../src/session/data-changes.js";

const convert = (value: unknown, to: FieldType) => changedData({ a: value }, [{ op: "convert", field: "a", to }]).a;

describe("changes of a session's data", () => {
  it("are applied in their order to a frozen copy", () => {
    const data = { a: 1, gone: true };
    const changes: DataChange[] = [
      { op: "rename", from: "a", to: "b" },
      { op: "copy", from: "b", to: "c" },
      { op: "default", field: "b", value: 9 },
      { op: "default", field: "d", value: 4 },
      { op: "constant", field: "c", value: 3 },
      { op: "remove", field: "gone" },
    ];
    const changed = changedData(data, changes);
    expect(changed).toEqual({ b: 1, c: 3, d: 4 });
    expect(Object.isFrozen(changed)).toBe(true);
    expect(data).toEqual({ a: 1, gone: true });
    expect(changedData(data, [])).toBe(data);
  });

  it("never overwrite a known value by a rename or a copy, nor invent one", () => {
    const changes: DataChange[] = [
      { op: "rename", from: "a", to: "b" },
      { op: "copy", from: "none", to: "c" },
    ];
    expect(changedData({ a: 1, b: 2 }, changes)).toEqual({ b: 2 });
    expect(changedData({ a: 1, b: "" }, changes)).toEqual({ b: 1 });
    expect(changedData({ a: 1, b: "  " }, changes)).toEqual({ b: 1 });
    expect(changedData({ a: " " }, [{ op: "default", field: "a", value: 1 }])).toEqual({ a: 1 });
    expect(changedData({ a: 1 }, [{ op: "rename", from: "a", to: "a" }])).toEqual({ a: 1 });
  });

  it("convert what can be said in the other type, and leave the rest as it is", () => {
    expect(["7", " 7.5 ", "7x", "", true].map((value) => convert(value, "number"))).toEqual([7, 7.5, "7x", "", true]);
    expect(["7", "7.5"].map((value) => convert(value, "integer"))).toEqual([7, "7.5"]);
    expect(["Yes", "false", true, 1].map((value) => convert(value, "boolean"))).toEqual([true, false, true, 1]);
    expect([7, false, { x: 1 }].map((value) => convert(value, "string"))).toEqual(["7", "false", { x: 1 }]);
    expect([{ x: 1 }, "x"].map((value) => convert(value, "object"))).toEqual([{ x: 1 }, "x"]);
  });
});
