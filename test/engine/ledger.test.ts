import { describe, expect, it } from "vitest";
import { isRegraftError } from "../../src/errors.js";
import { replay } from "../../src/ledger/replay.js";
import type { LedgerEntry } from "../../src/ports/ledger.js";
import type { LedgerSigner } from "../../src/ports/ledger-signer.js";
import type { RecordStore } from "../../src/ports/record-store.js";
import type { SessionStore } from "../../src/ports/session-store.js";
import { type Bench, bench, flow, roll, walk } from "./helpers.js";

const v1 = flow(1, "W > C");
const v2 = flow(2, "W > E:email > C");
const secret = "jo@secret.example";

async function moved(made: Bench = bench()): Promise<Bench> {
  const { regraft } = made;
  await regraft.publish(v1);
  await walk(regraft, "s1", ["C"], { variables: { name: secret } });
  await walk(regraft, "s2", []);
  await roll(regraft, v1, v2);
  await regraft.reconcile("s1");
  await regraft.provide("s1", { email: secret });
  return made;
}

async function allEntries({ regraft }: Bench): Promise<LedgerEntry[]> {
  const all: LedgerEntry[] = [];
  for await (const { subject } of regraft.ledger.streams())
    for await (const entry of regraft.ledger.entries(subject)) all.push(entry);
  return all;
}

async function codeOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => "no error",
    (error: unknown) => (isRegraftError(error) ? error.code : error),
  );
}

/** An engine over a store whose reads are changed. */
function tampered(made: Bench, change: (entries: readonly LedgerEntry[]) => readonly LedgerEntry[]): Bench {
  const store: SessionStore & RecordStore = {
    ...made.store,
    read: async (stream, page) => {
      const { entries, head } = await made.store.read(stream, page);
      const left = change(entries);
      return { entries: left, head: page.after === undefined ? head : (left.at(-1)?.seq ?? head) };
    },
  };
  return bench({}, () => store);
}

const signer: LedgerSigner = {
  sign: async (bytes) => ({
    keyId: "k1",
    value: String(bytes.reduce((sum, byte) => (sum * 31 + byte) % 1_000_003, 7)),
  }),
  verify: async (bytes, signature) => (await signer.sign(bytes)).value === signature.value,
};

