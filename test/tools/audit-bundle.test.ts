import { describe, expect, it } from "vitest";
import { isRegraftError } from "../../src/errors.js";
import { digestOf } from "../../src/hash/digest.js";
import { chained, emptyHead } from "../../src/ledger/chain.js";
import { reportBuilder } from "../../src/ledger/report.js";
import type { LedgerEntry } from "../../src/ports/ledger.js";
import type { Subject } from "../../src/ports/subject.js";
import { type BundleSource, makeBundle, prepareBundle } from "../../src/tools/audit-bundle.js";
import { verifyBundle } from "../../src/tools/audit-verify.js";

const at = "2026-03-01T09:00:00.000Z";
const made = { at, regraft: "1" };

/** Streams that are made as they are read; counts the entries that were. */
function source(streams: number, length: number) {
  const names = Array.from({ length: streams }, (_, n): Subject => ({ kind: "session", tenantId: "", id: `s${n}` }));
  let read = 0;
  async function* entries(subject: Subject): AsyncGenerator<LedgerEntry> {
    if (subject.kind !== "session") return;
    let head = emptyHead(subject);
    for (let n = 0; n < length; n += 1) {
      const data = { planIds: [n % 2 === 0 ? "p1" : "p2"], text: "x".repeat(1000) };
      const [entry] = chained(subject, head, [{ type: "session.reconciled", at, data }]);
      if (entry === undefined) return;
      head = { seq: entry.seq, hash: entry.hash };
      read += 1;
      yield entry;
    }
  }
  async function* heads() {
    for (const subject of names) {
      let head = emptyHead(subject);
      for await (const { seq, hash } of entries(subject)) head = { seq, hash };
      yield { subject, ...head };
    }
  }
  const from: BundleSource = { tenantId: "", streams: heads, entries };
  return { from, entriesRead: () => read };
}

describe("an audit bundle", () => {
  it("is written while the ledger is read, a line at a time", async () => {
    const { from, entriesRead } = source(20, 50);
    const bundle = await prepareBundle(from, {}, made);
    expect(bundle).toMatchObject({ entries: 1000, sealed: 0 });
    expect(bundle.chains).toHaveLength(20);
    const before = entriesRead();
    let [longest, pieces, ahead] = [0, 0, 0];
    for await (const piece of bundle.text()) {
      longest = Math.max(longest, piece.length);
      pieces += 1;
      // The manifest takes one pass, the lines another one: never is more read than is written, but for one entry.
      ahead = Math.max(ahead, entriesRead() - before - pieces);
    }
    expect(longest).toBeLessThan(6000);
    expect(pieces).toBeGreaterThan(2000);
    expect(ahead).toBeLessThanOrEqual(1);
  });

  it("is the same text however it is made, with a digest that stays", async () => {
    const { from } = source(3, 4);
    const text = await makeBundle(from, {}, made);
    expect(await makeBundle(source(3, 4).from, {}, made)).toBe(text);
    expect(text.split("\n")).toHaveLength(3 * 4 + 3);
    expect(digestOf(text)).toMatchInlineSnapshot(
      `"sha256:e81307e260fddb4b3111da27b3216a26a3a538c04026c0d1ea317b076e343bba"`,
    );
  });

  it("is verified piece by piece, however the pieces fall", async () => {
    const text = await makeBundle(source(3, 4).from, {}, made);
    for (const size of [1, 7, 1000, text.length]) {
      let opened = 0;
      const pieces = async function* () {
        opened += 1;
        for (let from = 0; from < text.length; from += size) yield text.slice(from, from + size);
      };
      expect(await verifyBundle(pieces)).toEqual(await verifyBundle(text));
      expect(opened).toBe(2);
    }
  });

  it("holds the sessions that a plan had a part in, whichever of their entries says so", async () => {
    const { from } = source(2, 3);
    expect((await prepareBundle(from, { planId: "p2" }, made)).chains.map(({ id }) => id)).toEqual(["s0", "s1"]);
    expect((await prepareBundle(from, { planId: "p3" }, made)).chains).toEqual([]);
    expect((await prepareBundle(from, { sessionId: "s1" }, made)).chains.map(({ id }) => id)).toEqual(["s1"]);
  });

  it("is not finished where entries are erased while it is written, and leaves out what is appended meanwhile", async () => {
    const { from } = source(1, 5);
    let [erases, longer] = [false, false];
    const changing: BundleSource = {
      ...from,
      async *entries(subject) {
        for await (const entry of from.entries(subject)) {
          yield erases && entry.seq === 3 ? { ...entry, data: {}, erased: true } : entry;
        }
        if (longer) {
          const later = source(1, 9).from.entries(subject);
          for await (const entry of later) if (entry.seq > 5) yield entry;
        }
      },
    };
    const bundle = await prepareBundle(changing, {}, made);
    const read = async () => {
      let text = "";
      for await (const piece of bundle.text()) text += piece;
      return text;
    };
    longer = true;
    expect(await verifyBundle(await read())).toMatchObject({ entries: 5 });
    erases = true;
    const error: unknown = await read().catch((thrown: unknown) => thrown);
    expect(isRegraftError(error, "STORE.CONFLICT")).toBe(true);
  });

  it("refuses a ledger whose chain is broken before anything is written", async () => {
    const { from } = source(1, 5);
    const broken: BundleSource = {
      ...from,
      async *entries(subject) {
        for await (const entry of from.entries(subject)) if (entry.seq !== 2) yield entry;
      },
    };
    await expect(prepareBundle(broken, {}, made)).rejects.toMatchObject({ code: "LEDGER.CHAIN_BROKEN" });
  });
});

describe("a report", () => {
  it("keeps what it lists and no entry", async () => {
    const { from } = source(1, 1);
    const builder = reportBuilder("p1");
    const after = { tenantId: "", scenarioId: "flow", fromVersion: 1, toVersion: 2, status: "deployed" };
    const subject = { kind: "plan", tenantId: "", id: "p1" };
    const [proposed] = chained(subject, emptyHead(subject), [
      { type: "plan.proposed", at, data: { after, by: "ana" } },
    ]);
    if (proposed !== undefined) builder.take(proposed);
    for await (const entry of from.entries({ kind: "session", tenantId: "", id: "s0" })) builder.take(entry);
    const { body } = builder.end(at);
    expect(body.operations).toEqual([{ sessionId: "s0", seq: 1, at, action: "reconciled", reasons: [] }]);
    expect(JSON.stringify(body)).not.toContain("xxx");
    expect(body).toMatchObject({ status: "deployed", events: [{ type: "plan.proposed", by: "ana" }] });
  });
});
