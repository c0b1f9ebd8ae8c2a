import { describe, expect, it } from "vitest";
import { defineScenario, type FieldSource } from "../../src/index.js";
import { faultyStore } from "../../src/testing/faulty-store.js";
import { bench, flow, roll, walk } from "./helpers.js";

const v1 = flow(1, "A > B > C > D");
const v2 = flow(2, "A > N > B > C > D");
const ana = { by: "ana" };

/** A session that a plan has moved from C of version 1 to C of version 2. */
async function moved(terms: object = {}, given: Parameters<typeof bench>[0] = {}) {
  const made = bench(given);
  await made.regraft.publish(v1);
  await walk(made.regraft, "s1", ["B", "C"], { variables: { tel: "17", note: "keep me" } });
  const before = await made.regraft.session("s1");
  const plan = await roll(made.regraft, v1, v2, terms);
  made.clock.advance(60_000);
  expect(await made.regraft.reconcile("s1")).toMatchObject({ action: "teleport", stepId: "C" });
  return { ...made, before, plan };
}

const ledger = async ({ store }: Pick<ReturnType<typeof bench>, "store">) =>
  (await store.read({ kind: "session", tenantId: "", id: "s1" }, { limit: 100 })).entries;

describe("undoing a move", () => {
  it("brings the session back as it was, and holds it until it is released", async () => {
    const { regraft, before, plan } = await moved();
    expect(await regraft.undo("s1", ana)).toEqual({
      action: "undone",
      sessionId: "s1",
      tenantId: "",
      reason: "HOLD.UNDONE",
      position: { version: 1, stepId: "C" },
      planIds: [plan.id],
      kept: [],
      repeated: false,
      replyBinding: "same_question",
    });
    const { migration, revision, updatedAt, ...after } = await regraft.session("s1");
    const { revision: first, updatedAt: _, pendingMigration: __, ...was } = before;
    expect(after).toEqual(was);
    expect(revision).toBe(first + 2);
    expect(updatedAt).toBe("2026-03-01T09:01:00.000Z");
    expect(migration).toMatchObject({ state: "held", reason: "HOLD.UNDONE", planId: plan.id, toVersion: 2 });
    for (const messageId of ["m1", "m2"]) {
      expect(await regraft.reconcile("s1", { messageId })).toMatchObject({
        action: "continue",
        reasons: ["HOLD.UNDONE"],
        position: { version: 1, stepId: "C" },
      });
    }
    await regraft.release("s1", ana);
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", position: { version: 2, stepId: "C" } });
  });

  it("holds against newer plans too", async () => {
    const { regraft } = await moved();
    await regraft.undo("s1", ana);
    await roll(regraft, v2, flow(3, "A > B > C > D"));
    expect((await regraft.reconcile("s1")).reasons).toEqual(["HOLD.UNDONE"]);
  });

  it("takes back what the plan did to the data, and leaves what others wrote since", async () => {
    const data = [
      { op: "rename", from: "tel", to: "phone" },
      { op: "constant", field: "terms", value: "2026" },
      { op: "remove", field: "note" },
    ];
    const { regraft } = await moved({ data });
    expect((await regraft.session("s1")).variables).toEqual({ phone: "17", terms: "2026" });
    await regraft.update("s1", { variables: { terms: "mine", seen: true } });
    expect(await regraft.undo("s1", ana)).toMatchObject({ action: "undone", kept: ["terms"] });
    expect((await regraft.session("s1")).variables).toEqual({
      tel: "17",
      note: "keep me",
      terms: "mine",
      seen: true,
    });
  });

  it("keeps the changed values only, and tells the ledger none of them", async () => {
    const made = await moved({ data: [{ op: "rename", from: "tel", to: "phone" }] });
    const { inverse } = await made.regraft.session("s1");
    expect(inverse?.fields).toEqual({ tel: { before: "17" }, phone: { wrote: expect.stringMatching(/^sha256:/) } });
    expect(JSON.stringify(inverse)).not.toContain("keep me");
    await made.regraft.undo("s1", { by: "ana", reason: "too early" });
    const entry = (await ledger(made)).at(-1);
    expect(entry).toMatchObject({
      type: "session.undone",
      data: { by: "ana", reason: "too early", fields: ["phone", "tel"], from: { version: 2 }, to: { version: 1 } },
    });
    expect(JSON.stringify(await ledger(made))).not.toContain('"17"');
  });

  it("does not lose what the person has answered, and does not ask it again", async () => {
    const asking = flow(2, "A > N:email > B > C > D");
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B", "C"]);
    await roll(regraft, v1, asking);
    await regraft.reconcile("s1");
    expect(await regraft.provide("s1", { email: "jo@x.example" })).toMatchObject({ action: "teleport" });
    expect(JSON.stringify((await regraft.session("s1")).inverse)).not.toContain("jo@x.example");
    expect(await regraft.undo("s1", ana)).toMatchObject({ action: "undone" });
    const undone = await regraft.session("s1");
    expect(undone.variables).toEqual({});
    expect(undone.migration?.found).toMatchObject([{ field: "email", value: "jo@x.example", source: "person" }]);
    await regraft.release("s1", ana);
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", position: { version: 2 } });
    expect((await regraft.session("s1")).variables).toEqual({ email: "jo@x.example" });
  });

  it("leaves no origin for a value that the session had before the move", async () => {
    const source: FieldSource = {
      name: "crm",
      kind: "profile",
      find: async () => [{ field: "email", value: "jo@x.example", confidence: 1 }],
    };
    const { regraft } = bench({ fieldSources: [source] });
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B", "C"]);
    await roll(regraft, v1, flow(2, "A > N:email,note > B > C > D"));
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "collect", fields: ["note"] });
    await regraft.update("s1", { variables: { email: "jo@x.example" } });
    await regraft.provide("s1", { note: "window seat" });
    expect(Object.keys((await regraft.session("s1")).lineage ?? {})).toEqual(["note"]);
    await regraft.undo("s1", ana);
    const { lineage, variables } = await regraft.session("s1");
    expect([lineage, variables]).toEqual([undefined, { email: "jo@x.example" }]);
  });

  it("takes the mark of a later plan off, and what was asked for it", async () => {
    const { regraft } = await moved();
    await roll(regraft, v2, flow(3, "A > N > M:email > B > C > D"));
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "collect", pending: true });
    expect(await regraft.undo("s1", ana)).toMatchObject({ action: "undone", position: { version: 1 } });
    const { pendingMigration, migration } = await regraft.session("s1");
    expect(pendingMigration).toBeUndefined();
    expect(migration).toMatchObject({ reason: "HOLD.UNDONE", asked: {} });
  });

  it("brings back visits that the move had pushed out of a full history, and the checkpoint it stands on", async () => {
    const pay1 = flow(1, "A > B > P! > C");
    const pay2 = flow(2, "A > N > B > P! > C");
    const { regraft } = bench({ config: { historyLimit: 3 } });
    await regraft.publish(pay1);
    await walk(regraft, "s1", ["B", "P"]);
    const before = await regraft.session("s1");
    await roll(regraft, pay1, pay2);
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", stepId: "P" });
    const after = await regraft.session("s1");
    expect(after.stepHistory.map(({ stepId }) => stepId)).toEqual(["B", "P", "P"]);
    expect(after.passedCheckpoints).toMatchObject([{ stepId: "P", scenarioVersion: 2 }]);
    await regraft.undo("s1", ana);
    const undone = await regraft.session("s1");
    expect(undone.stepHistory).toEqual(before.stepHistory);
    expect(undone.passedCheckpoints).toEqual(before.passedCheckpoints);
  });

  it("says whether the message that waits may answer the step it comes back to", async () => {
    const reworded = defineScenario({
      ...v2,
      steps: v2.steps.map((step) => (step.id === "C" ? { ...step, name: "Shall we?" } : step)),
    });
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B", "C"]);
    await roll(regraft, v1, reworded);
    await regraft.reconcile("s1");
    expect(await regraft.undo("s1", ana)).toMatchObject({ replyBinding: "changed_question" });
  });

  it("is no longer counted as applied by the plan, but as held", async () => {
    const { regraft, plan } = await moved();
    expect(await regraft.status(plan)).toMatchObject({ applied: 1, held: 0 });
    await regraft.undo("s1", ana);
    expect(await regraft.status(plan)).toMatchObject({ applied: 0, held: 1, byKind: { clean_graft: 0 } });
  });
});

