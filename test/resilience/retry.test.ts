import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isTransient, pauseAfter, RegraftError, retry, withDeadline, withFallback } from "../../src/index.js";
import { manualClock } from "../../src/testing/clock.js";

const busy = new RegraftError("SESSION.CONFLICT", "others write");

/** Work that throws these one after another, and then succeeds; with a clock that only waiting moves. */
function failing(...errors: unknown[]) {
  const clock = manualClock();
  const pauses: number[] = [];
  let calls = 0;
  const wait = async (ms: number) => {
    pauses.push(ms);
    clock.advance(ms);
  };
  const work = async () => {
    calls += 1;
    if (errors.length >= calls) throw errors[calls - 1];
    return calls;
  };
  const parts = { clock, wait, random: () => 0.5 };
  return { work, parts, pauses, clock, calls: () => calls };
}

describe("retry", () => {
  it("makes three tries in all, the first among them", async () => {
    const { work, parts, calls, pauses } = failing(busy, busy, busy, busy);
    await expect(retry(work, parts)).rejects.toBe(busy);
    expect(calls()).toBe(3);
    expect(pauses).toEqual([25, 50]);
  });

  it("tells what failed before it waits", async () => {
    const { work, parts } = failing(busy);
    const told: number[] = [];
    expect(await retry(work, { ...parts, onRetry: ({ attempt, pauseMs }) => told.push(attempt, pauseMs) })).toBe(2);
    expect(told).toEqual([1, 25]);
  });

  it.each<[string, unknown, number]>([
    ["a broken connection", Object.assign(new Error("x"), { code: "ECONNRESET" }), 2],
    ["a busy service", Object.assign(new Error("x"), { statusCode: 429 }), 2],
    ["what is caused by a broken connection", new Error("x", { cause: { code: "EPIPE" } }), 2],
    ["a store that is away", new RegraftError("STORE.UNAVAILABLE", "x"), 2],
    ["an exception of a program", new TypeError("x is not a function"), 1],
    ["a refusal of regraft", new RegraftError("PLAN.CHANGED", "x"), 1],
    ["work that was aborted", new DOMException("x", "AbortError"), 1],
    ["a client's own fault", { status: 400 }, 1],
    ["nothing at all", undefined, 1],
  ])("classifies what is thrown: %s", async (_, error, calls) => {
    const one = failing(error);
    await retry(one.work, one.parts).catch(() => undefined);
    expect(one.calls()).toBe(calls);
    expect(isTransient(error)).toBe(calls === 2);
  });

  it("never waits longer than the cap, whatever jitter and the failed service say", () => {
    const jitters = fc.constantFrom("full" as const, "equal" as const, "none" as const);
    fc.assert(
      fc.property(
        ...([
          fc.integer({ min: 1, max: 60 }),
          jitters,
          fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        ] as const),
        fc.nat(10_000),
        (attempt, jitter, random, after) => {
          const ms = pauseAfter(attempt, { baseMs: 50, capMs: 2000, jitter, random: () => random }, after);
          expect(ms).toBeGreaterThanOrEqual(Math.min(after, 2000));
          expect(ms).toBeLessThanOrEqual(2000);
        },
      ),
      { seed: 7 },
    );
  });

  it("waits as long as the failed service asks for", async () => {
    const { work, parts, pauses } = failing(new RegraftError("TRANSIENT.RATE_LIMITED", "x", { retryAfterMs: 700 }));
    await retry(work, parts);
    expect(pauses).toEqual([700]);
  });

  it("starts no try after the deadline, and says what failed", async () => {
    const { work, parts, calls } = failing(busy, busy, busy);
    const error: unknown = await retry(work, { ...parts, jitter: "none", deadlineMs: 120 }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "TRANSIENT.TIMEOUT", cause: busy });
    expect(calls()).toBe(2);
  });

  it("ends when it is told to", async () => {
    const { work, parts, calls } = failing(busy, busy);
    const controller = new AbortController();
    const reason = new Error("stopped");
    const waiting = { ...parts, signal: controller.signal, wait: async () => controller.abort(reason) };
    await expect(retry(work, waiting)).rejects.toBe(reason);
    expect(calls()).toBe(1);
  });

  it("refuses numbers that are none", async () => {
    await expect(retry(async () => 1, { maxAttempts: 0 })).rejects.toMatchObject({ code: "INPUT.INVALID" });
    await expect(retry(async () => 1, { capMs: Number.NaN })).rejects.toMatchObject({ details: { path: "/capMs" } });
  });
});

describe("a deadline", () => {
  it("ends work that never ends, and aborts it", async () => {
    let signal: AbortSignal | undefined;
    const never = withDeadline(
      (given) => {
        signal = given;
        return new Promise<never>(() => undefined);
      },
      { timeoutMs: 1, name: "a hook" },
    );
    await expect(never).rejects.toMatchObject({ code: "TRANSIENT.TIMEOUT" });
    expect(signal?.aborted).toBe(true);
  });

  it("passes on that the caller has stopped", async () => {
    const controller = new AbortController();
    const work = withDeadline(() => new Promise<never>(() => undefined), {
      timeoutMs: 60_000,
      signal: controller.signal,
    });
    controller.abort("enough");
    await expect(work).rejects.toBe("enough");
  });

  it("has a fallback for what passes, and for nothing else", async () => {
    const down = async () => Promise.reject(new RegraftError("STORE.UNAVAILABLE", "down"));
    const wrong = async () => Promise.reject(new RegraftError("SESSION.NOT_FOUND", "none"));
    expect(await withFallback(down, () => "as before", { timeoutMs: 1000 })).toBe("as before");
    await expect(withFallback(wrong, () => "as before", { timeoutMs: 1000 })).rejects.toMatchObject({
      code: "SESSION.NOT_FOUND",
    });
  });
});