describe("the ledger of an engine", () => {
  it("verifies, and names the entry that was changed", async () => {
    const made = await moved();
    const verdict = await made.regraft.ledger.verify();
    expect(verdict).toMatchObject({ ok: true, findings: [], erased: 0, sealed: 0 });
    expect(verdict.entries).toBe((await allEntries(made)).length);
    const forged = tampered(made, (entries) =>
      entries.map((entry) =>
        entry.type === "session.visited" ? { ...entry, data: { ...entry.data, stepId: "X" } } : entry,
      ),
    );
    expect((await forged.regraft.ledger.verify()).findings).toMatchObject([
      { code: "LEDGER.CHAIN_BROKEN", stream: { kind: "session", id: "s1" }, seq: 2 },
    ]);
  });

  it("has seals over the streams that changed, and finds what was cut off below one", async () => {
    const made = await moved();
    const first = await made.regraft.ledger.seal();
    expect(first.streams).toBe((await made.regraft.ledger.verify()).streams - 1);
    expect(await made.regraft.ledger.seal()).toEqual({ ...first, streams: 0 });
    const seals = (await allEntries(made)).filter(({ type }) => type === "ledger.sealed");
    expect(seals.length).toBe(1);
    await made.regraft.recordVisit("s2", "W", { version: 1 });
    expect((await made.regraft.ledger.seal()).streams).toBe(1);
    expect(await made.regraft.ledger.verify()).toMatchObject({ ok: true, sealed: first.streams });
    const cut = tampered(made, (entries) => entries.filter(({ subject, seq }) => subject.id !== "s2" || seq < 2));
    expect((await cut.regraft.ledger.verify()).findings).toMatchObject([
      { code: "LEDGER.CHAIN_BROKEN", stream: { kind: "session", id: "s2" }, seq: 2 },
    ]);
  });

  it("finds a stream that is gone altogether once it was sealed", async () => {
    const made = await moved();
    await made.regraft.ledger.seal();
    const store: SessionStore & RecordStore = {
      ...made.store,
      streams: async (tenantId, page) => {
        const list = await made.store.streams(tenantId, page);
        return { ...list, streams: list.streams.filter(({ subject }) => subject.id !== "s2") };
      },
    };
    const { findings } = await bench({}, () => store).regraft.ledger.verify();
    expect(findings).toMatchObject([{ code: "LEDGER.CHAIN_BROKEN", stream: { kind: "session", id: "s2" }, seq: 1 }]);
  });

  it("signs its seals and keeps the receipt of an anchor", async () => {
    const made = await moved();
    const anchored: unknown[] = [];
    const anchor = async (head: object) => {
      anchored.push(head);
      return { ticket: 7 };
    };
    await made.regraft.ledger.seal({ signer, anchor });
    await made.regraft.ledger.seal({ signer, anchor });
    const entries = await allEntries(made);
    const seal = entries.find(({ type }) => type === "ledger.sealed");
    expect(anchored).toEqual([{ tenantId: "", seq: 1, hash: seal?.hash }]);
    expect(entries.find(({ type }) => type === "ledger.anchored")?.data).toMatchObject({
      seq: 1,
      receipt: { ticket: 7 },
    });
    expect(await made.regraft.ledger.verify({ signer })).toMatchObject({ ok: true });
    const other: LedgerSigner = { ...signer, verify: async () => false };
    expect((await made.regraft.ledger.verify({ signer: other })).findings).toMatchObject([
      { code: "LEDGER.SIGNATURE_INVALID", seq: 1 },
    ]);
    await made.regraft.recordVisit("s2", "W", { version: 1 });
    await made.regraft.ledger.seal();
    expect((await made.regraft.ledger.verify({ signer })).findings).toMatchObject([
      { code: "LEDGER.SIGNATURE_INVALID", seq: 3 },
    ]);
  });

  it("is not taken for signed where all of it was made anew, with seals or without", async () => {
    const forged = await moved();
    expect((await forged.regraft.ledger.verify()).ok).toBe(true);
    const unsealed = await forged.regraft.ledger.verify({ signer });
    expect(unsealed.findings).toMatchObject([
      { code: "LEDGER.SIGNATURE_INVALID", stream: { kind: "ledger", id: "seals" } },
    ]);
    await forged.regraft.ledger.seal();
    expect((await forged.regraft.ledger.verify()).ok).toBe(true);
    expect((await forged.regraft.ledger.verify({ signer })).findings).toMatchObject([
      { code: "LEDGER.SIGNATURE_INVALID", seq: 1 },
    ]);
    expect((await bench().regraft.ledger.verify({ signer })).ok).toBe(true);
  });

  it("that was put back to an older state is told by the head that was anchored, and by nothing else", async () => {
    const [older, present] = [await moved(), await moved()];
    const anchored: { seq: number; hash: string }[] = [];
    const anchor = async (head: { seq: number; hash: string }) => ({ place: anchored.push(head) });
    await older.regraft.ledger.seal({ signer });
    await present.regraft.ledger.seal({ signer });
    await present.regraft.recordVisit("s2", "W", { version: 1 });
    await present.regraft.ledger.seal({ signer, anchor });
    expect((await older.regraft.ledger.verify({ signer })).ok).toBe(true);
    const sealsOf = async (made: Bench) =>
      (await allEntries(made)).filter(({ subject }) => subject.kind === "ledger").map(({ hash }) => hash);
    expect(await sealsOf(present)).toContain(anchored[0]?.hash);
    expect(await sealsOf(older)).not.toContain(anchored[0]?.hash);
  });

  it("is sealed once by workers that race", async () => {
    const made = await moved();
    const results = await Promise.all([1, 2, 3].map(() => made.regraft.ledger.seal()));
    const seals = (await allEntries(made)).filter(({ type }) => type === "ledger.sealed");
    const heads = seals.flatMap(({ data }) => data.heads as object[]);
    expect(heads.length).toBe(results[0]?.streams);
    expect((await made.regraft.ledger.verify()).ok).toBe(true);
  });
});