describe("undoing again", () => {
  it("changes nothing and says so, also after the answer was lost on the way", async () => {
    const made = bench({}, (store) =>
      faultyStore(store, { failOn: ({ method, n }) => (method === "commit" && n === 5 ? "after" : undefined) }),
    );
    const { regraft } = made;
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B", "C"]);
    await roll(regraft, v1, v2);
    await regraft.reconcile("s1");
    await expect(regraft.undo("s1", ana)).rejects.toMatchObject({ code: "STORE.UNAVAILABLE" });
    const once = await regraft.session("s1");
    expect(once.scenarioVersion).toBe(1);
    expect(await regraft.undo("s1", ana)).toMatchObject({ action: "undone", repeated: true, kept: [] });
    expect(await regraft.session("s1")).toEqual(once);
  });

  it("never reaches beyond the last move", async () => {
    const { regraft } = await moved();
    await roll(regraft, v2, flow(3, "A > N > O > B > C > D"));
    await regraft.reconcile("s1");
    for (const repeated of [false, true]) {
      expect(await regraft.undo("s1", ana)).toMatchObject({ repeated, position: { version: 2, stepId: "C" } });
    }
    await regraft.release("s1", ana);
    expect(await regraft.undo("s1", ana)).toMatchObject({ action: "refused", reason: "UNDO.ADVANCED" });
  });
});

