import { describe, expect, it } from "vitest";
import { type DataChange, defineScenario, type Field, type FieldSource, type Scenario } from "../../src/index.js";
import { bench, flow, roll, walk } from "./helpers.js";

const ana = { by: "ana" };
const finding = { value: "3", confidence: 0.97, quote: "three nights", turn: 4, span: [2, 14], extractor: "rules" };
const heard: FieldSource = {
  name: "chat",
  kind: "conversation",
  find: async ({ fields }) =>
    fields.flatMap(({ name }) => (name === "nights" ? [{ ...finding, field: name, span: [2, 14] as const }] : [])),
};

/** The version with other definitions of some fields. */
function defining(scenario: Scenario, changes: Record<string, Partial<Field>>): Scenario {
  const fields = (scenario.fields ?? []).map((field) => ({ ...field, ...changes[field.name] }));
  return defineScenario({ ...scenario, fields });
}

const v1 = flow(1, "A > B > C > D");
const v2 = flow(2, "A > N:nights > B > C > D");
const v3 = defining(flow(3, "A > N:stay > B > C > D"), { stay: { type: "integer" } });
const renaming: DataChange[] = [
  { op: "rename", from: "nights", to: "stay" },
  { op: "convert", field: "stay", to: "integer" },
];

/** A session at C of version 2, which a move has filled with what was heard. */
async function heardOnTwo(variables: Record<string, unknown> = {}) {
  const made = bench({ fieldSources: [heard] });
  await made.regraft.publish(v1);
  await walk(made.regraft, "s1", ["B", "C"], { variables });
  const first = await roll(made.regraft, v1, v2);
  expect(await made.regraft.reconcile("s1")).toMatchObject({ action: "teleport", version: 2 });
  return { ...made, first };
}

