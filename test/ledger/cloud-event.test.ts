import { describe, expect, it } from "vitest";
import { isRegraftError } from "../../src/errors.js";
import { chained, emptyHead, erasedEntry } from "../../src/ledger/chain.js";
import { fromCloudEvent, toCloudEvent, toCloudEvents } from "../../src/ledger/cloud-event.js";
import type { LedgerEntry } from "../../src/ports/ledger.js";

const subject = { kind: "session", tenantId: "tenant one", id: "a/b ü" };
const entries = chained(
  subject,
  emptyHead(subject),
  [{ key: "reconcile:m1", reasons: ["MIGRATION.MOVED", "POLICY.FORCED"] }, { runId: "run-1" }, {}].map((data, n) => ({
    type: ["session.reconciled", "session.action_completed", "session.visited"][n] ?? "",
    at: "2026-03-01T09:00:00.000Z",
    data,
  })),
);

function codeOf(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return isRegraftError(error) ? error.code : error;
  }
}

describe("a ledger entry as a CloudEvent", () => {
  const events = [...toCloudEvents(entries)];

  it("has the attributes of CloudEvents 1.0, and extensions in lower case", () => {
    expect(events[0]).toMatchObject({
      specversion: "1.0",
      id: entries[0]?.hash,
      source: "regraft://tenant%20one/session",
      type: "regraft.session.reconciled",
      subject: "session/a%2Fb%20%C3%BC",
      time: "2026-03-01T09:00:00.000Z",
      datacontenttype: "application/json",
      seq: 1,
      idempotencykey: "reconcile:m1",
      reasons: "MIGRATION.MOVED,POLICY.FORCED",
    });
    expect(events[1]).toMatchObject({ prevhash: entries[0]?.hash, runid: "run-1" });
    for (const event of events) for (const name of Object.keys(event)) expect(name).toMatch(/^[a-z0-9]{1,20}$/);
    expect(new Set(events.map(({ source, id }) => `${source} ${id}`)).size).toBe(3);
  });

  it("comes back as the entry it was, also over JSON and where its data was erased", () => {
    expect(events.map((event) => fromCloudEvent(JSON.parse(JSON.stringify(event))))).toEqual(entries);
    const erased = erasedEntry(entries[1] as LedgerEntry);
    expect(fromCloudEvent(toCloudEvent(erased, entries[0]?.hash))).toEqual(erased);
  });

  it("is refused where any of its parts was changed on the way", () => {
    const event = events[1] ?? {};
    const changes: object[] = [
      { data: { runId: "run-2" } },
      { seq: 3 },
      { prevhash: entries[1]?.hash },
      { id: entries[0]?.hash },
      { type: "regraft.session.visited" },
      { subject: "session/other" },
      { source: "regraft://other/session" },
      { time: "2026-03-01T09:00:00.001Z" },
      { erased: true },
    ];
    for (const change of changes) {
      expect(codeOf(() => fromCloudEvent({ ...event, ...change }))).toBe("LEDGER.CHAIN_BROKEN");
    }
    const faults: object[] = [
      { specversion: "0.3" },
      { type: "other" },
      { extra: 1 },
      { time: "now" },
      { subject: "one" },
      { subject: "%/%" },
    ];
    for (const fault of faults) expect(codeOf(() => fromCloudEvent({ ...event, ...fault }))).toBe("ARTIFACT.INVALID");
    for (const value of [{}, null, [], "event"]) expect(codeOf(() => fromCloudEvent(value))).toBe("ARTIFACT.INVALID");
  });

  it("is not made with the hash of another entry before it", () => {
    expect(codeOf(() => toCloudEvent(entries[2] as LedgerEntry, entries[0]?.hash))).toBe("LEDGER.CHAIN_BROKEN");
    expect(codeOf(() => toCloudEvent(entries[2] as LedgerEntry))).toBe("LEDGER.CHAIN_BROKEN");
  });
});