describe("erasing a session", () => {
  const erase = { by: "ana", reason: "asked for by mail" };

  it("leaves no value of the person in session or ledger, and a ledger that verifies", async () => {
    const made = await moved();
    await made.regraft.ledger.seal();
    const before = await allEntries(made);
    const { session, entries } = await made.regraft.eraseSession("s1", erase);
    expect(session).toMatchObject({ variables: {}, status: "closed", stepId: "C", scenarioVersion: 2 });
    expect(session.inverse ?? session.migration ?? session.customerId).toBeUndefined();
    const after = await allEntries(made);
    expect(entries).toBe(before.filter(({ subject }) => subject.id === "s1").length);
    expect(JSON.stringify([after.filter(({ subject }) => subject.id === "s1"), session])).not.toContain(secret);
    const hashes = new Set(after.map(({ hash }) => hash));
    expect(before.every(({ hash }) => hashes.has(hash))).toBe(true);
    expect(after.find(({ type }) => type === "session.erased")?.data).toMatchObject({ ...erase, through: entries });
    expect(await made.regraft.ledger.verify()).toMatchObject({ ok: true, erased: entries });
  });

  it("changes nothing a second time, and goes on where a crash has stopped it", async () => {
    const made = await moved();
    let fails = true;
    const store: SessionStore & RecordStore = {
      ...made.store,
      erase: async (...args) => {
        if (fails) throw new Error("crash");
        return made.store.erase(...args);
      },
    };
    const crashing = bench({}, () => store).regraft;
    await expect(crashing.eraseSession("s1", erase)).rejects.toThrow("crash");
    expect((await made.regraft.ledger.verify()).ok).toBe(true);
    fails = false;
    const { entries, session } = await crashing.eraseSession("s1", erase);
    expect(entries).toBeGreaterThan(0);
    expect(await crashing.eraseSession("s1", erase)).toEqual({ entries: 0, session });
    expect((await made.regraft.ledger.verify()).ok).toBe(true);
  });

  it("forgets what was settled under the ids of messages", async () => {
    const made = bench();
    const { regraft } = await moved(made);
    await regraft.reconcile("s2", { messageId: "m1" });
    await regraft.eraseSession("s2", erase);
    const again = await regraft.reconcile("s2", { messageId: "m1" });
    expect(again).toMatchObject({ action: "continue" });
    expect(again.reasons).not.toContain("MIGRATION.SETTLED");
  });

  it("is refused under a legal hold, without a reason, and for a session that is none", async () => {
    const { regraft } = await moved();
    await regraft.legalHolds.place({ sessionId: "s1" }, { by: "ana", reason: "suit" });
    expect(await codeOf(regraft.eraseSession("s1", erase))).toBe("RETENTION.LEGAL_HOLD");
    expect(await codeOf(regraft.eraseSession("s2", { by: "ana", reason: " " }))).toBe("INPUT.INVALID");
    expect(await codeOf(regraft.eraseSession("nobody", erase))).toBe("SESSION.NOT_FOUND");
    expect((await regraft.session("s1")).variables).toMatchObject({ name: secret });
  });
});

describe("shortening the ledger", () => {
  it("drops old entries of sessions that are over, on record, and keeps where they ended", async () => {
    const made = await moved();
    const { regraft, clock } = made;
    await regraft.ledger.seal();
    clock.advance(1000);
    await regraft.update("s1", { status: "closed" });
    const before = (await allEntries(made)).filter(({ subject }) => subject.id === "s1");
    const state = replay(await allEntries(made));
    clock.advance(1000);
    const limit = new Date(clock.now() - 500).toISOString();
    expect(await regraft.ledger.shorten({ before: limit, by: "ana" })).toEqual({
      streams: 1,
      entries: before.length - 1,
    });
    const after = await allEntries(made);
    expect(after.filter(({ subject }) => subject.id === "s1").map(({ type }) => type)).toEqual([
      "session.updated",
      "ledger.shortened",
    ]);
    expect(await regraft.ledger.verify()).toMatchObject({ ok: true });
    const replayed = replay(after).sessions.map(({ at: _, ...rest }) => rest);
    expect(replayed).toEqual(state.sessions.map(({ at: _, ...rest }) => rest));
    expect(await regraft.ledger.shorten({ before: limit, by: "ana" })).toEqual({ streams: 0, entries: 0 });
  });

  it("refuses a moment that is none", async () => {
    expect(await codeOf(bench().regraft.ledger.shorten({ before: "soon", by: "ana" }))).toBe("INPUT.INVALID");
  });
});