describe("the lineage of a value that a plan changes", () => {
  it("goes along with a rename and a conversion, with what was done and by which plan", async () => {
    const { regraft } = await heardOnTwo();
    const before = (await regraft.session("s1")).lineage?.nights;
    const plan = await roll(regraft, v2, v3, { data: renaming });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", version: 3 });
    const { variables, lineage } = await regraft.session("s1");
    expect(variables).toEqual({ stay: 3 });
    const by = { planId: plan.id, planDigest: plan.digest, version: 3 };
    const { wrote, ...origin } = lineage?.stay ?? {};
    expect(Object.keys(lineage ?? {})).toEqual(["stay"]);
    expect(origin).toEqual({
      ...{ ...before, wrote: undefined },
      changes: [
        { op: "rename", from: "nights", ...by },
        { op: "convert", to: "integer", ...by },
      ],
    });
    expect(before).toMatchObject({ kind: "conversation", quote: "three nights", turn: 4, span: [2, 14] });
    expect(wrote).not.toBe(before?.wrote);
  });

  it("is as it was after an undo, also where the move had dropped an origin that no longer held", async () => {
    const { regraft } = await heardOnTwo();
    const before = await regraft.session("s1");
    await roll(regraft, v2, v3, { data: renaming });
    await regraft.reconcile("s1");
    await regraft.undo("s1", ana);
    const { variables, lineage } = await regraft.session("s1");
    expect({ variables, lineage }).toEqual({ variables: before.variables, lineage: before.lineage });

    const other = await heardOnTwo();
    await other.regraft.update("s1", { variables: { nights: "5" } });
    const stale = (await other.regraft.session("s1")).lineage;
    await roll(other.regraft, v2, flow(3, "A > N:nights > B > C > D > E"));
    await other.regraft.reconcile("s1");
    expect((await other.regraft.session("s1")).lineage).toBeUndefined();
    await other.regraft.undo("s1", ana);
    expect((await other.regraft.session("s1")).lineage).toEqual(stale);
  });

  it("collects the changes of several versions that one move goes through", async () => {
    const { regraft } = await heardOnTwo();
    const middle = flow(3, "A > N:nightCount > B > C > D");
    const last = defining(flow(4, "A > N:stay > B > C > D"), { stay: { type: "integer" } });
    await roll(regraft, v2, middle, { data: [{ op: "rename", from: "nights", to: "nightCount" }] });
    const data: DataChange[] = [
      { op: "copy", from: "nightCount", to: "stay" },
      { op: "convert", field: "stay", to: "integer" },
    ];
    await roll(regraft, middle, last, { data });
    await regraft.reconcile("s1");
    const { variables, lineage } = await regraft.session("s1");
    expect(variables).toEqual({ nightCount: "3", stay: 3 });
    const told = (field: string) => (lineage?.[field]?.changes ?? []).map(({ op, version }) => `${op} ${version}`);
    expect([told("nightCount"), told("stay")]).toEqual([["rename 3"], ["rename 3", "copy 4", "convert 4"]]);
  });

  it("says that a value came from the session's data, or from the plan, where nobody knows more", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B", "C"], { variables: { night: "2" } });
    const data: DataChange[] = [
      { op: "rename", from: "night", to: "nights" },
      { op: "constant", field: "terms", value: "2026" },
      { op: "default", field: "nights", value: "1" },
    ];
    await roll(regraft, v1, v2, { data });
    await regraft.reconcile("s1");
    const { lineage } = await regraft.session("s1");
    expect(lineage?.nights).toMatchObject({
      source: "session",
      kind: "session",
      changes: [{ op: "rename", from: "night" }],
    });
    expect(lineage?.nights?.changes).toHaveLength(1);
    expect(lineage?.terms).toMatchObject({ source: "plan", kind: "plan", changes: [{ op: "constant" }] });
  });

  it("is not made up for a value that the person has answered anew, nor for one that comes back to where it was", async () => {
    const { regraft } = await heardOnTwo();
    const back = flow(3, "A > N:nights > B > C > D > E");
    const there: DataChange[] = [{ op: "rename", from: "nights", to: "stay" }];
    await roll(regraft, v2, back, { data: [...there, { op: "rename", from: "stay", to: "nights" }] });
    const before = (await regraft.session("s1")).lineage;
    await regraft.reconcile("s1");
    expect((await regraft.session("s1")).lineage).toEqual(before);

    const again = await heardOnTwo();
    await roll(again.regraft, v2, v3, { data: renaming });
    await again.regraft.provide("s1", { stay: 7 });
    const { variables, lineage } = await again.regraft.session("s1");
    expect(variables.stay).toBe(7);
    expect(lineage?.stay).toMatchObject({ kind: "person", scenarioVersion: 3 });
    expect(lineage?.stay?.changes).toBeUndefined();
  });
});

