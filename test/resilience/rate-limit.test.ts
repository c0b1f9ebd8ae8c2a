import { describe, expect, it } from "vitest";
import { createRateLimiter } from "../../src/index.js";
import { manualClock } from "../../src/testing/clock.js";

function limiter(limits: { calls?: number; tokens?: number } = { calls: 100 }) {
  const clock = manualClock();
  const wait = async (ms: number) => clock.advance(ms);
  return { clock, one: createRateLimiter<"calls" | "tokens">({ limits, clock, wait }) };
}

describe("a rate limiter", () => {
  it("refuses the 101st call of 100 a minute, and takes it when the window has moved on", () => {
    const { one, clock } = limiter();
    for (let n = 0; n < 100; n += 1) expect(one.tryTake("a", "calls")).toBe(true);
    expect(one.tryTake("a", "calls")).toBe(false);
    expect(one.untilFreeMs("a", "calls")).toBe(60_000);
    clock.advance(60_000);
    expect(one.tryTake("a", "calls")).toBe(true);
    expect(one.used("a", "calls")).toBe(1);
  });

  it("counts keys and resources apart, and does not count what has no limit", () => {
    const { one } = limiter({ calls: 1 });
    expect([one.tryTake("a", "calls"), one.tryTake("a", "calls"), one.tryTake("b", "calls")]).toEqual([
      true,
      false,
      true,
    ]);
    expect(one.tryTake("a", "tokens", 1e9)).toBe(true);
  });

  it("takes all or none, and none always", () => {
    const { one } = limiter({ calls: 3 });
    expect(one.tryTake("a", "calls", 4)).toBe(false);
    expect(one.tryTake("a", "calls", 3)).toBe(true);
    expect(one.tryTake("a", "calls", 0)).toBe(true);
    expect(() => one.tryTake("a", "calls", -1)).toThrow("INPUT.INVALID");
  });

  it("lets nothing through at 0, and refuses less", async () => {
    const { one } = limiter({ calls: 0 });
    expect(one.tryTake("a", "calls")).toBe(false);
    await expect(one.take("a", "calls")).rejects.toMatchObject({ code: "LIMIT.EXCEEDED" });
    expect(() => limiter({ calls: -1 })).toThrow("CONFIG.INVALID");
  });

  it("serves who waits in the order of their coming, also a large amount before a small one", async () => {
    const { one, clock } = limiter({ calls: 10 });
    one.tryTake("a", "calls", 5);
    const served: string[] = [];
    const large = one.take("a", "calls", 10).then(() => served.push("large"));
    const small = one.take("a", "calls", 1).then(() => served.push("small"));
    expect(one.tryTake("a", "calls")).toBe(false);
    await Promise.all([large, small]);
    expect(served).toEqual(["large", "small"]);
    expect(clock.now() - Date.parse("2026-01-01T00:00:00Z")).toBe(120_000);
  });

  it("waits no longer than it may, and the next in line goes on", async () => {
    const { one } = limiter({ calls: 1 });
    one.tryTake("a", "calls");
    const hasty = one.take("a", "calls", 1, { timeoutMs: 10 });
    const patient = one.take("a", "calls");
    await expect(hasty).rejects.toMatchObject({ code: "TRANSIENT.RATE_LIMITED", details: { retryAfterMs: 60_000 } });
    await patient;
  });

  it("lets nobody overtake whose time is over while those before wait for more", async () => {
    const clock = manualClock();
    const waiting: (() => void)[] = [];
    const wait = (ms: number) =>
      new Promise<void>((resolve) => {
        waiting.push(() => {
          clock.advance(ms);
          resolve();
        });
      });
    const one = createRateLimiter({ limits: { calls: 10 }, clock, wait });
    one.tryTake("a", "calls", 5);
    const large = one.take("a", "calls", 10);
    const small = one.take("a", "calls", 1, { timeoutMs: 10 });
    waiting.pop()?.();
    await expect(small).rejects.toMatchObject({ code: "TRANSIENT.RATE_LIMITED" });
    expect(one.used("a", "calls")).toBe(5);
    waiting.pop()?.();
    await large;
    expect(one.used("a", "calls")).toBe(10);
  });

  it("takes no place in the line for who has stopped waiting", async () => {
    const { one } = limiter({ calls: 1 });
    await expect(one.take("a", "calls", 1, { signal: AbortSignal.abort("gone") })).rejects.toBe("gone");
    expect(one.tryTake("a", "calls")).toBe(true);
  });

  it.each([
    "time",
    "patience",
  ] as const)("does not keep in line who runs out of %s, and keeps the order of the others", async (what) => {
    const clock = manualClock();
    const waiting: (() => void)[] = [];
    const wait = (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        signal?.addEventListener("abort", () => resolve());
        waiting.push(() => {
          clock.advance(ms);
          resolve();
        });
      });
    const one = createRateLimiter({ limits: { calls: 1 }, clock, wait });
    one.tryTake("a", "calls");
    const served: string[] = [];
    const first = one.take("a", "calls").then(() => served.push("first"));
    const gone = new AbortController();
    const options = what === "time" ? { timeoutMs: 10 } : { signal: gone.signal };
    const second = one.take("a", "calls", 1, options).catch((error: unknown) => served.push(`second ${String(error)}`));
    const third = one.take("a", "calls").then(() => served.push("third"));
    await Promise.resolve();
    if (what === "patience") gone.abort("gone");
    // The second one's time, which began while the first was still waiting.
    else waiting.at(-1)?.();
    await second;
    expect(served).toEqual([expect.stringContaining(what === "time" ? "TRANSIENT.RATE_LIMITED" : "second gone")]);
    for (let n = 0; n < 9 && served.length < 3; n += 1) {
      for (const go of waiting.splice(0)) go();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all([first, third]);
    expect(served.slice(1)).toEqual(["first", "third"]);
  });

  it("does not hold anybody up for longer where the clock is set back", async () => {
    const { one, clock } = limiter({ calls: 1 });
    one.tryTake("a", "calls");
    clock.advance(-86_400_000);
    expect(one.tryTake("a", "calls")).toBe(false);
    clock.advance(60_000);
    expect(one.tryTake("a", "calls")).toBe(true);
  });
});
