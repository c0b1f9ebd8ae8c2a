import { describe, expect, it } from "vitest";
import {
  createRegraft,
  type FieldSource,
  type LedgerEntry,
  type OutboxItem,
  type Regraft,
  startSession,
} from "../../src/index.js";
import { memoryStore } from "../../src/stores/memory.js";
import { manualClock } from "../../src/testing/clock.js";
import { faultyStore, type StoreCall } from "../../src/testing/faulty-store.js";
import { sequentialIds } from "../../src/testing/ids.js";
import { seededRandom } from "../../src/testing/random.js";
import { flow, roll, walk } from "./helpers.js";

const v1 = flow(1, "A > B > C");
const asking = flow(2, "A > N:email > B > C");
const acting = flow(2, "A > act^ > B > C");
const plain = flow(2, "A > B > C > D");
const withoutC = flow(2, "A > B");
const once = { messageId: "m1" };
const email = { email: "jo@x.example" };
const stream = { kind: "session", tenantId: "", id: "s1" };

/** Offers a value that a person has to confirm. */
const unsure: FieldSource = {
  name: "chat",
  kind: "conversation",
  find: async () => [{ field: "email", value: email.email, confidence: 0.9, quote: "jo@x.example" }],
};

/** Sessions and records in two stores of their own, as hosts with sessions in their own tables have them. */
function twoStores(fieldSources: readonly FieldSource[] = []) {
  const clock = manualClock("2026-03-01T09:00:00Z");
  const [sessions, kept] = [memoryStore({ clock }), memoryStore({ clock })];
  const ledger = { isAway: false };
  const records = faultyStore(kept, {
    failOn: ({ method }) => (ledger.isAway && method === "append" ? "before" : undefined),
  });
  const open = (stores: Partial<{ sessions: typeof sessions; records: typeof records }> = {}) =>
    createRegraft({ sessions, records, clock, ids: sequentialIds(), fieldSources: [...fieldSources], ...stores });
  return { clock, sessions, records, ledger, open, regraft: open() };
}

type Stores = ReturnType<typeof twoStores>;

async function entriesOf({ records }: Stores): Promise<readonly LedgerEntry[]> {
  return (await records.read(stream, { limit: 500 })).entries;
}

/** Sweeps until there is no page left; how many items had been left. */
async function sweep(regraft: Regraft): Promise<number> {
  let [delivered, cursor]: [number, string | undefined] = [0, undefined];
  do {
    const page = await regraft.deliver({ limit: 2, ...(cursor === undefined ? {} : { cursor }) });
    expect(page.failed).toEqual([]);
    delivered += page.delivered;
    cursor = page.cursor;
  } while (cursor !== undefined);
  return delivered;
}

async function walking(regraft: Regraft): Promise<void> {
  await regraft.publish(v1);
  await walk(regraft, "s1", ["B", "C"]);
}

const rolled = (to: typeof v1) => async (regraft: Regraft) => {
  await walking(regraft);
  await roll(regraft, v1, to);
};

const asked = async (regraft: Regraft) => {
  await rolled(asking)(regraft);
  await regraft.reconcile("s1", { messageId: "m0" });
};

interface Situation {
  readonly name: string;
  readonly given: (regraft: Regraft) => Promise<unknown>;
  readonly call: (regraft: Regraft) => Promise<unknown>;
  /** The call carries a message id: it is repeated whatever became of it. Others are repeated if nothing was written. */
  readonly repeats?: true;
  readonly sources?: readonly FieldSource[];
}

