import { type FieldSource, type Regraft, startSession } from "../../src/index.js";
import { faultyStore, type StoreCall } from "../../src/testing/faulty-store.js";
import { flow, roll } from "./helpers.js";
import { stream, twoStores, v1, walking } from "./two-stores.js";

const asking = flow(2, "A > N:email > B > C");
const acting = flow(2, "A > act^ > B > C");
export const plain = flow(2, "A > B > C > D");
const withoutC = flow(2, "A > B");
export const once = { messageId: "m1" };
const email = { email: "jo@x.example" };

/** Offers a value that a person has to confirm. */
const unsure: FieldSource = {
  name: "chat",
  kind: "conversation",
  find: async () => [{ field: "email", value: email.email, confidence: 0.9, quote: "jo@x.example" }],
};

export const rolled = (to: typeof v1) => async (regraft: Regraft) => {
  await walking(regraft);
  await roll(regraft, v1, to);
};

const asked = async (regraft: Regraft) => {
  await rolled(asking)(regraft);
  await regraft.reconcile("s1", { messageId: "m0" });
};

export interface Situation {
  readonly name: string;
  readonly given: (regraft: Regraft) => Promise<unknown>;
  readonly call: (regraft: Regraft) => Promise<unknown>;
  /** The call carries a message id: it is repeated whatever became of it. Others are repeated if nothing was written. */
  readonly repeats?: true;
  readonly sources?: readonly FieldSource[];
}

export const situations: readonly Situation[] = [
  {
    name: "startSession",
    given: (regraft) => regraft.publish(v1),
    call: (regraft) => regraft.startSession({ scenarioId: "flow", id: "s1" }),
  },
  {
    name: "importSession",
    given: (regraft) => regraft.publish(v1),
    call: (regraft) => regraft.importSession(startSession(v1, { id: "s1", at: "2026-03-01T09:00:00Z" })),
  },
  { name: "recordVisit", given: walking, call: (regraft) => regraft.recordVisit("s1", "B", { version: 1 }) },
  { name: "update", given: walking, call: (regraft) => regraft.update("s1", { variables: { note: 1 } }) },
  {
    name: "reconcile to a question",
    given: rolled(asking),
    call: (regraft) => regraft.reconcile("s1", once),
    repeats: true,
  },
  {
    name: "reconcile to a move",
    given: rolled(plain),
    call: (regraft) => regraft.reconcile("s1", once),
    repeats: true,
  },
  { name: "reconcile without a message", given: rolled(plain), call: (regraft) => regraft.reconcile("s1") },
  { name: "provide", given: asked, call: (regraft) => regraft.provide("s1", email, once), repeats: true },
  {
    name: "confirm",
    given: asked,
    sources: [unsure],
    call: (regraft) => regraft.confirm("s1", { email: true }, once),
    repeats: true,
  },
  {
    name: "completeAction",
    given: rolled(acting),
    call: (regraft) => regraft.completeAction("s1", "act", once),
    repeats: true,
  },
  {
    name: "resolve",
    given: rolled(withoutC),
    call: (regraft) => regraft.resolve("s1", { choose: "B" }, { by: "ana", ...once }),
    repeats: true,
  },
  { name: "hold", given: asked, call: (regraft) => regraft.hold("s1", { by: "ana" }) },
  {
    name: "release",
    given: async (regraft) => {
      await walking(regraft);
      await regraft.hold("s1", { by: "ana" });
    },
    call: (regraft) => regraft.release("s1", { by: "ana" }),
  },
  {
    name: "undo",
    given: async (regraft) => {
      await rolled(plain)(regraft);
      await regraft.reconcile("s1");
    },
    call: (regraft) => regraft.undo("s1", { by: "ana" }),
  },
  { name: "unmark a session", given: asked, call: (regraft) => regraft.unmark({ sessionId: "s1" }) },
  { name: "unmark a plan", given: asked, call: (regraft) => regraft.unmark("plan-1") },
];

/** Runs a situation with every call of both stores reported, and fails one of them. */
export async function played(
  { given, call, repeats, sources }: Situation,
  fail?: { readonly at: string; readonly moment: "before" | "after" },
) {
  const made = twoStores(sources);
  await given(made.regraft);
  const revision = async () => (await made.sessions.get(stream))?.revision ?? 0;
  const before = await revision();
  const seen: string[] = [];
  const watched = (side: string) => ({
    failOn: ({ method, n }: StoreCall) => {
      const at = `${side} ${method} ${n}`;
      seen.push(at);
      return fail?.at === at ? fail.moment : undefined;
    },
  });
  const crashing = made.open({
    sessions: faultyStore(made.sessions, watched("sessions")),
    records: faultyStore(made.records, watched("records")),
  });
  // A message at which nothing could be decided has failed for what is looked at here: the person writes again.
  const error = await call(crashing).then(
    (result) => (JSON.stringify(result ?? null).includes("MIGRATION.POSTPONED") ? "STORE.UNAVAILABLE" : undefined),
    ({ code }: { code: string }) => code,
  );
  const after = made.open();
  if (error !== undefined && (repeats === true || (await revision()) === before)) await call(after);
  return { ...made, after, error, seen };
}
