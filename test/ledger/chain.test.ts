import { describe, expect, it } from "vitest";
import { chained, emptyHead, entryHash, genesisHash, recordDigest } from "../../src/ledger/chain.js";
import type { LedgerRecord } from "../../src/ports/ledger.js";

const subject = { kind: "session", tenantId: "t", id: "s1" };
const records: readonly LedgerRecord[] = ["a", "b", "c"].map((type) => ({
  type,
  at: "2026-03-01T09:00:00.000Z",
  data: { n: 1 },
}));

describe("a chain", () => {
  it("starts at a hash of the stream's own name", () => {
    expect(emptyHead(subject)).toEqual({ seq: 0, hash: genesisHash(subject) });
    expect(genesisHash({ ...subject, id: "s2" })).not.toBe(genesisHash(subject));
    expect(genesisHash({ ...subject, tenantId: "" })).not.toBe(genesisHash(subject));
  });

  it("binds each entry to its data, its place and the entry before", () => {
    const entries = chained(subject, emptyHead(subject), records);
    expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    let previous = genesisHash(subject);
    for (const { seq, digest, hash, type, at, data } of entries) {
      expect(digest).toBe(recordDigest(subject, { type, at, data }));
      expect(hash).toBe(entryHash(previous, seq, digest));
      previous = hash;
    }
    const changed = chained(subject, emptyHead(subject), [
      { ...records[0], data: { n: 2 } } as LedgerRecord,
      ...records.slice(1),
    ]);
    expect(changed.map(({ hash }, n) => hash === entries[n]?.hash)).toEqual([false, false, false]);
  });

  it("goes on from any head as if it had been written at once", () => {
    const whole = chained(subject, emptyHead(subject), records);
    const first = chained(subject, emptyHead(subject), records.slice(0, 1));
    const head = first[0];
    if (head === undefined) throw new TypeError("no entry");
    expect([...first, ...chained(subject, head, records.slice(1))]).toEqual(whole);
  });

  it("keeps its bytes", () => {
    expect(chained(subject, emptyHead(subject), records.slice(0, 1))[0]?.hash).toMatchInlineSnapshot(
      `"sha256:ed0b26bbeed30e625b760ab28fdc267b4ba6e3e0ba07f50e005193e2bb2cc288"`,
    );
  });
});
