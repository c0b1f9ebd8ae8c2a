import { describe, expect, it } from "vitest";
import { createRegraft, RegraftError } from "../../src/index.js";
import type { SessionCommit } from "../../src/ports/session-store.js";
import { faultyStore } from "../../src/testing/faulty-store.js";
import { createWorker, type WorkerEvent, type WorkerOptions } from "../../src/tools/worker.js";
import { TenantPace } from "../../src/tools/worker-pace.js";
import { bench, flow, roll, walk } from "../engine/helpers.js";
import { FakeQueue } from "./worker-fake-queue.js";

const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > N > B > E:email > C");

/** Sessions on B move in silence, those on C have to be asked. */
async function world(silent: number, asked = 0, wrap?: Parameters<typeof bench>[1], tenantIds = [""]) {
  const { regraft, store } = bench({}, wrap);
  const planIds: string[] = [];
  for (const tenantId of tenantIds) {
    const own = regraft.forTenant(tenantId);
    await own.publish(v1);
    for (let i = 0; i < silent + asked; i += 1) {
      await walk(own, `s${String(i).padStart(4, "0")}`, i < silent ? ["B"] : ["B", "C"]);
    }
    planIds.push((await roll(own, v1, v2)).id);
  }
  const queue = new FakeQueue();
  const events: WorkerEvent[] = [];
  const worker = (more: Partial<WorkerOptions> = {}) =>
    createWorker({
      regraft,
      queue,
      tenants: () => tenantIds,
      pageSize: 10,
      onEvent: (event) => events.push(event),
      ...more,
    });
  const moves = async (tenantId: string, id: string) => {
    const { entries } = await store.read({ kind: "session", tenantId, id }, { limit: 100 });
    return entries.filter(({ type }) => type === "session.reconciled").length;
  };
  return { regraft, store, queue, events, worker, moves, planIds };
}

