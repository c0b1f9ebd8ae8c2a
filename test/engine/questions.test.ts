import { describe, expect, it } from "vitest";
import { createRegraft, defineScenario, type Field, type FieldSource, type Scenario } from "../../src/index.js";
import { bench, flow, roll, walk } from "./helpers.js";

const ana = { by: "ana" };
const v1 = flow(1, "A > B > C > D");
const v2 = flow(2, "A > N:email,phone > B > C > D");
const phone = "+44 20 7946 0018";

/** The version with other definitions of some fields. */
function defining(scenario: Scenario, changes: Record<string, Partial<Field>>): Scenario {
  const fields = (scenario.fields ?? []).map((field) => ({ ...field, ...changes[field.name] }));
  return defineScenario({ ...scenario, fields });
}

async function asked(to: Scenario = v2, given: object = {}) {
  const made = bench(given);
  await made.regraft.publish(v1);
  await walk(made.regraft, "s1", ["B", "C"]);
  const plan = await roll(made.regraft, v1, to);
  const result = await made.regraft.reconcile("s1", { messageId: "m1" });
  return { ...made, plan, result };
}

const says = (confidence: number, ...values: string[]): FieldSource => ({
  name: "crm",
  kind: "profile",
  find: async ({ fields }) =>
    fields.some(({ name }) => name === "email") ? values.map((value) => ({ field: "email", value, confidence })) : [],
});

describe("a question", () => {
  it("ends: each answer is stored at once, and only what is left is asked", async () => {
    const { regraft, store, clock } = await asked();
    expect(await regraft.provide("s1", { email: "jo@x.example" })).toMatchObject({ fields: ["phone"] });
    const restarted = createRegraft({ store, clock });
    for (const messageId of ["m2", "m3", "m4"]) {
      expect(await restarted.reconcile("s1", { messageId })).toMatchObject({ action: "collect", fields: ["phone"] });
    }
    expect(await restarted.provide("s1", { phone })).toMatchObject({ action: "teleport", version: 2 });
    expect((await restarted.session("s1")).variables).toEqual({ email: "jo@x.example", phone: "+442079460018" });
  });

  it("keeps what sources found while another field is asked, over a restart", async () => {
    const { store, clock } = await asked(v2, { fieldSources: [says(1, "jo@x.example")] });
    const restarted = createRegraft({ store, clock });
    expect(await restarted.provide("s1", { phone })).toMatchObject({ action: "teleport" });
    expect((await restarted.session("s1")).lineage?.email).toMatchObject({ kind: "profile", source: "crm" });
  });

  it("is put before a re-route too, for what the chosen way collects", async () => {
    const fork = flow(2, "A > E:email > F", "F > X [age < 18]", "F > B [age >= 18]", "B > C > D");
    const { regraft, result } = await asked(fork);
    expect(result).toMatchObject({ action: "collect" });
    expect(await regraft.provide("s1", { age: 7 })).toMatchObject({ action: "collect", fields: ["email"] });
    const moved = await regraft.provide("s1", { email: "jo@x.example" });
    expect(moved).toMatchObject({ action: "teleport", stepId: "X", kind: "re_route" });
  });

  it("names its fields in the same order every time, over several versions", async () => {
    const orders = new Set<string>();
    for (let run = 0; run < 3; run += 1) {
      const { regraft } = await asked(flow(2, "A > N:zeta,alpha > B > C > D"));
      await roll(regraft, flow(2, "A > N:zeta,alpha > B > C > D"), flow(3, "A > N:zeta,alpha > M:beta > B > C > D"));
      const result = await regraft.reconcile("s1");
      orders.add(result.action === "collect" ? result.fields.join() : result.action);
    }
    expect([...orders]).toEqual(["zeta,alpha,beta"]);
  });

  it("is put to the definition of the version that asks, however often that changes", async () => {
    const { regraft } = await asked(defining(v2, { phone: { type: "string" } }));
    await regraft.provide("s1", { phone: "five" });
    const from = defining(v2, { phone: { type: "string" } });
    await roll(regraft, from, { ...v2, version: 3 });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "collect", fields: ["email", "phone"] });
    await expect(regraft.provide("s1", { phone: "five" })).rejects.toMatchObject({ code: "ANSWER.INVALID" });
    await regraft.provide("s1", { phone, email: "jo@x.example" });
    expect((await regraft.session("s1")).variables).toEqual({ phone: "+442079460018", email: "jo@x.example" });
  });

  it("is not put by a forced clean graft, which says so", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B", "C"]);
    const plan = await roll(regraft, v1, v2, { policies: { "*": { forceKind: "clean_graft" } } });
    expect(plan.lint.map(({ code }) => code)).toContain("LINT.FORCED");
    expect((await regraft.reconcile("s1")).reasons).toContain("POLICY.FORCED");
  });
});

