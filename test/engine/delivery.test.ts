import { describe, expect, it } from "vitest";
import { stream, sweep, twoStores, v1 } from "./two-stores.js";

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

  it("reads no session without an outbox, and takes it off, so that the next sweep finds nothing to look at", async () => {
    const made = await left(3);
    const before = await made.sessions.get({ tenantId: "", id: "s1" });
    expect(await made.open().deliver()).toEqual({ scanned: 3, delivered: 3, failed: [] });
    expect(await made.open().deliver()).toEqual({ scanned: 0, delivered: 0, failed: [] });
    const { outbox, ...rest } = before ?? {};
    expect([outbox?.length, await made.sessions.get({ tenantId: "", id: "s1" })]).toEqual([1, rest]);
    await made.open().update("s1", { variables: { n: 1 } });
    expect(await made.open().deliver()).toMatchObject({ scanned: 1, delivered: 0 });
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
