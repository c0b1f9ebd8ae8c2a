import { describe, expect, it } from "vitest";
import type { FieldSource } from "../../src/ports/field-source.js";
import { bench, flow, roll, walk } from "./helpers.js";

const v1 = flow(1, "A > B > C > D");
const asking = flow(2, "A > N:email,phone > B > C > D");

async function answeredHalf() {
  const made = bench();
  await made.regraft.publish(v1);
  await walk(made.regraft, "s1", ["B"], { variables: { email: "old text" } });
  const plan = await roll(made.regraft, v1, asking);
  await made.regraft.provide("s1", { email: "jo@x.example" });
  return { ...made, plan };
}

describe("an answer for a new version", () => {
  it("becomes data of the session only when it moves", async () => {
    const { regraft } = await answeredHalf();
    const { variables, migration } = await regraft.session("s1");
    expect(variables).toEqual({ email: "old text" });
    expect(migration?.found).toMatchObject([
      { field: "email", value: "jo@x.example", source: "person", confidence: 1, confirmed: true },
    ]);
    expect(await regraft.provide("s1", { phone: "+44 20 7946 0018" })).toMatchObject({ action: "teleport" });
    expect((await regraft.session("s1")).variables).toEqual({ email: "jo@x.example", phone: "+442079460018" });
  });

  it("leaves the data of the old version alone when the plan is rolled back", async () => {
    const { regraft, plan } = await answeredHalf();
    await regraft.rollback(plan, { by: "ana" });
    expect(await regraft.reconcile("s1")).toMatchObject({ reasons: ["HOLD.ROLLED_BACK"] });
    expect((await regraft.session("s1")).variables).toEqual({ email: "old text" });
  });

  it("is not touched by the data changes of the plan", async () => {
    const { regraft } = bench();
    const [from, to] = [flow(1, "A:tel > B"), flow(2, "A:email > N:tel > B")];
    await regraft.publish(from);
    await walk(regraft, "s1", ["B"], { variables: { tel: "jo@x.example" } });
    await roll(regraft, from, to, { data: [{ op: "rename", from: "tel", to: "email" }] });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "collect", fields: ["tel"] });
    expect(await regraft.provide("s1", { tel: "555" })).toMatchObject({ action: "teleport" });
    expect((await regraft.session("s1")).variables).toEqual({ email: "jo@x.example", tel: "555" });
  });

  it("gives way to what the host writes later", async () => {
    const { regraft } = await answeredHalf();
    await regraft.update("s1", { variables: { email: "new@x.example" } });
    await regraft.provide("s1", { phone: "+44 20 7946 0018" });
    expect((await regraft.session("s1")).variables).toMatchObject({ email: "new@x.example" });
  });

  it("and a refusal outlive a hold", async () => {
    const finding = { field: "phone", value: "+44 20 7946 0018", confidence: 0.9, quote: "call me" };
    const source: FieldSource = { name: "crm", kind: "profile", find: async () => [finding] };
    const { regraft } = bench({ fieldSources: [source] });
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    await roll(regraft, v1, asking);
    await regraft.provide("s1", { email: "jo@x.example" });
    expect(await regraft.confirm("s1", { phone: false })).toMatchObject({ action: "collect", fields: ["phone"] });
    await regraft.hold("s1", { by: "ana" });
    await regraft.release("s1", { by: "ana" });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "collect", fields: ["phone"] });
  });
});

describe("a person's choice", () => {
  it("says nothing once the session stands elsewhere", async () => {
    const { regraft } = bench();
    const to = flow(2, "A > N:email > B > C > D");
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    await roll(regraft, v1, to);
    expect(await regraft.resolve("s1", { choose: "B" }, { by: "ana" })).toMatchObject({ action: "collect" });
    expect((await regraft.session("s1")).migration?.resolution).toMatchObject({ stepId: "B", fromStepId: "B" });
    for (const stepId of ["C", "D"]) await regraft.recordVisit("s1", stepId, { version: 1 });
    expect(await regraft.provide("s1", { email: "jo@x.example" })).toMatchObject({ action: "teleport", stepId: "D" });
  });
});