describe("an answer that comes late", () => {
  it("to a question that an older plan asked is refused once the session has moved", async () => {
    const { regraft } = await asked();
    await regraft.provide("s1", { email: "jo@x.example", phone });
    const before = await regraft.session("s1");
    await expect(regraft.provide("s1", { phone: "+44 20 7946 0019" })).rejects.toMatchObject({
      code: "ANSWER.NOT_ASKED",
    });
    await expect(regraft.confirm("s1", { phone: true })).rejects.toMatchObject({ code: "ANSWER.NOT_ASKED" });
    expect(await regraft.session("s1")).toEqual(before);
  });

  it("to a question that a newer version made void asks for nothing, and the session moves", async () => {
    const { regraft } = await asked();
    await roll(regraft, v2, flow(3, "A > B > C > D > E"));
    expect(await regraft.provide("s1", { phone }, { messageId: "m2" })).toMatchObject({
      action: "teleport",
      version: 3,
      replyBinding: "changed_question",
    });
    const { stepId, migration } = await regraft.session("s1");
    expect([stepId, migration]).toEqual(["C", undefined]);
  });

  it("after an undo is kept while the session is held, and counts once it is released", async () => {
    const { regraft } = await asked();
    await regraft.provide("s1", { email: "jo@x.example", phone });
    await regraft.undo("s1", ana);
    expect(await regraft.provide("s1", { email: "ann@x.example" })).toMatchObject({
      action: "continue",
      reasons: ["HOLD.UNDONE"],
      replyBinding: "changed_question",
    });
    expect((await regraft.session("s1")).variables).toEqual({});
    await regraft.release("s1", ana);
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport" });
    expect((await regraft.session("s1")).variables).toEqual({ email: "ann@x.example", phone: "+442079460018" });
  });

  it("while a plan is paused is kept, and the session moves on resuming without being asked again", async () => {
    const { regraft, plan } = await asked();
    await regraft.pause(plan, ana);
    expect(await regraft.provide("s1", { email: "jo@x.example", phone })).toMatchObject({ reasons: ["HOLD.PAUSED"] });
    await regraft.resume(plan, ana);
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport" });
  });

  it("to a value that was offered, after the person has refused it or given another, is refused", async () => {
    const { regraft } = await asked(v2, { fieldSources: [says(0.9, "jo@x.example")] });
    await regraft.confirm("s1", { email: "no" });
    await expect(regraft.confirm("s1", { email: "yes" })).rejects.toMatchObject({ code: "ANSWER.NOT_ASKED" });
    await regraft.provide("s1", { email: "ann@x.example" });
    await expect(regraft.confirm("s1", { email: "yes" })).rejects.toMatchObject({ code: "ANSWER.NOT_ASKED" });
    expect((await regraft.session("s1")).migration?.found).toMatchObject([{ value: "ann@x.example" }]);
  });
});

