import { describe, expect, it } from "vitest";
import type { DataChange } from "../../src/contracts/types.js";
import { compile } from "../../src/index.js";
import { buildPlan } from "../../src/plan/build.js";
import { flow } from "../engine/helpers.js";

const [from, to] = [compile(flow(1, "A:tel > B")), compile(flow(2, "A:nick > B:age"))];

function codes(data: DataChange[]): string[] {
  const { lint } = buildPlan({ tenantId: "", id: "p", from, to, createdAt: "2026-03-01T09:00:00Z", data });
  return lint.map(({ code, field }) => `${code} ${field}`).filter((one) => /DATA_INVALID|RENAMED/.test(one));
}

describe("lint of data changes", () => {
  it.each<[DataChange[], string[]]>([
    [[], ["LINT.FIELD_RENAMED nick"]],
    [[{ op: "rename", from: "tel", to: "nick" }], []],
    [
      [
        { op: "remove", field: "tel" },
        { op: "default", field: "age", value: 18 },
      ],
      [],
    ],
    [
      [
        { op: "rename", from: "tel", to: "nick" },
        { op: "default", field: "age", value: "old" },
      ],
      ["LINT.DATA_INVALID age"],
    ],
    [
      [
        { op: "rename", from: "tel", to: "nick" },
        { op: "constant", field: "age", value: 900 },
      ],
      ["LINT.DATA_INVALID age"],
    ],
    [
      [
        { op: "rename", from: "tel", to: "nick" },
        { op: "convert", field: "age", to: "string" },
      ],
      ["LINT.DATA_INVALID age"],
    ],
  ])("of %j finds %j", (data, found) => {
    expect(codes(data)).toEqual(found);
  });
});
