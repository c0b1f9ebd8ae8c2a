import { describe, expect, it } from "vitest";
import { createRegraft, type LedgerEntry, startSession } from "../../src/index.js";
import { memoryStore } from "../../src/stores/memory.js";
import { faultyStore, type StoreCall } from "../../src/testing/faulty-store.js";
import { seededRandom } from "../../src/testing/random.js";
import { walk } from "./helpers.js";
import { once, plain, played, rolled, situations } from "./outbox-situations.js";
import { entriesOf, stream, sweep, twoStores, v1, walking } from "./two-stores.js";

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
    expect(await regraft.deliver()).toEqual({ scanned: 0, delivered: 0, failed: [] });
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