describe("a worker", () => {
  it("drains all marked sessions of all tenants, each once", async () => {
    const { regraft, worker, moves, events, queue } = await world(25, 2, undefined, ["", "a"]);
    await Promise.all([worker().runOnce(), worker().runOnce()]);
    for (const tenantId of ["", "a"]) {
      expect((await regraft.forTenant(tenantId).marked()).sessionIds).toEqual(["s0025", "s0026"]);
      for (let i = 0; i < 25; i += 1) expect(await moves(tenantId, `s${String(i).padStart(4, "0")}`)).toBe(1);
    }
    const pages = events.filter((event) => event.type === "page");
    expect(pages.reduce((sum, { moved }) => sum + moved, 0)).toBe(50);
    expect(queue.schedules).toContain("regraft-sweep */5 * * * *");
  });

  it("comes back ever more rarely for those that it left", async () => {
    const { worker, queue } = await world(0, 1);
    const one = worker({ retrySeconds: 600 });
    await one.runOnce();
    const pauses: number[] = [];
    for (let pass = 0; pass < 10; pass += 1) {
      const [next] = queue.waiting("regraft-feed");
      pauses.push(next?.inSeconds ?? 0);
      queue.nowMs += (next?.inSeconds ?? 0) * 1000;
      await one.runOnce();
    }
    expect(pauses).toEqual([600, 1200, 2400, 4800, 9600, 19200, 38400, 76800, 86400, 86400]);
  });

  it("ends its passes when nobody is marked any more, and a sweep starts new ones", async () => {
    const { regraft, worker, queue } = await world(3);
    const one = worker();
    await one.runOnce();
    queue.nowMs += 600_000;
    await one.runOnce();
    expect(queue.waiting("regraft-feed")).toEqual([]);
    expect(await queue.getQueueSize("regraft-page")).toBe(0);
    await walk(regraft, "late", []);
    const next = await roll(regraft, v2, flow(3, "A > B > E:email > C"));
    await one.runOnce();
    expect(queue.jobs.some(({ data }) => "planId" in data && data.planId === next.id)).toBe(true);
    expect((await regraft.session("late")).scenarioVersion).toBe(3);
  });

  it("forgets no page that was lost from the queue", async () => {
    const { regraft, worker, queue } = await world(30);
    const feeder = worker({ maxQueuedPages: 100 });
    await queue.send(
      "regraft-feed",
      { tenantId: "", planId: (await regraft.plans.list()).plans[0]?.id, pass: 0, pages: 0 },
      {},
    );
    await feeder.runOnce();
    expect((await regraft.marked()).sessionIds).toEqual([]);
    const lost = await world(30);
    lost.queue.fetch = async (name) =>
      name === "regraft-page" ? [] : FakeQueue.prototype.fetch.call(lost.queue, name);
    await lost.worker().runOnce();
    for (const job of lost.queue.jobs) if (job.queue === "regraft-page") job.state = "done";
    lost.queue.fetch = (name) => FakeQueue.prototype.fetch.call(lost.queue, name);
    lost.queue.nowMs += 600_000;
    await lost.worker().runOnce();
    expect((await lost.regraft.marked()).sessionIds).toEqual([]);
  });

  it("queues no more pages than may wait, and still reaches the end", async () => {
    const { regraft, worker, queue } = await world(95);
    let most = 0;
    const send = queue.send.bind(queue);
    queue.send = async (...args) => {
      const id = await send(...args);
      most = Math.max(most, await queue.getQueueSize("regraft-page"));
      return id;
    };
    await worker({ maxQueuedPages: 3, concurrency: 1 }).runOnce();
    expect(most).toBe(3);
    expect((await regraft.marked()).sessionIds).toEqual([]);
  });

  it("goes on with a pass that was cut while a sweep queued a new one", async () => {
    const { regraft, worker, queue, planIds } = await world(60);
    const planId = planIds[0];
    let sweptAtMs = -1;
    const fetch = queue.fetch.bind(queue);
    queue.fetch = async (name) => {
      // Nobody drains: each pass meets the same sessions again.
      if (name === "regraft-page") return [];
      const jobs = await fetch(name);
      if (name === "regraft-feed" && jobs.length > 0 && sweptAtMs < queue.nowMs) {
        sweptAtMs = queue.nowMs;
        const fresh = { tenantId: "", planId, pass: 0, pages: 0 };
        await queue.send(name, fresh, { singletonKey: JSON.stringify(["", planId]) });
      }
      return jobs;
    };
    const feeder = worker({ maxQueuedPages: 2, concurrency: 1 });
    for (let round = 0; round < 20; round += 1) {
      await feeder.runOnce();
      for (const job of queue.jobs) if (job.queue === "regraft-page") job.state = "done";
      queue.nowMs += 5000;
    }
    await feeder.runOnce();
    const fed = new Set(queue.jobs.flatMap(({ data }) => ("sessionIds" in data ? [String(data.sessionIds)] : [])));
    expect(fed.size).toBe(6);
    expect((await regraft.marked({ limit: 100 })).sessionIds).toHaveLength(60);
  });

  it("moves each session once where a page takes longer than its job lasts and another worker gets it as well", async () => {
    const { regraft, store, worker, queue, moves } = await world(10);
    const second = worker({ concurrency: 1 });
    let isFirst = true;
    const slow = createWorker({
      regraft: createRegraft({
        store: faultyStore(store, {
          onCall: async ({ method, n }) => {
            if (method !== "commit" || n !== 4 || !isFirst) return;
            isFirst = false;
            for (const job of queue.jobs) if (job.state === "active") job.state = "waits";
            await second.runOnce();
          },
        }),
      }),
      queue,
      concurrency: 1,
      pageSize: 10,
    });
    await slow.runOnce();
    expect(isFirst).toBe(false);
    for (let i = 0; i < 10; i += 1) expect(await moves("", `s${String(i).padStart(4, "0")}`)).toBe(1);
    expect((await regraft.marked()).sessionIds).toEqual([]);
    expect(queue.jobs.filter(({ state }) => state === "active")).toEqual([]);
  });

  it("cuts pages so small that the rate lets none take longer than five minutes", async () => {
    const sizes = async (more: Partial<WorkerOptions>) => {
      const { worker, queue } = await world(30);
      const fetch = queue.fetch.bind(queue);
      queue.fetch = async (name) => (name === "regraft-page" ? [] : fetch(name));
      await worker({ pageSize: 25, ...more }).runOnce();
      return queue.jobs.flatMap(({ data }) =>
        "sessionIds" in data && Array.isArray(data.sessionIds) ? [data.sessionIds.length] : [],
      );
    };
    expect(await sizes({})).toEqual([25, 5]);
    expect(await sizes({ perSecond: 0.1, concurrency: 2 })).toEqual([15, 15]);
    expect(await sizes({ perSecond: 0.1, concurrency: 30, maxQueuedPages: 100 })).toEqual(Array(30).fill(1));
  });

  it("gives a page back to the queue that could not be drained, and tells so", async () => {
    let failures = 2;
    const { regraft, worker, events } = await world(5, 0, (inner) => ({
      ...inner,
      commit: async (change: SessionCommit, options) => {
        if (change.records?.some(({ data }) => data.drained === true) && failures > 0) {
          failures -= 1;
          throw new RegraftError("STORE.UNAVAILABLE", "the store is away");
        }
        return inner.commit(change, options);
      },
    }));
    await worker().runOnce();
    expect(events.filter(({ type }) => type === "failed")).toHaveLength(2);
    expect((await regraft.marked()).sessionIds).toEqual([]);
  });

  it("finishes the page in hand when it is stopped, and takes no other", async () => {
    const { regraft, worker, queue, events } = await world(40);
    const one = worker({ concurrency: 1 });
    const complete = queue.complete.bind(queue);
    await new Promise<void>((ended) => {
      queue.complete = async (name, id) => {
        if (name === "regraft-page") void one.stop().then(ended);
        await complete(name, id);
      };
      void one.start();
    });
    expect(events.filter(({ type }) => type === "page")).toHaveLength(1);
    expect((await regraft.marked({ limit: 100 })).sessionIds).toHaveLength(30);
    expect(queue.jobs.filter(({ state }) => state === "active")).toEqual([]);
  });

  it("can be started again where the queue could not be reached", async () => {
    const { worker, queue } = await world(3);
    const schedule = queue.schedule.bind(queue);
    queue.schedule = async () => {
      throw new Error("no queue");
    };
    let worked = () => {};
    const ended = new Promise<void>((resolve) => {
      worked = resolve;
    });
    const one = worker({ onEvent: ({ type }) => type === "page" && worked() });
    await expect(one.start()).rejects.toThrow("no queue");
    queue.schedule = schedule;
    await one.start();
    await ended;
    await one.stop();
  });

  it("refuses numbers that are not above 0", async () => {
    const { worker } = await world(0);
    for (const more of [{ concurrency: 0 }, { pageSize: -1 }, { perSecond: 0 }, { idleMs: Number.NaN }]) {
      expect(() => worker(more)).toThrow("INPUT.INVALID");
    }
  });
});

describe("the rate of a tenant", () => {
  it("is kept for each tenant on its own", async () => {
    let nowMs = 0;
    const waited: number[] = [];
    const wait = async (ms: number) => {
      waited.push(ms);
      nowMs += ms;
    };
    const pace = new TenantPace(10, { now: () => nowMs, wait });
    for (let i = 0; i < 3; i += 1) await pace.take("a");
    expect(nowMs).toBe(200);
    await pace.take("b");
    expect(waited).toEqual([100, 100]);
    nowMs += 10_000;
    await pace.take("a");
    expect(waited).toHaveLength(2);
  });
});