describe("what was answered for a version that another one replaces before the move", () => {
  const asking = flow(2, "A > N:tel,email > B > C > D");
  const renamed = defining(flow(3, "A > N:phone,email > B > C > D"), { phone: { type: "string" } });
  const data: DataChange[] = [{ op: "rename", from: "tel", to: "phone" }];

  async function asked() {
    const made = bench();
    await made.regraft.publish(v1);
    await walk(made.regraft, "s1", ["B", "C"]);
    await roll(made.regraft, v1, asking);
    expect(await made.regraft.reconcile("s1")).toMatchObject({ action: "collect", fields: ["tel", "email"] });
    return made;
  }

  it("is not asked again under its new name", async () => {
    const { regraft } = await asked();
    await regraft.provide("s1", { tel: "555" });
    await roll(regraft, asking, renamed, { data });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "collect", fields: ["email"] });
    await regraft.provide("s1", { email: "jo@x.example" });
    const { variables, lineage } = await regraft.session("s1");
    expect(variables).toEqual({ phone: "555", email: "jo@x.example" });
    expect(lineage?.phone).toMatchObject({
      kind: "person",
      scenarioVersion: 3,
      changes: [{ op: "rename", from: "tel" }],
    });
  });

  it("is taken under its old name when it comes after the new version, also where the session was held meanwhile", async () => {
    for (const isHeld of [false, true]) {
      const { regraft } = await asked();
      await roll(regraft, asking, renamed, { data });
      expect(await regraft.provide("s1", { tel: "555" })).toMatchObject({ action: "collect", fields: ["email"] });
      if (isHeld) {
        await regraft.hold("s1", ana);
        await regraft.release("s1", ana);
      }
      await regraft.provide("s1", { email: "jo@x.example" });
      expect((await regraft.session("s1")).variables).toEqual({ phone: "555", email: "jo@x.example" });
    }
  });

  it("is undone to the answer under its old name, and found again after a release", async () => {
    const { regraft } = await asked();
    await regraft.provide("s1", { tel: "555" });
    await roll(regraft, asking, renamed, { data });
    expect(await regraft.provide("s1", { email: "jo@x.example" })).toMatchObject({ action: "teleport", version: 3 });
    await regraft.undo("s1", ana);
    const { variables, migration } = await regraft.session("s1");
    expect(variables).toEqual({});
    expect(migration?.found?.map(({ field, value }) => [field, value])).toEqual(
      expect.arrayContaining([
        ["tel", "555"],
        ["email", "jo@x.example"],
      ]),
    );
    await regraft.release("s1", ana);
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", version: 3 });
    expect((await regraft.session("s1")).variables).toEqual({ phone: "555", email: "jo@x.example" });
  });

  it("is converted, set aside where the new definition does not take it, and dropped where the plan sets or removes it", async () => {
    const cases: [DataChange[], Record<string, Partial<Field>>, string[]][] = [
      [[{ op: "convert", field: "tel", to: "integer" }], { tel: { type: "integer" } }, ["email"]],
      [[], { tel: { type: "integer" } }, ["tel", "email"]],
      [[{ op: "remove", field: "tel" }], {}, ["tel", "email"]],
      [[{ op: "constant", field: "tel", value: "1" }], {}, ["email"]],
      [[{ op: "copy", from: "tel", to: "email" }], { email: { type: "string" } }, []],
    ];
    for (const [changes, fields, left] of cases) {
      const { regraft } = await asked();
      await regraft.provide("s1", { tel: "555" });
      await roll(regraft, asking, defining(flow(3, "A > N:tel,email > B > C > D"), fields), { data: changes });
      const result = await regraft.reconcile("s1");
      expect(result.action === "collect" ? result.fields : []).toEqual(left);
    }
  });

  it("keeps what stands under the new name already", async () => {
    const both = flow(2, "A > N:tel,phone,email > B > C > D");
    const made = bench();
    await made.regraft.publish(v1);
    await walk(made.regraft, "s1", ["B", "C"]);
    await roll(made.regraft, v1, both);
    await made.regraft.provide("s1", { tel: "555", phone: "+44 20 7946 0018" });
    await roll(made.regraft, both, flow(3, "A > N:phone,email > B > C > D"), { data });
    await made.regraft.provide("s1", { email: "jo@x.example" });
    expect((await made.regraft.session("s1")).variables).toEqual({ phone: "+442079460018", email: "jo@x.example" });
  });
});

describe("a value that was found too long ago for the new version", () => {
  it("is asked anew if it is needed, and left alone if it is not", async () => {
    const { regraft, clock } = bench();
    const asking = flow(2, "A > N:tel,note > B > C > D");
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B", "C"], { variables: { email: "jo@x.example" } });
    await roll(regraft, v1, asking);
    await regraft.provide("s1", { tel: "555", note: "window" });
    const short = { expiresAfterMs: 60_000 };
    const next = defining(flow(3, "A > N:tel,note > B > M:phone,email > C > D"), {
      phone: { type: "string", ...short },
      email: short,
      note: short,
    });
    await roll(regraft, asking, next, { data: [{ op: "copy", from: "tel", to: "phone" }] });
    clock.advance(60_001);
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "collect", fields: ["phone"] });
    await regraft.provide("s1", { phone: "777" });
    expect((await regraft.session("s1")).variables).toEqual({
      tel: "555",
      note: "window",
      email: "jo@x.example",
      phone: "777",
    });
  });
});
