import type { DrainPage } from "../engine/drain.js";
import type { Regraft } from "../engine/regraft.js";
import { RegraftError } from "../errors.js";
import {
  feedKey,
  jobSeconds,
  makeQueues,
  namesOf,
  pageKey,
  type QueueNames,
  readFeed,
  readPage,
  restKey,
} from "./worker-jobs.js";
import { TenantPace, type Wait } from "./worker-pace.js";
import type { JobQueue, QueueJob } from "./worker-queue.js";

/** What a worker tells while it works. */
export type WorkerEvent =
  | ({ readonly type: "page"; readonly tenantId: string; readonly planId: string } & Omit<DrainPage, "cursor">)
  | {
      readonly type: "fed";
      readonly tenantId: string;
      readonly planId: string;
      readonly pages: number;
      readonly pass: number;
    }
  | { readonly type: "swept"; readonly plans: number }
  /** A job that is tried again later. */
  | { readonly type: "failed"; readonly queue: string; readonly error: string };

/**
 * What a worker is made of.
 *
 * @since 0.2.0
 * @public
 */
export interface WorkerOptions {
  readonly regraft: Regraft;
  /** A started `PgBoss`, or anything with its methods. */
  readonly queue: JobQueue;
  /** Tenants whose plans are drained; that of `regraft` if absent. Asked at each sweep. */
  readonly tenants?: () => Promise<readonly string[]> | readonly string[];
  /** Pages at a time; 4 if absent. */
  readonly concurrency?: number;
  /** Sessions a page; 200 if absent, and never so many that the rate of `perSecond` lets a page take longer than five minutes. */
  readonly pageSize?: number;
  /** Pages that may wait in the queue before no more are added; 100 if absent. */
  readonly maxQueuedPages?: number;
  /** Sessions a second and tenant in this worker; no limit if absent. */
  readonly perSecond?: number;
  /** When plans are looked for, as cron words; every 5 minutes if absent. */
  readonly sweepCron?: string;
  /** Pause after a pass that has left sessions as they are, doubled with each further pass up to a day; 600 if absent. */
  readonly retrySeconds?: number;
  /** Pause of a loop that finds no job; 1000 if absent. */
  readonly idleMs?: number;
  /** Start of the queues' names; `regraft` if absent. */
  readonly prefix?: string;
  readonly onEvent?: (event: WorkerEvent) => void;
}

/**
 * Moves marked sessions in the background.
 *
 * @since 0.2.0
 * @public
 */
export interface Worker {
  /** Makes the queues, looks for plans, and works until it is stopped. Calling it again changes nothing. */
  start(): Promise<void>;
  /** Takes no further job, finishes those in hand, and ends. */
  stop(): Promise<void>;
  /** Works until no job is due any more, without the loops of `start`. */
  runOnce(): Promise<void>;
}

const daySeconds = 86_400;
const backPressureSeconds = 5;

type Parts = Required<Omit<WorkerOptions, "perSecond" | "prefix" | "sweepCron">> & {
  readonly names: QueueNames;
  readonly sweepCron: string;
  readonly pace: (tenantId: string) => Promise<void>;
};

function positive(name: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw new RegraftError("INPUT.INVALID", `${name} is no number above 0`, {
    path: `/${name}`,
    expected: "a number above 0",
    received: String(value),
  });
}

/** A page that takes longer than a job may is given to another worker as well: half of that time is left for all that is slow. */
function sizeInTime(size: number, { perSecond, concurrency = 4 }: WorkerOptions): number {
  if (perSecond === undefined) return size;
  return Math.max(1, Math.min(size, Math.floor((perSecond * jobSeconds) / 2 / concurrency)));
}