const situations: readonly Situation[] = [
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
async function played(
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
  const error = await call(crashing).then(
    () => undefined,
    ({ code }: { code: string }) => code,
  );
  const after = made.open();
  if (error !== undefined && (repeats === true || (await revision()) === before)) await call(after);
  return { ...made, after, error, seen };
}

describe("sessions and records in two stores", () => {
  it.each(situations)("lose no entry and repeat none, whichever call of $name fails", async (situation) => {
    const dry = await played(situation);
    expect(dry.error).toBeUndefined();
    expect(dry.seen.filter((at) => at.startsWith("records append"))).not.toEqual([]);
    const settled = await entriesOf(dry);
    await dry.after.update("s1", { variables: { later: 1 } });
    const gone = await entriesOf(dry);
    expect(gone).toHaveLength(settled.length + 1);
    expect(gone).toHaveLength((await dry.after.session("s1")).revision + extra(gone));

    for (const at of dry.seen) {
      for (const moment of ["before", "after"] as const) {
        const swept = await played(situation, { at, moment });
        if (swept.error !== undefined) expect(swept.error, `${at} ${moment}`).toBe("STORE.UNAVAILABLE");
        await sweep(swept.after);
        expect(await entriesOf(swept), `${at} ${moment}, then a sweep`).toEqual(settled);
        const goesOn = await played(situation, { at, moment });
        await goesOn.after.update("s1", { variables: { later: 1 } });
        expect(await entriesOf(goesOn), `${at} ${moment}, then a write`).toEqual(gone);
      }
    }
  });

  /** Calls that bring something leave two entries with one write. */
  const brought = new Set(["session.answered", "session.confirmed", "session.action_completed", "session.resolved"]);
  const extra = (entries: readonly LedgerEntry[]) =>
    entries.filter(({ type }, at) => brought.has(type) && entries[at + 1]?.type === "session.reconciled").length;

  it("answer a repeated message from an entry that had not been delivered", async () => {
    const made = twoStores();
    await rolled(plain)(made.regraft);
    made.ledger.isAway = true;
    const first = await made.regraft.reconcile("s1", once);
    made.ledger.isAway = false;
    const before = (await entriesOf(made)).length;
    const again = await made.open().reconcile("s1", once);
    expect(again).toEqual({ ...first, reasons: [...first.reasons, "MIGRATION.SETTLED"] });
    expect(await entriesOf(made)).toHaveLength(before + 1);
  });

  it("count a move in the status of its plan before it was delivered", async () => {
    const made = twoStores();
    await rolled(plain)(made.regraft);
    made.ledger.isAway = true;
    await made.regraft.reconcile("s1");
    made.ledger.isAway = false;
    expect((await made.open().status("plan-1")).applied).toBe(1);
  });

  it("write each session once and append once for each write of one process", async () => {
    const made = twoStores();
    const calls: string[] = [];
    const failOn = ({ method }: StoreCall) => {
      calls.push(method);
      return undefined;
    };
    const regraft = made.open({
      sessions: faultyStore(made.sessions, { failOn }),
      records: faultyStore(made.records, { failOn }),
    });
    await walking(regraft);
    calls.length = 0;
    for (let n = 0; n < 5; n += 1) await regraft.update("s1", { variables: { n } });
    expect(calls.filter((method) => method === "commit")).toHaveLength(5);
    expect(calls.filter((method) => method === "append")).toHaveLength(5);
    calls.length = 0;
    await made.open({ records: faultyStore(made.records, { failOn }) }).update("s1", { variables: { n: 9 } });
    expect(calls.filter((method) => method === "append")).toHaveLength(2);
  });

  it("refuse the next write of a session while its last entry cannot be delivered, and write nothing", async () => {
    const made = twoStores();
    await walking(made.regraft);
    made.ledger.isAway = true;
    await made.regraft.update("s1", { variables: { n: 1 } });
    await expect(made.regraft.update("s1", { variables: { n: 2 } })).rejects.toMatchObject({
      code: "STORE.UNAVAILABLE",
    });
    expect((await made.sessions.get(stream))?.variables).toEqual({ n: 1 });
  });

  it("go on in the same stream with a session whose row was deleted and made again", async () => {
    const made = twoStores();
    await walking(made.regraft);
    const before = await entriesOf(made);
    const emptied = memoryStore({ clock: made.clock });
    made.clock.advance(1000);
    const regraft = made.open({ sessions: emptied });
    await walk(regraft, "s1", ["B"]);
    const after = await entriesOf(made);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length).map(({ type }) => type)).toEqual(["session.started", "session.visited"]);
  });

  it("take what an earlier write left along when they become one store", async () => {
    const made = twoStores();
    await walking(made.regraft);
    made.ledger.isAway = true;
    await made.regraft.update("s1", { variables: { n: 1 } });
    const left = await made.sessions.get(stream);
    const whole = memoryStore({ clock: made.clock });
    await createRegraft({ store: whole }).publish(v1);
    await whole.commit({ session: left ?? startSession(v1, { id: "s1", at: "" }), expectedRevision: 0 });
    await createRegraft({ store: whole, clock: made.clock }).update("s1", { variables: { n: 2 } });
    expect((await whole.read(stream, { limit: 9 })).entries.map(({ type }) => type)).toEqual([
      "session.updated",
      "session.updated",
    ]);
    expect((await whole.get(stream))?.outbox).toBeUndefined();
  });

  it("keep nothing in a session that lies beside its records", async () => {
    const store = memoryStore();
    const regraft = createRegraft({ store });
    await walking(regraft);
    expect(await regraft.session("s1")).not.toHaveProperty("outbox");
    expect(await regraft.deliver()).toEqual({ scanned: 1, delivered: 0, failed: [] });
  });
});

