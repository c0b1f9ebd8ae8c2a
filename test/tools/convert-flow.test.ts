import { describe, expect, it } from "vitest";
import { isRegraftError } from "../../src/errors.js";
import { convertFlow } from "../../src/tools/convert-flow.js";

const flow = (parts: Record<string, unknown>): Record<string, unknown> => ({
  id: "f",
  name: "A flow",
  version: 3,
  source: { repo: "a/b", licence: "MIT" },
  entry: "a",
  condition_language: "simple",
  steps: [
    { id: "a", name: "A", kind: "collect" },
    { id: "b", name: "B", kind: "end" },
  ],
  transitions: [{ from: "a", to: "b" }],
  ...parts,
});

const step = (id: string, rest: Record<string, unknown> = {}): Record<string, unknown> => ({
  id,
  name: id,
  kind: "collect",
  ...rest,
});

const codes = (doc: unknown): string[] => convertFlow(doc).notes.map(({ code }) => code);

describe("convertFlow", () => {
  it("keeps id, version, entry, steps, order of transitions and the source", () => {
    const { scenario, notes } = convertFlow(flow({}));
    expect(scenario).toMatchObject({ id: "f", version: 3, entry: "a", metadata: { source: { repo: "a/b" } } });
    expect(scenario.steps.map(({ id }) => id)).toEqual(["a", "b"]);
    expect(scenario.transitions).toEqual([{ from: "a", to: "b" }]);
    expect(notes).toEqual([]);
  });

  it("gives a step that the source does not name its kind as intent, and no name", () => {
    const { scenario } = convertFlow(flow({ steps: [step("a", { unnamed: true }), step("b")] }));
    expect(scenario.steps.map(({ name, intent }) => [name, intent])).toEqual([
      [undefined, "collect"],
      ["b", undefined],
    ]);
  });

  it("turns actions into tools, and what is no tool into rules", () => {
    const { scenario } = convertFlow(
      flow({
        steps: [
          step("a", { action: { type: "external", topic: "pay", inputs: { caseEvent: "PAY" } }, checkpoint: true }),
          step("b", { action: { Resource: "sns:publish", parameters_sha256: "12", TimeoutSeconds: 5 } }),
          step("c", { action: { calledElement: "End" } }),
          step("d", { action: { assignee: "demo", formKey: "f" } }),
          step("e", { action: { Seconds: 10 } }),
        ],
      }),
    );
    expect(scenario.steps.map(({ tools, rules }) => [tools, rules])).toEqual([
      [["pay PAY"], undefined],
      [["sns:publish#12"], ["TimeoutSeconds: 5"]],
      [["call End"], undefined],
      [undefined, undefined],
      [undefined, ["Seconds: 10"]],
    ]);
    expect(scenario.steps[0]).toMatchObject({ checkpoint: true, checkpointDescription: "a" });
  });

  it("keeps a skip rule on its step, and its way only where that leads somewhere else", () => {
    const steps = [step("a", { skip_when: "n == 0" }), step("b"), step("c")];
    const merged = convertFlow(
      flow({
        steps,
        transitions: [
          { from: "a", to: "b", condition: "skip: n == 0" },
          { from: "a", to: "b" },
        ],
      }),
    );
    expect(merged.scenario.steps[0]?.skipWhen).toBe('data["n"] == 0');
    expect(merged.scenario.transitions).toEqual([{ from: "a", to: "b" }]);
    const kept = convertFlow(
      flow({
        steps,
        transitions: [
          { from: "a", to: "b", condition: "skip: n == 0" },
          { from: "a", to: "c" },
        ],
      }),
    );
    expect(kept.scenario.transitions[0]).toEqual({ from: "a", to: "b", condition: 'data["n"] == 0' });
  });

  it("drops the skip rule of a checkpoint and says so", () => {
    const doc = flow({ steps: [step("a", { skip_when: "n == 0", checkpoint: true }), step("b")] });
    expect(convertFlow(doc).scenario.steps[0]?.skipWhen).toBeUndefined();
    expect(codes(doc)).toContain("skip_dropped");
  });

  it("marks the default way of a choice as else", () => {
    const ways = [
      { from: "a", to: "b", default: true },
      { from: "a", to: "a", condition: '$.s StringEquals "x"' },
    ];
    expect(convertFlow(flow({ transitions: ways })).scenario.transitions[0]).toEqual({
      from: "a",
      to: "b",
      else: true,
    });
  });

  it("declares a field that only conditions read as known to the host", () => {
    const { scenario, notes } = convertFlow(flow({ transitions: [{ from: "a", to: "b", condition: "paid == true" }] }));
    expect(scenario.fields).toEqual([{ name: "paid", type: "boolean", source: "host" }]);
    expect(notes.map(({ code, field }) => [code, field])).toEqual([["field_from_host", "paid"]]);
  });

  it("takes the type of such a field from a comparison rather than from a test for presence", () => {
    const condition = ["$", "{empty flags.A || !flags.A}"].join("");
    const { scenario } = convertFlow(flow({ transitions: [{ from: "a", to: "b", condition }] }));
    expect(scenario.fields).toEqual([{ name: "flags.A", type: "boolean", source: "host" }]);
  });

  it("gives each step its own field for the answer to it and the result of its query", () => {
    const { scenario } = convertFlow(
      flow({
        steps: [step("a"), step("b"), step("q")],
        transitions: [
          { from: "a", to: "b", condition: 'answer == "yes"' },
          { from: "a", to: "a", condition: 'answer == "no"' },
          { from: "q", to: "b", condition: 'query.result == "free"' },
        ],
      }),
    );
    expect(scenario.steps[0]?.collects).toEqual(["a.answer"]);
    expect(scenario.transitions[1]?.condition).toBe('data["a.answer"] == "no"');
    expect(scenario.fields).toEqual([
      { name: "a.answer", type: "enum", values: [{ value: "yes" }, { value: "no" }] },
      { name: "q.result", type: "string", source: "tool" },
    ]);
  });

  it("folds a parallel state with its branches into one step that is a checkpoint if a branch has one", () => {
    const { scenario, notes } = convertFlow(
      flow({
        entry: "p",
        steps: [
          step("p", { kind: "Parallel" }),
          step("p#0/x", { kind: "Task", action: { Resource: "db:put" }, checkpoint: true, parent: "p#0" }),
          step("p#1/y", { kind: "Pass", parent: "p#1" }),
          step("b"),
        ],
        transitions: [
          { from: "p", to: "b" },
          { from: "p", to: "p#0/x", condition: "branch 0" },
          { from: "p", to: "p#1/y", condition: "branch 1" },
        ],
      }),
    );
    expect(scenario.steps[0]).toMatchObject({ rules: ["#0/x", "#1/y"], tools: ["db:put"], checkpoint: true });
    expect(scenario.transitions).toEqual([{ from: "p", to: "b" }]);
    expect(notes.map(({ code }) => code)).toEqual(["parallel_folded"]);
  });

  it("notes an open choice where several ways have no condition", () => {
    expect(
      codes(
        flow({
          transitions: [
            { from: "a", to: "b" },
            { from: "a", to: "a" },
          ],
        }),
      ),
    ).toEqual(["open_choice"]);
  });

  it.each([
    ["no object", 5, ""],
    ["no steps", flow({ steps: undefined }), "/steps"],
    ["a step without kind", flow({ steps: [{ id: "a", name: "A" }] }), "/steps/0/kind"],
    ["a field without type", flow({ steps: [step("a", { collects: [{ name: "x" }] })] }), "/steps/0/collects/0/type"],
    ["a way without end", flow({ transitions: [{ from: "a" }] }), "/transitions/0/to"],
  ])("refuses %s and names the place", (_title, doc, path) => {
    try {
      convertFlow(doc);
      expect.unreachable();
    } catch (error) {
      expect(isRegraftError(error, "INPUT.INVALID") && error.details.path).toBe(path);
    }
  });
});

