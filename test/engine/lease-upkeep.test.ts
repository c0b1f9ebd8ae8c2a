import { describe, expect, it } from "vitest";
import { createRegraft, type Regraft } from "../../src/index.js";
import { faultyStore, type StoreCall } from "../../src/testing/faulty-store.js";
import { type Bench, bench, flow, walk } from "./helpers.js";

const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > B > C > N");
const ana = { by: "ana" };
const config = { markPageSize: 2 };

/** An approved plan for nine sessions, which are five pages. */
async function approved(made: Bench = bench()) {
  await made.regraft.publish(v1);
  for (let at = 0; at < 9; at += 1) await walk(made.regraft, `s${at}`, ["B"]);
  return { ...made, plan: await made.regraft.approve(await made.regraft.propose({ from: v1, to: v2 }), ana) };
}

/** Another worker over the same store, in whose calls time passes. */
function worker({ store, clock }: Bench, onCall: (call: StoreCall) => void | Promise<void>): Regraft {
  return createRegraft({ store: faultyStore(store, { onCall }), clock, config });
}

describe("a deployment whose pages take long", () => {
  for (const seconds of [12, 40]) {
    it(`comes to its end in one go, and after a crash, where each takes ${seconds} s of a lease of 30 s`, async () => {
      const made = await approved();
      let crashes = true;
      const slow = worker(made, ({ method, n }) => {
        if (method !== "mark" && method !== "scan") return;
        made.clock.advance(seconds * 1000);
        if (crashes && method === "mark" && n === 2) throw new Error("the process has ended");
      });
      await expect(slow.deploy(made.plan)).rejects.toThrow();
      crashes = false;
      made.clock.advance(31_000);
      expect((await slow.deploy(made.plan.id)).marking).toMatchObject({ marked: 9, done: true });
      const next = await approved();
      const other = worker(next, ({ method }) => {
        if (method === "mark") next.clock.advance(seconds * 1000);
      });
      expect((await other.deploy(next.plan)).marking).toMatchObject({ marked: 9, done: true });
    });
  }

  it("ends where somebody else has taken the lease over, who counts what it has marked", async () => {
    const made = await approved();
    let second: Promise<unknown> | undefined;
    const first = worker(made, async ({ method, n }) => {
      if (method !== "mark" || n !== 2) return;
      made.clock.advance(31_000);
      second = createRegraft({ store: made.store, clock: made.clock, config }).deploy(made.plan.id);
      await second;
    });
    await expect(first.deploy(made.plan)).rejects.toMatchObject({ code: "STORE.LEASE_HELD" });
    expect(await second).toMatchObject({ status: "deployed", marking: { marked: 9, done: true } });
    const stream = { kind: "plan", tenantId: "", id: made.plan.id };
    const { entries } = await made.store.read(stream, { limit: 99 });
    expect(entries.reduce((sum, { data }) => sum + Number(data.marked ?? 0), 0)).toBe(9);
  });

  it("keeps its lease between the pages of one run", async () => {
    const made = await approved();
    const held: boolean[] = [];
    const lease = { kind: "deployment", tenantId: "", id: made.plan.id };
    const slow = worker(made, async ({ method }) => {
      if (method !== "scan" && method !== "mark") return;
      made.clock.advance(11_000);
      held.push(!(await made.store.lease(lease, { owner: "other", ttlMs: 1 })).ok);
    });
    const crashed = worker(made, ({ method }) => {
      if (method === "mark") throw new Error("the process has ended");
    });
    await expect(crashed.deploy(made.plan)).rejects.toThrow();
    made.clock.advance(31_000);
    await slow.deploy(made.plan.id);
    expect(held.length).toBeGreaterThanOrEqual(10);
    expect(held).not.toContain(false);
  });
});

describe("a deployment whose clock is set back", () => {
  it("keeps a lease that ends by the clock of the store", async () => {
    const made = await approved();
    let crashes = true;
    let passedMs = 0;
    const renewedAtMs: number[] = [];
    const one = worker(made, ({ method, n }) => {
      if (method === "renew") renewedAtMs.push(passedMs);
      if (method !== "scan" && method !== "mark") return;
      if (crashes && method === "mark") throw new Error("the process has ended");
      passedMs += 11_000;
      made.clock.advance(method === "mark" && n === 3 ? -86_400_000 : 11_000);
    });
    await expect(one.deploy(made.plan)).rejects.toThrow();
    crashes = false;
    made.clock.advance(31_000);
    await one.deploy(made.plan.id);
    const gaps = renewedAtMs.slice(1).map((at, n) => at - (renewedAtMs[n] ?? 0));
    expect(passedMs - (renewedAtMs.at(-1) ?? 0)).toBeLessThan(30_000);
    expect(Math.max(...gaps)).toBeLessThan(30_000);
  });
});

describe("a store that writes session by session", () => {
  it("is given pages of at most a thousand", async () => {
    for (const [setBasedMark, limit] of [
      [true, 10_000],
      [false, 1000],
    ] as const) {
      const limits = new Set<number>();
      const { regraft, plan } = await approved(
        bench({}, (inner) => ({
          ...inner,
          capabilities: { ...inner.capabilities, setBasedMark },
          mark: (query, mark, page) => {
            limits.add(page.limit);
            return inner.mark(query, mark, page);
          },
        })),
      );
      await regraft.deploy(plan);
      expect([...limits]).toEqual([limit]);
    }
  });
});

describe("retention over more sessions than are read within a lease", () => {
  it("is applied all the same", async () => {
    const made = await approved();
    await made.regraft.deploy(made.plan);
    for (let at = 0; at < 9; at += 1) await made.regraft.update(`s${at}`, { status: "closed" });
    made.clock.advance(90 * 86_400_000);
    const planned = await made.regraft.planRetention();
    const slow = worker(made, ({ method }) => {
      if (method === "scan") made.clock.advance(61_000);
    });
    expect((await slow.applyRetention(planned, ana)).dropped).toHaveLength(2);
  });
});
