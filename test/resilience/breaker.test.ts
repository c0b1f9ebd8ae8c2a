import { describe, expect, it } from "vitest";
import { createBreaker, RegraftError, retry } from "../../src/index.js";
import { manualClock } from "../../src/testing/clock.js";

const down = new Error("down");

function breaker() {
  const clock = manualClock();
  const changes: string[] = [];
  const one = createBreaker({ name: "crm", clock, onChange: (status) => changes.push(status) });
  let calls = 0;
  const fail = () =>
    one
      .run(async () => {
        calls += 1;
        throw down;
      })
      .catch((error: { code?: string }) => error.code ?? "failed");
  const trip = async () => {
    for (let n = 0; n < 5; n += 1) await fail();
  };
  return { one, clock, changes, fail, trip, calls: () => calls };
}

describe("a circuit breaker", () => {
  it("opens after five failures within the window, and refuses at once", async () => {
    const { one, fail, trip, calls } = breaker();
    await trip();
    expect(one.status).toBe("open");
    expect(await fail()).toBe("TRANSIENT.BREAKER_OPEN");
    expect(calls()).toBe(5);
  });

  it("forgets failures that are older than the window", async () => {
    const { one, clock, fail } = breaker();
    for (let n = 0; n < 10; n += 1) {
      await fail();
      clock.advance(20_000);
    }
    expect(one.status).toBe("closed");
  });

  it("lets one call through after a while, whose success closes it", async () => {
    const { one, clock, trip, fail, changes } = breaker();
    await trip();
    clock.advance(29_999);
    expect(await fail()).toBe("TRANSIENT.BREAKER_OPEN");
    clock.advance(1);
    let release = () => {};
    const probe = one.run(
      () =>
        new Promise<void>((resolve) => {
          release = resolve;
        }),
    );
    expect(await fail()).toBe("TRANSIENT.BREAKER_OPEN");
    release();
    await probe;
    expect(changes).toEqual(["open", "half_open", "closed"]);
  });

  it("opens again where that call fails", async () => {
    const { one, clock, trip, fail } = breaker();
    await trip();
    clock.advance(30_000);
    expect(await fail()).toBe("failed");
    expect(one.status).toBe("open");
  });

  it("does not hear calls from before it opened", async () => {
    const { one, trip } = breaker();
    let end = () => {};
    const slow = one.run(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    await trip();
    end();
    await slow;
    expect(one.status).toBe("open");
  });

  it("lets one of many calls at once through to try", async () => {
    const { one, clock, trip } = breaker();
    await trip();
    clock.advance(30_000);
    let calls = 0;
    const call = async () => {
      calls += 1;
      await Promise.resolve();
    };
    const all = await Promise.allSettled(Array.from({ length: 16 }, () => one.run(call)));
    expect([calls, all.filter(({ status }) => status === "fulfilled").length]).toEqual([1, 1]);
    expect(one.status).toBe("closed");
  });

  it("does not wait for ever for the call that was let through to try", async () => {
    const { one, clock, trip } = breaker();
    await trip();
    clock.advance(30_000);
    let late = () => {};
    const hanging = one
      .run(
        () =>
          new Promise<void>((_, reject) => {
            late = () => reject(down);
          }),
      )
      .catch(() => undefined);
    await expect(one.run(async () => 1)).rejects.toMatchObject({ details: { retryAfterMs: 30_000 } });
    clock.advance(30_000);
    expect(await one.run(async () => "well again")).toBe("well again");
    late();
    await hanging;
    expect(one.status).toBe("closed");
  });

  it("does not stay open for longer where the clock is set back", async () => {
    const { one, clock, trip } = breaker();
    await trip();
    clock.advance(-86_400_000);
    await expect(one.run(async () => 1)).rejects.toMatchObject({ details: { retryAfterMs: 30_000 } });
    clock.advance(30_000);
    expect(await one.run(async () => 1)).toBe(1);
  });

  it("is not disturbed by who watches it", async () => {
    const onChange = () => {
      throw new TypeError("x");
    };
    const one = createBreaker({ name: "crm", failures: 1, openMs: 0, clock: manualClock(), onChange });
    await expect(one.run(() => Promise.reject(down))).rejects.toBe(down);
    expect(await one.run(async () => 7)).toBe(7);
  });

  it("takes a refusal of regraft for the answer of a healthy callee", async () => {
    const { one } = breaker();
    const refusal = new RegraftError("PLAN.CHANGED", "read it again");
    for (let n = 0; n < 9; n += 1) await one.run(() => Promise.reject(refusal)).catch(() => undefined);
    expect(one.status).toBe("closed");
  });

  it("makes no call, and so no try of the callee, while it is open", async () => {
    const { one, clock, trip, calls } = breaker();
    await trip();
    const wait = async (ms: number) => clock.advance(ms);
    const work = () => one.run(async () => "well again");
    await expect(retry(work, { clock, wait })).rejects.toMatchObject({ code: "TRANSIENT.BREAKER_OPEN" });
    expect(await retry(work, { clock, wait, capMs: 30_000, deadlineMs: 60_000 })).toBe("well again");
    expect(calls()).toBe(5);
  });
});