describe("an undo is refused", () => {
  it("once the session has gone on, and its removed values are forgotten then", async () => {
    const { regraft } = await moved({ data: [{ op: "remove", field: "note" }] });
    await regraft.recordVisit("s1", "D", { version: 2 });
    const gone = await regraft.session("s1");
    expect(gone.inverse).toBeUndefined();
    expect(await regraft.undo("s1", ana)).toMatchObject({
      action: "refused",
      reason: "UNDO.ADVANCED",
      position: { version: 2, stepId: "D" },
    });
    expect(await regraft.session("s1")).toEqual(gone);
  });

  it("where the session was never moved", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    expect(await regraft.undo("s1", ana)).toMatchObject({ action: "refused", reason: "UNDO.NOTHING" });
  });

  it("where the version that it left is not kept, or has other content", async () => {
    const made = await moved();
    const session = await made.regraft.session("s1");
    const { inverse } = session;
    if (inverse === undefined) throw new TypeError("the move stored no inverse");
    for (const [id, change] of [
      ["s2", { scenarioVersion: 9 }],
      ["s3", { scenarioChecksum: `r1:${"0".repeat(64)}` }],
    ] as const) {
      const { pendingMigration: _, ...rest } = session;
      await made.regraft.importSession({ ...rest, id, inverse: { ...inverse, ...change } });
      expect(await made.regraft.undo(id, ana)).toMatchObject({ action: "refused", reason: "UNDO.VERSION_GONE" });
    }
  });

  it("where the session is over, or nobody says who asks for it", async () => {
    const { regraft } = await moved();
    await expect(regraft.undo("s1", { by: " " })).rejects.toMatchObject({ code: "INPUT.INVALID" });
    await regraft.update("s1", { status: "closed" });
    expect((await regraft.session("s1")).inverse).toBeUndefined();
    await expect(regraft.undo("s1", ana)).rejects.toMatchObject({ code: "SESSION.CLOSED" });
  });
});

describe("a plan for the way back", () => {
  it("leads sessions that have gone on to a version with the old content, under the same promises", async () => {
    const { regraft, plan } = await moved({ data: [{ op: "rename", from: "tel", to: "phone" }] });
    await regraft.recordVisit("s1", "D", { version: 2 });
    const { plan: back, lost } = await regraft.proposeInverse(plan, ana);
    expect(lost).toEqual([]);
    expect(back).toMatchObject({ status: "pending", fromVersion: 2, toVersion: 3, createdBy: "ana" });
    expect(back.data).toEqual([{ op: "rename", from: "phone", to: "tel" }]);
    await regraft.deploy(await regraft.approve(back, ana));
    expect((await regraft.scenario("flow")).steps).toEqual(v1.steps);
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", position: { version: 3, stepId: "D" } });
    expect((await regraft.session("s1")).variables).toEqual({ tel: "17", note: "keep me" });
  });

  it("turns mappings and answers about effects round, and names what data it cannot bring back", async () => {
    const old = flow(1, "A > P! > C");
    const now = defineScenario({
      ...flow(2, "A > P! > K"),
      steps: [
        { id: "A", name: "A" },
        { id: "P", name: "P", checkpoint: true, checkpointDescription: "P is done" },
        { id: "K", name: "Closing" },
      ],
      fields: [{ name: "n", type: "string" }],
    });
    const { regraft } = bench();
    await regraft.publish(defineScenario({ ...old, fields: [{ name: "n", type: "integer" }] }));
    await walk(regraft, "s1", ["P", "C"], { variables: { n: 3, fax: "9" } });
    const plan = await roll(regraft, await regraft.scenario("flow", 1), now, {
      mapping: { C: "K" },
      effects: { P: "same" },
      data: [
        { op: "convert", field: "n", to: "string" },
        { op: "remove", field: "fax" },
      ],
    });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", stepId: "K" });
    const { plan: back, lost } = await regraft.proposeInverse(plan.id);
    expect(lost).toEqual([{ op: "remove", field: "fax" }]);
    expect(back).toMatchObject({
      mapping: { K: "C" },
      effects: { P: "same" },
      data: [{ op: "convert", field: "n", to: "integer" }],
    });
    await regraft.deploy(await regraft.approve(back, ana));
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", position: { version: 3, stepId: "C" } });
    expect((await regraft.session("s1")).variables).toEqual({ n: 3 });
  });

  it("needs both versions to be published", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    const plan = await regraft.propose({ from: v1, to: v2 });
    await expect(regraft.proposeInverse(plan)).rejects.toMatchObject({ code: "SCENARIO.NOT_FOUND" });
  });
});
