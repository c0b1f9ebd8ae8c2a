import { describe, expect, it } from "vitest";
import type { FieldFinding, FieldSource, FieldSourceKind, Judge } from "../../src/index.js";
import { bench, flow, roll, walk } from "./helpers.js";

const at = "2026-03-01T09:00:00.000Z";
const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > N:email,phone > B > C");

interface Counted extends FieldSource {
  readonly asked: string[][];
}

function source(kind: FieldSourceKind, findings: readonly FieldFinding[] | "fails"): Counted {
  const asked: string[][] = [];
  return {
    name: kind,
    kind,
    asked,
    find: async ({ fields }) => {
      asked.push(fields.map(({ name }) => name));
      if (findings === "fails") throw new Error("no connection");
      return findings.filter(({ field }) => fields.some(({ name }) => name === field));
    },
  };
}

const email = (confidence: number, value: unknown = "jo@x.example"): FieldFinding => ({
  field: "email",
  value,
  confidence,
  quote: "it is jo@x.example",
});
const phone: FieldFinding = { field: "phone", value: "+442079460018", confidence: 1 };

async function waiting(fieldSources: readonly FieldSource[], given: object = {}) {
  const made = bench({ fieldSources, ...given });
  await made.regraft.publish(v1);
  await walk(made.regraft, "s1", ["B", "C"]);
  await roll(made.regraft, v1, v2);
  return made;
}

describe("sources of fields", () => {
  it("are asked in their order, costly ones only while something is open, and save the question", async () => {
    const conversation = source("conversation", [email(1), phone]);
    const profile = source("profile", [email(1)]);
    const { regraft, store } = await waiting([conversation, profile]);
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", kind: "gap_fill" });
    expect(profile.asked).toEqual([["email", "phone"]]);
    expect(conversation.asked).toEqual([["email", "phone"]]);
    expect((await regraft.session("s1")).variables).toEqual({ email: "jo@x.example", phone: phone.value });
    const { entries } = await store.read({ kind: "session", tenantId: "", id: "s1" }, { limit: 50 });
    expect(entries.at(-1)?.data.found).toEqual([
      { field: "email", source: "profile", kind: "profile", confidence: 1, foundAt: at, confirmed: false },
      {
        field: "phone",
        source: "conversation",
        kind: "conversation",
        confidence: 1,
        foundAt: at,
        confirmed: false,
        gate: { use: 0.85, withoutConfirmation: 0.95 },
      },
    ]);
    expect(JSON.stringify(entries)).not.toContain("jo@x.example");
  });

  it.each([0.849, Number.NaN, 1.2, -1])("are not believed with a confidence of %s", async (confidence) => {
    const { regraft } = await waiting([source("profile", [email(confidence)])]);
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "collect", fields: ["email", "phone"] });
  });

  it.each([null, "", "nobody", 7])("are not believed with a value such as %s", async (value) => {
    const { regraft } = await waiting([source("profile", [email(1, value)])]);
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "collect", fields: ["email", "phone"] });
  });

  it("never stop the message when they fail", async () => {
    const { regraft } = await waiting([source("profile", "fails"), source("tool", [phone])]);
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "collect", fields: ["email"] });
  });

  it("keep what they found while the rest is asked, and are not asked for it again", async () => {
    const profile = source("profile", [email(1)]);
    const { regraft } = await waiting([profile]);
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "collect", fields: ["phone"] });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "collect", fields: ["phone"] });
    expect(profile.asked).toEqual([["email", "phone"], ["phone"]]);
    expect(await regraft.provide("s1", { phone: phone.value })).toMatchObject({ action: "teleport" });
    expect((await regraft.session("s1")).variables).toEqual({ email: "jo@x.example", phone: phone.value });
  });

  it("are asked again for what has become too old", async () => {
    const fields = (v2.fields ?? []).map((field) =>
      field.name === "email" ? { ...field, expiresAfterMs: 60_000 } : field,
    );
    const profile = source("profile", [email(1)]);
    const { regraft, clock } = bench({ fieldSources: [profile] });
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B", "C"]);
    await roll(regraft, v1, { ...v2, fields });
    await regraft.reconcile("s1");
    clock.advance(61_000);
    await regraft.reconcile("s1");
    expect(profile.asked).toEqual([
      ["email", "phone"],
      ["email", "phone"],
    ]);
  });

  it("of the conversation are left out where extraction is switched off", async () => {
    const conversation = source("conversation", [email(1), phone]);
    const { regraft } = await waiting([conversation], { config: { extraction: { enabled: false } } });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "collect", fields: ["email", "phone"] });
    expect(conversation.asked).toEqual([]);
  });
});