/**
 * Makes a worker. Any number of them on any number of hosts may share one queue: a page that two of them get is written once, since
 * each move is committed at the revision it was decided on.
 *
 * @throws RegraftError `INPUT.INVALID` for a number that is not above 0
 *
 * @example
 * // A started PgBoss; this one never has a job.
 * const queue = {
 *   createQueue: async () => {},
 *   schedule: async () => {},
 *   send: async () => null,
 *   fetch: async () => [],
 *   complete: async () => {},
 *   fail: async () => {},
 *   getQueueSize: async () => 0,
 * };
 * const worker = createWorker({ regraft: createRegraft({ store: memoryStore() }), queue, perSecond: 50 });
 * await worker.start();
 * await worker.stop(); // when the process is told to end
 *
 * @since 0.2.0
 * @public
 */
export function createWorker(options: WorkerOptions): Worker {
  const { regraft, queue, prefix = "regraft", perSecond, sweepCron = "*/5 * * * *" } = options;
  const waits = new Set<() => void>();
  let stopping = false;
  const wait: Wait = (ms) =>
    new Promise((done) => {
      const end = () => {
        clearTimeout(timer);
        waits.delete(end);
        done();
      };
      const timer = setTimeout(end, ms);
      waits.add(end);
    });
  const pace =
    perSecond === undefined
      ? undefined
      : new TenantPace(positive("perSecond", perSecond), { now: () => performance.now(), wait });
  const parts: Parts = {
    regraft,
    queue,
    names: namesOf(prefix),
    sweepCron,
    tenants: options.tenants ?? (() => [regraft.tenantId]),
    concurrency: positive("concurrency", options.concurrency ?? 4),
    pageSize: sizeInTime(positive("pageSize", options.pageSize ?? 200), options),
    maxQueuedPages: positive("maxQueuedPages", options.maxQueuedPages ?? 100),
    retrySeconds: positive("retrySeconds", options.retrySeconds ?? 600),
    idleMs: positive("idleMs", options.idleMs ?? 1000),
    onEvent: options.onEvent ?? (() => undefined),
    pace: async (tenantId) => {
      if (!stopping) await pace?.take(tenantId);
    },
  };
  let loops: Promise<void>[] | undefined;
  const loop = async () => {
    while (!stopping) {
      const worked = await step(parts).catch((error: unknown) => {
        parts.onEvent({ type: "failed", queue: "all", error: String(error) });
        return false;
      });
      if (!worked && !stopping) await wait(parts.idleMs);
    }
  };
  const prepare = async () => {
    await makeQueues(queue, { names: parts.names, sweepCron, wait });
    await queue.send(parts.names.sweep, {}, { singletonKey: "sweep" });
  };
  return {
    start: async () => {
      if (loops !== undefined) return;
      loops = [];
      try {
        await prepare();
      } catch (error) {
        // Who starts it again once the queue can be reached must not be told that it works.
        loops = undefined;
        throw error;
      }
      if (!stopping) loops = Array.from({ length: parts.concurrency }, loop);
    },
    stop: async () => {
      stopping = true;
      for (const end of [...waits]) end();
      await Promise.all(loops ?? []);
    },
    runOnce: async () => {
      await prepare();
      while (!stopping) {
        const worked = await Promise.all(Array.from({ length: parts.concurrency }, () => step(parts)));
        if (!worked.includes(true)) return;
      }
    },
  };
}

/** Does one job, pages first; false if none is due. */
async function step(parts: Parts): Promise<boolean> {
  const { page, feed, sweep } = parts.names;
  return (
    (await work(parts, page, (data) => drainPage(parts, data))) ||
    (await work(parts, feed, (data) => feedPages(parts, data))) ||
    (await work(parts, sweep, () => sweepPlans(parts)))
  );
}

async function work({ queue, onEvent }: Parts, name: string, act: (data: unknown) => Promise<void>): Promise<boolean> {
  const [job]: readonly QueueJob[] = await queue.fetch(name, { batchSize: 1 });
  if (job === undefined) return false;
  try {
    await act(job.data);
  } catch (error) {
    onEvent({ type: "failed", queue: name, error: String(error) });
    await queue.fail(name, job.id, { error: String(error) });
    return true;
  }
  await queue.complete(name, job.id);
  return true;
}