describe("answers at once", () => {
  it("of two fields both count, whoever is second decides anew, and the session moves once", async () => {
    const { regraft, store } = await asked();
    const results = await Promise.all([
      regraft.provide("s1", { email: "jo@x.example" }, { messageId: "a" }),
      regraft.provide("s1", { phone }, { messageId: "b" }),
    ]);
    expect(results.map(({ action }) => action).sort()).toEqual(["collect", "teleport"]);
    expect((await regraft.session("s1")).variables).toEqual({ email: "jo@x.example", phone: "+442079460018" });
    const { entries } = await store.read({ kind: "session", tenantId: "", id: "s1" }, { limit: 50 });
    expect(entries.filter(({ data }) => data.action === "teleport")).toHaveLength(1);
  });

  it("of the same field count one after the other: the later one stands, or comes too late", async () => {
    const { regraft } = await asked();
    const given = ["jo@x.example", "ann@x.example"];
    await Promise.all(given.map((email) => regraft.provide("s1", { email })));
    const [kept] = (await regraft.session("s1")).migration?.found ?? [];
    expect(given).toContain(kept?.value);
    const last = await Promise.allSettled(
      ["8", "9"].map((end) => regraft.provide("s1", { phone: `+44 20 7946 001${end}` })),
    );
    expect(last.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it("under the same message id have their effect once", async () => {
    const { regraft } = await asked();
    const give = () => regraft.provide("s1", { email: "jo@x.example" }, { messageId: "same" });
    const [one, two] = await Promise.all([give(), give()]);
    expect([one.action, two.action]).toEqual(["collect", "collect"]);
    expect((await regraft.session("s1")).migration?.found).toHaveLength(1);
  });
});

describe("an application that gives a value while a question waits", () => {
  it("by `provide` ends the question as the person would, also for a field not asked yet but needed", async () => {
    const gated = flow(2, "A > F", "F > M:phone [age >= 18]", "F > B [age < 18]", "M > B", "B > C > D");
    const { regraft, result } = await asked(gated);
    expect(result).toMatchObject({ action: "collect", fields: ["age"] });
    expect(await regraft.provide("s1", { phone })).toMatchObject({ action: "collect", fields: ["age"] });
    expect(await regraft.provide("s1", { age: 30 })).toMatchObject({ action: "teleport" });
  });

  it("by `update` ends it as well, and wins over what the person has answered", async () => {
    const { regraft } = await asked();
    await regraft.provide("s1", { email: "jo@x.example" });
    await regraft.update("s1", { variables: { email: "host@x.example", phone: "+442079460018" } });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport" });
    expect((await regraft.session("s1")).variables.email).toBe("host@x.example");
  });

  it("for a field that nobody uses is refused, with no trace of it", async () => {
    const { regraft } = await asked();
    const before = await regraft.session("s1");
    await expect(regraft.provide("s1", { email: "jo@x.example", shoe: 1 })).rejects.toMatchObject({
      code: "ANSWER.NOT_ASKED",
      details: { path: "/shoe" },
    });
    expect(await regraft.session("s1")).toEqual(before);
  });
});

describe("a person's decision to hold a session that is asked something", () => {
  it("keeps the answers given before and meanwhile, and ends with a release", async () => {
    const { regraft } = await asked();
    await regraft.provide("s1", { email: "jo@x.example" });
    expect(await regraft.resolve("s1", { hold: true }, ana)).toMatchObject({ reasons: ["HOLD.RESOLVED"] });
    expect(await regraft.provide("s1", { phone })).toMatchObject({ reasons: ["HOLD.RESOLVED"] });
    expect(await regraft.session("s1")).toMatchObject({ scenarioVersion: 1, variables: {} });
    await regraft.release("s1", ana);
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport" });
    expect((await regraft.session("s1")).variables).toEqual({ email: "jo@x.example", phone: "+442079460018" });
  });

  it("binds no reply to the question that waited, at the first message after it and no later", async () => {
    const { regraft } = await asked();
    await regraft.resolve("s1", { hold: true }, ana);
    expect((await regraft.reconcile("s1")).replyBinding).toBe("changed_question");
    expect((await regraft.reconcile("s1")).replyBinding).toBe("same_question");
  });

  it("gives way to a newer version, which asks only what is still open", async () => {
    const { regraft } = await asked();
    await regraft.provide("s1", { email: "jo@x.example" });
    await regraft.resolve("s1", { hold: true }, ana);
    await roll(regraft, v2, { ...v2, version: 3 });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "collect", fields: ["phone"] });
  });
});

describe("what a person says to a value that was offered", () => {
  const toText = flow(2, "A > N:name,email > B > C > D");
  const offering: FieldSource = {
    name: "crm",
    kind: "profile",
    find: async ({ fields }) =>
      fields.flatMap(({ name }) => [
        { field: name, value: name === "email" ? "jo@x.example" : "Bo", confidence: name === "email" ? 1 : 0.9 },
      ]),
  };

  it.each(["Yes, that's correct!", "yes yes", "👍", "Ja", "oui", "да"])("%s: it is right", async (said) => {
    const { regraft } = await asked(toText, { fieldSources: [offering] });
    expect(await regraft.confirm("s1", { name: said })).toMatchObject({ action: "teleport" });
    expect((await regraft.session("s1")).variables.name).toBe("Bo");
  });

  it.each(["no way", "not right", "nein", "no, Anna"])("%s: it is wrong, and is asked for", async (said) => {
    const { regraft } = await asked(toText, { fieldSources: [offering] });
    expect(await regraft.confirm("s1", { name: said })).toMatchObject({ action: "collect", fields: ["name"] });
  });

  it("a no with the right value keeps that value", async () => {
    const { regraft } = await asked(v2, { fieldSources: [says(0.9, "jo@x.example")] });
    const result = await regraft.confirm("s1", { email: "no, ann@x.example" });
    expect(result).toMatchObject({ action: "collect", fields: ["phone"] });
    const { migration } = await regraft.session("s1");
    expect(migration?.found).toMatchObject([{ field: "email", value: "ann@x.example" }]);
  });

  it("a yes with something else, for free text, is none, and nothing is kept", async () => {
    const { regraft } = await asked(toText, { fieldSources: [offering] });
    const before = await regraft.session("s1");
    await expect(regraft.confirm("s1", { name: "yes, Anna is right" })).rejects.toMatchObject({
      code: "ANSWER.INVALID",
      details: { path: "/name", expected: "yes, no, or the right value alone", problem: "ambiguous" },
    });
    expect(await regraft.session("s1")).toEqual(before);
  });
});