describe("confirmation", () => {
  it.each([0.85, 0.949])("comes before the use of a value of confidence %s", async (confidence) => {
    const { regraft } = await waiting([source("conversation", [email(confidence), phone])]);
    const result = await regraft.reconcile("s1");
    expect(result).toMatchObject({
      action: "confirm",
      field: "email",
      value: "jo@x.example",
      quote: "it is jo@x.example",
      pending: true,
    });
    expect((await regraft.session("s1")).variables).toEqual({});
    expect(await regraft.confirm("s1", { email: true })).toMatchObject({ action: "teleport" });
    expect((await regraft.session("s1")).variables).toMatchObject({ email: "jo@x.example" });
  });

  it("is not needed from 0.95 on, nor below where the configuration says so", async () => {
    const sure = await waiting([source("conversation", [email(0.95), phone])]);
    expect(await sure.regraft.reconcile("s1")).toMatchObject({ action: "teleport" });
    const config = { thresholds: { use: 0.5, withoutConfirmation: 0.6 } };
    const lax = await waiting([source("conversation", [email(0.6), phone])], { config });
    expect(await lax.regraft.reconcile("s1")).toMatchObject({ action: "teleport" });
  });

  it("that is refused leads to the question, and the value is not offered again", async () => {
    const conversation = source("conversation", [email(0.9), phone]);
    const { regraft } = await waiting([conversation]);
    await regraft.reconcile("s1");
    expect(await regraft.confirm("s1", { email: false })).toMatchObject({ action: "collect", fields: ["email"] });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "collect", fields: ["email"] });
    expect(await regraft.provide("s1", { email: "ann@x.example" })).toMatchObject({ action: "teleport" });
    expect((await regraft.session("s1")).variables).toMatchObject({ email: "ann@x.example" });
  });

  it("may be a correction, which is checked like any answer", async () => {
    const { regraft } = await waiting([source("conversation", [email(0.9), phone])]);
    await regraft.reconcile("s1");
    await expect(regraft.confirm("s1", { email: "nobody" })).rejects.toMatchObject({ code: "ANSWER.INVALID" });
    await expect(regraft.confirm("s1", { phone: true, age: true })).rejects.toMatchObject({ code: "ANSWER.NOT_ASKED" });
    expect(await regraft.confirm("s1", { email: "ann@x.example" })).toMatchObject({ action: "teleport" });
    expect((await regraft.session("s1")).variables).toMatchObject({ email: "ann@x.example" });
  });

  it("is repeated with its value for the same message, and keeps the value out of the ledger", async () => {
    const { regraft, store } = await waiting([source("conversation", [email(0.9), phone])]);
    const first = await regraft.reconcile("s1", { messageId: "m1" });
    const again = await regraft.reconcile("s1", { messageId: "m1" });
    expect(again).toEqual({ ...first, reasons: [...first.reasons, "MIGRATION.SETTLED"] });
    const { entries } = await store.read({ kind: "session", tenantId: "", id: "s1" }, { limit: 50 });
    expect(JSON.stringify(entries)).not.toContain("jo@x.example");
    await regraft.confirm("s1", { email: true });
    expect(await regraft.reconcile("s1", { messageId: "m1" })).toMatchObject({ action: "continue" });
  });
});

describe("conditions in natural language", () => {
  const judged = flow(2, "A > F", "F > R {is angry}", "F > B", "B > C");

  async function angry(judge: Judge | undefined) {
    const made = bench(judge === undefined ? {} : { judge });
    await made.regraft.publish(v1);
    await walk(made.regraft, "s1", ["B", "C"], { variables: { mood: 3 } });
    await roll(made.regraft, v1, judged);
    return made.regraft;
  }

  it("are decided by the judge", async () => {
    const seen: unknown[] = [];
    const judge = (verdict: boolean | "unknown"): Judge => ({
      judge: async ({ condition, data }) => {
        seen.push([condition, data]);
        return verdict;
      },
    });
    expect(await (await angry(judge(true))).reconcile("s1")).toMatchObject({ action: "teleport", stepId: "R" });
    expect(await (await angry(judge(false))).reconcile("s1")).toMatchObject({ action: "teleport", stepId: "C" });
    expect(seen).toEqual([
      ["is angry", { mood: 3 }],
      ["is angry", { mood: 3 }],
    ]);
  });

  it.each([
    ["missing", undefined],
    ["failing", { judge: () => Promise.reject(new Error("no model")) }],
    ["undecided", { judge: async () => "unknown" as const }],
  ])("stay unknown with a judge that is %s, and the session waits for a person", async (_, judge) => {
    expect(await (await angry(judge)).reconcile("s1")).toMatchObject({ action: "review", reason: "DECISION.UNKNOWN" });
  });
});
