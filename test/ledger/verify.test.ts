import { describe, expect, it } from "vitest";
import { isRegraftError } from "../../src/errors.js";
import { chained, emptyHead, erasedEntry } from "../../src/ledger/chain.js";
import { verifyStream } from "../../src/ledger/verify.js";
import type { LedgerEntry, LedgerRecord, StreamHead } from "../../src/ports/ledger.js";

const subject = { kind: "session", tenantId: "t", id: "s1" };

function record(type: string, data: LedgerRecord["data"] = {}): LedgerRecord {
  return { type, at: "2026-03-01T09:00:00.000Z", data };
}

function stream(...records: readonly LedgerRecord[]): LedgerEntry[] {
  return chained(subject, emptyHead(subject), records);
}

const five = stream(...["a", "b", "c", "d", "e"].map((type, n) => record(type, { n })));

function brokenAt(entries: readonly LedgerEntry[], sealed?: StreamHead): unknown {
  try {
    verifyStream(subject, entries, sealed === undefined ? {} : { sealed });
    return "whole";
  } catch (error) {
    return isRegraftError(error, "LEDGER.CHAIN_BROKEN") ? error.details.seq : error;
  }
}

const changed = (at: number, change: Partial<LedgerEntry>) =>
  five.map((entry, n) => (n === at ? { ...entry, ...change } : entry));

describe("verifying a stream", () => {
  it("accepts what was appended, and an empty stream", () => {
    expect(verifyStream(subject, five)).toEqual({
      subject,
      first: 1,
      head: { seq: 5, hash: five[4]?.hash },
      entries: 5,
      erased: 0,
    });
    expect(verifyStream(subject, [])).toMatchObject({ first: 0, head: { seq: 0 }, entries: 0 });
  });

  it.each([
    ["a gap", [0, 1, 3, 4], 3],
    ["a duplicate", [0, 1, 1, 2, 3, 4], 3],
    ["a reordering", [0, 2, 1, 3, 4], 2],
    ["a missing start", [1, 2, 3, 4], 1],
  ])("names the number at %s", (_, order, seq) => {
    expect(brokenAt(order.flatMap((at) => five[at] ?? []))).toBe(seq);
  });

  it.each([
    ["data", changed(2, { data: { n: 3 } }), 3],
    ["a type", changed(1, { type: "x" }), 2],
    ["a time", changed(3, { at: "2026-03-01T09:00:00.001Z" }), 4],
    ["a digest", changed(2, { digest: five[1]?.digest ?? "" }), 3],
    ["the last hash", changed(4, { hash: five[3]?.hash ?? "" }), 5],
    ["the stream", changed(0, { subject: { ...subject, id: "s2" } }), 1],
    ["data that is no JSON", changed(2, { data: { n: Number.NaN } }), 3],
  ])("names the entry with another value: %s", (_, entries, seq) => {
    expect(brokenAt(entries)).toBe(seq);
  });

  it("keeps no entries, however long the stream is", () => {
    let alive = 0;
    const seen = new Set<number>();
    function* long(): Generator<LedgerEntry> {
      let head: StreamHead = emptyHead(subject);
      for (let n = 0; n < 2000; n += 1) {
        const [entry] = chained(subject, head, [record("a", { n })]) as [LedgerEntry];
        head = entry;
        alive += 1;
        yield new Proxy(entry, {
          get: (target, key, receiver) => {
            // Nothing but the entry in hand, and the very first, is looked at.
            if (target.seq !== alive) seen.add(target.seq);
            return Reflect.get(target, key, receiver);
          },
        });
      }
    }
    expect(verifyStream(subject, long()).entries).toBe(2000);
    expect([...seen]).toEqual([1]);
  });
});

describe("a stream that was sealed", () => {
  const sealed = { seq: 3, hash: five[2]?.hash ?? "" };

  it("may go on, and may not end before", () => {
    expect(brokenAt(five, sealed)).toBe("whole");
    expect(brokenAt(five.slice(0, 3), sealed)).toBe("whole");
    expect(brokenAt(five.slice(0, 2), sealed)).toBe(3);
    expect(brokenAt([], sealed)).toBe(1);
  });

  it("may not be another stream of the same length", () => {
    const other = stream(...["a", "b", "x", "d", "e"].map((type, n) => record(type, { n })));
    expect(brokenAt(other)).toBe("whole");
    expect(brokenAt(other, sealed)).toBe(3);
  });
});

describe("a stream without its start", () => {
  const heads = (first: number, last: number) => ({
    first: { seq: first, hash: five[first - 1]?.hash },
    last: { seq: last, hash: five[last - 1]?.hash },
  });
  const shortened = (data: LedgerRecord["data"]) => [
    ...five,
    ...chained(subject, five[4] as LedgerEntry, [record("ledger.shortened", data)]),
  ];

  it("is whole where a later entry says what was dropped", () => {
    const entries = shortened(heads(1, 2)).slice(2);
    expect(brokenAt(entries)).toBe("whole");
    expect(verifyStream(subject, entries)).toMatchObject({ first: 3, entries: 4, head: { seq: 6 } });
  });

  it("is broken where none does, or another part, or another hash", () => {
    expect(brokenAt(five.slice(2))).toBe(2);
    expect(brokenAt(shortened(heads(1, 2)).slice(3))).toBe(3);
    expect(brokenAt(shortened({ last: { seq: 2, hash: five[0]?.hash } }).slice(2))).toBe(3);
    const forged = shortened(heads(1, 2)).slice(2);
    forged[0] = { ...(forged[0] as LedgerEntry), data: { n: 9 } };
    expect(brokenAt(forged)).toBe(3);
  });
});

describe("a stream with erased data", () => {
  const erasure = (through: number) =>
    chained(subject, five[4] as LedgerEntry, [record("session.erased", { through })]);

  it("is whole where a later entry has recorded the erasure", () => {
    const entries = [...five.slice(0, 3).map(erasedEntry), ...five.slice(3), ...erasure(3)];
    expect(verifyStream(subject, entries)).toMatchObject({ erased: 3, entries: 6 });
  });

  it("is broken where none has, or not so far, or where something stands in place of the data", () => {
    expect(brokenAt([...five.slice(0, 3).map(erasedEntry), ...five.slice(3)])).toBe(3);
    expect(brokenAt([...five.slice(0, 3).map(erasedEntry), ...five.slice(3), ...erasure(2)])).toBe(3);
    const filled = { ...erasedEntry(five[1] as LedgerEntry), data: { n: 1 } };
    expect(brokenAt([five[0] as LedgerEntry, filled, ...five.slice(2), ...erasure(3)])).toBe(2);
  });
});
