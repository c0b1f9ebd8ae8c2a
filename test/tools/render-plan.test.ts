import picocolors from "picocolors";
import { describe, expect, it } from "vitest";
import type { DataChange } from "../../src/index.js";
import { buildPlan } from "../../src/plan/build.js";
import { compile } from "../../src/scenario/compile.js";
import { changeEffects } from "../../src/tools/data-effects.js";
import { renderPlan } from "../../src/tools/render-plan.js";
import { flow } from "../engine/helpers.js";

const style = { columns: 140, paint: picocolors.createColors(false) };
const data: DataChange[] = [
  { op: "rename", from: "tel", to: "phone" },
  { op: "copy", from: "phone", to: "contact" },
  { op: "convert", field: "age", to: "integer" },
  { op: "default", field: "terms", value: "a | *b*" },
  { op: "constant", field: "channel", value: 7 },
  { op: "remove", field: "note" },
];
const plan = buildPlan({
  tenantId: "",
  id: "p_1",
  from: compile(flow(1, "A:tel > B")),
  to: compile(flow(2, "A:phone > B:age")),
  data,
  createdAt: "2026-03-01T09:00:00Z",
});
const sessions = [
  { variables: { tel: "1", age: "30", note: "x" } },
  { variables: { tel: "2", phone: "3", age: "old", terms: "mine" } },
  { variables: {} },
];

function part(lines: readonly string[], title: string): string[] {
  const start = lines.indexOf(title);
  const rest = lines.slice(start + 1);
  return rest.slice(rest[0] === "" ? 1 : 0).slice(0, rest.slice(1).indexOf("") + (rest[0] === "" ? 0 : 1));
}

describe("the data changes of a plan", () => {
  it("are read as a table, one row a change in their order, and never as JSON objects", () => {
    const lines = renderPlan(plan, style);
    const rows = part(lines, "Data, in this order").map((line) => line.trim().split(/ {2,}/));
    expect(rows).toEqual([
      ["field", "change", "from", "to", "leaves alone"],
      ["phone", "rename", "tel", "phone", "a value that phone has already"],
      ["contact", "copy", "phone", "contact", "a value that contact has already"],
      ["age", "convert", "any type", "integer", "what is no whole number; asked if needed"],
      ["terms", "default", "nothing", '"a | *b*"', "a value that is there"],
      ["channel", "constant", "anything", "7"],
      ["note", "remove", "anything", "nothing"],
    ]);
    expect(lines.join("\n")).not.toContain('"op"');
  });

  it("say how many of the given sessions they change, and whose value they cannot convert or rename", () => {
    const effects = changeEffects(data, sessions);
    expect(effects.map(({ changed, left }) => [changed, left])).toEqual([
      [1, 1],
      [2, 0],
      [1, 1],
      [2, 0],
      [3, 0],
      [1, 0],
    ]);
    const rows = part(renderPlan(plan, style, effects), "Data, in this order");
    expect(rows[3]?.trim().split(/ {2,}/)).toEqual([
      ...["age", "convert", "any type", "integer", "1", "1", "what is no whole number; asked if needed"],
    ]);
  });

  it("are a table of Markdown with their signs escaped, where the whole plan is one", () => {
    const lines = renderPlan(plan, { ...style, format: "markdown" }, changeEffects(data, sessions));
    expect(lines.slice(0, 5)).toEqual(["# Plan p\\_1", "", "flow version 1 -> 2, pending", "", `\`${plan.digest}\``]);
    const rows = part(lines, "## Data, in this order");
    expect(rows[0]).toBe("| field | change | from | to | sessions | left alone | leaves alone |");
    expect(rows[1]).toBe("| --- | --- | --- | --- | ---: | ---: | --- |");
    expect(rows[5]).toBe('| terms | default | nothing | "a \\| \\*b\\*" | 2 | 0 | a value that is there |');
    expect(lines).toContain("## Changes");
    expect(lines.every((line) => line === line.trimEnd())).toBe(true);
  });
});