describe("fields of a converted flow", () => {
  const fieldsOf = (...collects: Record<string, unknown>[][]) =>
    convertFlow(
      flow({
        steps: collects.map((fields, at) => step(at === 0 ? "a" : `s${at}`, { collects: fields })),
        transitions: [],
      }),
    );

  it.each([
    [
      { type: "enum", allowed_values: ["a", "b", "a"] },
      { type: "enum", values: [{ value: "a" }, { value: "b" }] },
    ],
    [{ type: "enum" }, { type: "string" }],
    [
      { type: "multi_enum", allowed_values: ["a"] },
      { type: "object", examples: ["a"] },
    ],
    [{ type: "boolean", allowed_values: [true, false] }, { type: "boolean" }],
    [
      { type: "money", description: "Fee" },
      { type: "number", displayName: "Fee" },
    ],
    [{ type: "long" }, { type: "integer" }],
    [{ type: "duration" }, { type: "string" }],
    [{ type: "list" }, { type: "object" }],
  ])("maps %j", (field, expected) => {
    expect(fieldsOf([{ name: "x", ...field }]).scenario.fields).toEqual([{ name: "x", ...expected }]);
  });

  it("merges two definitions of one name into the wider type with all values", () => {
    const { scenario, notes } = fieldsOf(
      [{ name: "x", type: "enum", allowed_values: ["a"] }],
      [{ name: "x", type: "enum", allowed_values: ["b"], description: "X" }],
    );
    expect(scenario.fields).toEqual([
      { name: "x", type: "enum", displayName: "X", values: [{ value: "a" }, { value: "b" }] },
    ]);
    expect(notes.map(({ code }) => code)).toEqual(["field_merged"]);
    expect(fieldsOf([{ name: "x", type: "number" }], [{ name: "x", type: "string" }]).scenario.fields?.[0]?.type).toBe(
      "string",
    );
    expect(fieldsOf([{ name: "x", type: "long" }], [{ name: "x", type: "money" }]).scenario.fields?.[0]?.type).toBe(
      "number",
    );
    expect(fieldsOf([{ name: "x", type: "list" }], [{ name: "x", type: "string" }]).scenario.fields?.[0]?.type).toBe(
      "object",
    );
  });

  it("notes a field that the source lets be empty", () => {
    expect(fieldsOf([{ name: "x", type: "string", required: false }]).notes.map(({ code }) => code)).toEqual([
      "field_optional",
    ]);
  });
});
