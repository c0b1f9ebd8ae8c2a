import { describe, expect, it } from "vitest";
import type { FieldSource, ReconciliationResult, Regraft } from "../../src/index.js";
import { type Bench, bench, flow, roll, walk } from "./helpers.js";

const v1 = flow(1, "A > B > C");
const asking = flow(2, "A > N:email > B > C");
const once = { messageId: "m1" };
const email = { email: "jo@x.example" };

const guess: FieldSource = {
  name: "talk",
  kind: "conversation",
  find: async () => [{ field: "email", value: "jo@x.example", confidence: 0.9, quote: "jo@x.example" }],
};

async function walking(from = v1, to = asking, steps = ["B", "C"], given: Parameters<typeof bench>[0] = {}) {
  const made = bench(given);
  await made.regraft.publish(from);
  await walk(made.regraft, "s1", steps);
  await roll(made.regraft, from, to);
  return made;
}

async function entriesOf({ store }: Bench) {
  return (await store.read({ kind: "session", tenantId: "", id: "s1" }, { limit: 100 })).entries;
}

function again(result: ReconciliationResult): ReconciliationResult {
  return { ...result, reasons: [...result.reasons, "MIGRATION.SETTLED"] };
}

type Call = (regraft: Regraft) => Promise<ReconciliationResult>;

const calls: [string, () => Promise<Bench>, Call][] = [
  ["provide", () => walking(), (regraft) => regraft.provide("s1", email, once)],
  [
    "confirm",
    async () => {
      const made = await walking(v1, asking, ["B", "C"], { fieldSources: [guess] });
      await made.regraft.reconcile("s1");
      return made;
    },
    (regraft) => regraft.confirm("s1", { email: true }, once),
  ],
  [
    "completeAction",
    () => walking(v1, flow(2, "A > Screen^ > B > C")),
    (regraft) => regraft.completeAction("s1", "Screen", once),
  ],
  [
    "resolve",
    () => walking(v1, flow(2, "A > X > Y > C"), ["B"]),
    (regraft) => regraft.resolve("s1", { choose: "Y" }, { by: "ana", ...once }),
  ],
];

describe("a message that is delivered twice", () => {
  it.each(calls)("has the result of its first %s, also after the session has moved", async (_, given, call) => {
    const made = await given();
    const first = await call(made.regraft);
    expect(first).toMatchObject({ action: "teleport", position: { version: 2 } });
    const session = await made.regraft.session("s1");
    const entries = await entriesOf(made);
    expect(await call(made.regraft)).toEqual(again(first));
    expect(await made.regraft.reconcile("s1", once)).toEqual(again(first));
    expect(await made.regraft.session("s1")).toEqual(session);
    expect(await entriesOf(made)).toEqual(entries);
  });

  it.each(calls)("moves the session once by sixteen parallel calls of %s", async (_, given, call) => {
    const made = await given();
    const results = await Promise.all(Array.from({ length: 16 }, () => call(made.regraft)));
    expect(results.filter(({ reasons }) => !reasons.includes("MIGRATION.SETTLED"))).toHaveLength(1);
    expect(results.every(({ action }) => action === "teleport")).toBe(true);
    const moves = (await entriesOf(made)).filter(({ data }) => data.action === "teleport");
    expect(moves).toHaveLength(1);
  });

  it("has its first result also where that was another question, a hold or the end", async () => {
    const asked = await walking(v1, flow(2, "A > N:email,phone > B > C"));
    const question = await asked.regraft.provide("s1", email, once);
    expect(question).toMatchObject({ action: "collect", fields: ["phone"] });
    await asked.regraft.provide("s1", { phone: "+44 20 7946 0018" });
    expect(await asked.regraft.provide("s1", email, once)).toEqual(again(question));

    const { regraft } = await walking();
    await regraft.hold("s1", { by: "ana" });
    const held = await regraft.provide("s1", email, once);
    expect(held).toMatchObject({ action: "continue", reasons: ["HOLD.MANUAL"] });
    await regraft.release("s1", { by: "ana" });
    expect(await regraft.provide("s1", email, once)).toEqual(again(held));
    await regraft.update("s1", { status: "closed" });
    expect(await regraft.provide("s1", email, once)).toEqual(again(held));
  });

  it("is not kept by a call that was refused", async () => {
    const { regraft } = await walking();
    await expect(regraft.provide("s1", { email: "nobody" }, once)).rejects.toMatchObject({ code: "ANSWER.INVALID" });
    expect(await regraft.provide("s1", email, once)).toMatchObject({ action: "teleport" });
  });

  it("never offers a value again that was refused since", async () => {
    const { regraft } = await walking(v1, asking, ["B", "C"], { fieldSources: [guess] });
    expect(await regraft.reconcile("s1", once)).toMatchObject({ action: "confirm" });
    await regraft.confirm("s1", { email: false });
    expect(await regraft.reconcile("s1", once)).toMatchObject({ action: "collect", fields: ["email"] });
  });

  it("may be looked at first and answered then, under one id", async () => {
    const { regraft } = await walking();
    expect(await regraft.reconcile("s1", once)).toMatchObject({ action: "collect" });
    const moved = await regraft.provide("s1", email, once);
    expect(moved).toMatchObject({ action: "teleport" });
    expect(await regraft.reconcile("s1", once)).toEqual(again(moved));
  });

  it("is told from a message whose id only looks like the key of another call", async () => {
    const { regraft } = await walking();
    await regraft.provide("s1", email, once);
    expect(await regraft.reconcile("s1", { messageId: "provide:m1" })).toMatchObject({ action: "continue" });
  });
});

describe("the id of a message", () => {
  it.each([
    [7, "number"],
    [null, "object"],
    ["", "0 characters"],
  ])("is a text (case %#)", async (id, received) => {
    const { regraft } = await walking();
    const options = { messageId: id as string };
    const refusal = { code: "INPUT.INVALID", details: { path: "/messageId", received } };
    await expect(regraft.reconcile("s1", options)).rejects.toMatchObject(refusal);
    await expect(regraft.provide("s1", email, options)).rejects.toMatchObject(refusal);
    await expect(regraft.completeAction("s1", "B", options)).rejects.toMatchObject(refusal);
    await expect(regraft.resolve("s1", { hold: true }, { by: "ana", ...options })).rejects.toMatchObject(refusal);
  });
});