function tenantOf({ regraft }: Parts, tenantId: string): Regraft {
  return tenantId === regraft.tenantId ? regraft : regraft.forTenant(tenantId);
}

async function drainPage(parts: Parts, data: unknown): Promise<void> {
  const { tenantId, planId, sessionIds } = readPage(data);
  const pace = () => parts.pace(tenantId);
  const limit = Math.max(1, sessionIds.length);
  const { cursor: _, ...page } = await tenantOf(parts, tenantId).drain({ planId, sessionIds, limit, pace });
  parts.onEvent({ type: "page", tenantId, planId, ...page });
}

/**
 * Queues pages of a plan's marked sessions until enough wait, and itself again for the rest. After the last page it comes back later,
 * ever more rarely, as long as it finds sessions: those that are left to their next message, or whose page was lost.
 */
async function feedPages(parts: Parts, data: unknown): Promise<void> {
  const { queue, names, pageSize, maxQueuedPages, retrySeconds, onEvent } = parts;
  const job = readFeed(data);
  const { tenantId, planId, pass } = job;
  const regraft = tenantOf(parts, tenantId);
  const again = async (next: object, startAfter: number): Promise<void> => {
    const rest = { ...job, ...next };
    const sent = await queue.send(names.feed, rest, { singletonKey: feedKey(job), startAfter });
    // A sweep has queued a new pass meanwhile. It begins at the start, so it does not stand for the rest of this one.
    if (sent === null) await queue.send(names.feed, rest, { singletonKey: restKey(job), startAfter });
  };
  let { cursor, pages } = job;
  do {
    if ((await queue.getQueueSize(names.page)) >= maxQueuedPages) {
      // A page of them is worked off first, so that the rest waits only where others hold all pages.
      const worked = await work(parts, names.page, (one) => drainPage(parts, one));
      await again({ pages, ...(cursor === undefined ? {} : { cursor }) }, worked ? 0 : backPressureSeconds);
      return;
    }
    const found = await regraft.marked({ planId, limit: pageSize, ...(cursor === undefined ? {} : { cursor }) });
    const page = { tenantId, planId, sessionIds: found.sessionIds };
    if (found.sessionIds.length > 0) {
      await queue.send(names.page, page, { singletonKey: pageKey(page) });
      pages += 1;
    }
    cursor = found.cursor;
  } while (cursor !== undefined);
  onEvent({ type: "fed", tenantId, planId, pages, pass });
  if (pages === 0) return;
  const pause = Math.min(daySeconds, retrySeconds * 2 ** Math.min(pass, 20));
  const { cursor: _, ...first } = { ...job, pages: 0, pass: pass + 1 };
  await queue.send(names.feed, first, { singletonKey: feedKey(job), startAfter: pause });
}

/** Starts a pass for every deployed plan with marked sessions that none waits for. */
async function sweepPlans(parts: Parts): Promise<void> {
  const { queue, names, tenants, onEvent } = parts;
  let plans = 0;
  for (const tenantId of await tenants()) {
    const regraft = tenantOf(parts, tenantId);
    let cursor: string | undefined;
    do {
      const page = await regraft.plans.list({
        status: ["deployed", "canary"],
        limit: 100,
        ...(cursor === undefined ? {} : { cursor }),
      });
      for (const { id: planId } of page.plans) {
        const { sessionIds } = await regraft.marked({ planId, limit: 1 });
        if (sessionIds.length === 0) continue;
        const job = { tenantId, planId, pass: 0, pages: 0 };
        if ((await queue.send(names.feed, job, { singletonKey: feedKey(job) })) !== null) plans += 1;
      }
      cursor = page.cursor;
    } while (cursor !== undefined);
  }
  onEvent({ type: "swept", plans });
}