describe("several processes over two stores", () => {
  it("bring the entries of a session in the order of its writes, each once, whoever is faster", async () => {
    const made = twoStores();
    await walking(made.regraft);
    const told = new Map<number, readonly unknown[]>();
    const sessions = {
      ...made.sessions,
      commit: async (...args: Parameters<typeof made.sessions.commit>) => {
        const result = await made.sessions.commit(...args);
        const [item] = args[0].session.outbox ?? [];
        if (result.ok && item?.kind === "ledger") told.set(result.session.revision, item.records);
        return result;
      },
    };
    const random = seededRandom(7);
    const slow = faultyStore(made.records, {
      onCall: async () => {
        for (let turns = random.integer(7); turns > 0; turns -= 1) await Promise.resolve();
      },
    });
    const before = await entriesOf(made);
    const processes = Array.from({ length: 5 }, () => made.open({ sessions, records: slow }));
    await Promise.all(
      processes.flatMap((regraft, at) =>
        [0, 1, 2, 3].map((n) => regraft.update("s1", { variables: { [`field ${at} ${n}`]: n } })),
      ),
    );
    await sweep(made.open());
    const after = (await entriesOf(made)).slice(before.length);
    expect(told.size).toBe(20);
    const inOrder = [...told].sort(([a], [b]) => a - b).flatMap(([, records]) => records);
    expect(after.map(({ type, at, data }) => ({ type, at, data }))).toEqual(inOrder);
  });
});

describe("what a profile has to be told", () => {
  const at = "2026-03-01T09:00:00.000Z";
  const items = ["p1", "p2"].map((id): OutboxItem => ({ id, kind: "profile", at, customerId: "c1" }));

  /** A session whose last write has left two items for the profile, which is away at first. */
  async function withProfile() {
    const heard: string[] = [];
    const profile = { isAway: true };
    const source: FieldSource = {
      name: "crm",
      kind: "profile",
      find: async () => [],
      save: async ({ id }) => {
        if (profile.isAway) throw new Error("the crm is away");
        heard.push(id);
      },
    };
    const made = twoStores([source]);
    await walking(made.regraft);
    const session = await made.regraft.session("s1");
    await made.sessions.commit({ session: { ...session, outbox: items }, expectedRevision: session.revision });
    return { ...made, heard, profile };
  }

  it("goes along with the next writes until it is delivered, in order and once by one process", async () => {
    const { regraft, heard, profile } = await withProfile();
    await regraft.update("s1", { variables: { n: 1 } });
    const kinds = (await regraft.session("s1")).outbox?.map(({ id, kind }) => (kind === "ledger" ? kind : id));
    expect(kinds).toEqual(["ledger", "p1", "p2"]);
    profile.isAway = false;
    await regraft.update("s1", { variables: { n: 2 } });
    await regraft.update("s1", { variables: { n: 3 } });
    expect(heard).toEqual(["p1", "p2"]);
    expect((await regraft.session("s1")).outbox?.map(({ kind }) => kind)).toEqual(["ledger"]);
  });

  it("is delivered by a sweep, which names the sessions where it could not", async () => {
    const { open, heard, profile } = await withProfile();
    expect(await open().deliver()).toEqual({ scanned: 1, delivered: 0, failed: ["s1"] });
    profile.isAway = false;
    expect(await open().deliver()).toEqual({ scanned: 1, delivered: 2, failed: [] });
    expect(heard).toEqual(["p1", "p2"]);
  });
});

describe("a sweep", () => {
  async function left(count: number) {
    const made = twoStores();
    await made.regraft.publish(v1);
    made.ledger.isAway = true;
    for (let n = 0; n < count; n += 1) {
      await made.regraft.startSession({ scenarioId: "flow", id: `s${n}` });
      made.clock.advance(60_000);
    }
    made.ledger.isAway = false;
    return made;
  }

  it("goes page by page, delivers once, and says how much had been left", async () => {
    const made = await left(5);
    const first = await made.open().deliver({ limit: 3 });
    expect(first).toMatchObject({ scanned: 3, delivered: 3, failed: [] });
    expect(await sweep(made.open())).toBe(2);
    expect(await sweep(made.open())).toBe(0);
  });

  it("looks at the latest writes only where it is told to", async () => {
    const made = await left(5);
    expect(await made.open().deliver({ maxAgeMs: 120_000 })).toEqual({ scanned: 5, delivered: 2, failed: [] });
  });

  it("stops where the ledger is away, and names sessions whose outbox it refuses", async () => {
    const made = await left(3);
    made.ledger.isAway = true;
    await expect(made.open().deliver()).rejects.toMatchObject({ code: "STORE.UNAVAILABLE" });
    made.ledger.isAway = false;
    const session = await made.sessions.get({ tenantId: "", id: "s1" });
    const [item] = session?.outbox ?? [];
    await made.records.append({ ...stream, id: "s1" }, [{ type: "x", at: "", data: {} }], {
      idempotencyKey: item?.id ?? "",
    });
    expect(await made.open().deliver()).toEqual({ scanned: 3, delivered: 2, failed: ["s1"] });
  });
});
