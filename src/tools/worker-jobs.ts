import { RegraftError } from "../errors.js";
import type { Wait } from "./worker-pace.js";
import type { JobQueue, QueueSettings } from "./worker-queue.js";

/** Sessions of one page, by id. */
export interface PageJob {
  readonly tenantId: string;
  readonly planId: string;
  readonly sessionIds: readonly string[];
}

/** Cuts the marked sessions of a plan into pages, from a cursor on. */
export interface FeedJob {
  readonly tenantId: string;
  readonly planId: string;
  /** How many passes over the plan came before. */
  readonly pass: number;
  readonly cursor?: string;
  /** Pages that this pass has queued already. */
  readonly pages: number;
}

/** Names of the queues. */
export interface QueueNames {
  readonly sweep: string;
  readonly feed: string;
  readonly page: string;
}

export function namesOf(prefix: string): QueueNames {
  return { sweep: `${prefix}-sweep`, feed: `${prefix}-feed`, page: `${prefix}-page` };
}

/** Seconds after which a job that nobody has ended is given to another worker. */
export const jobSeconds = 600;

const common: Omit<QueueSettings, "name"> = {
  policy: "short",
  retryLimit: 5,
  retryDelay: 2,
  retryBackoff: true,
  expireInSeconds: jobSeconds,
};

/** How often a queue is made anew where other workers make it at the same time, which databases settle by ending one of them. */
const maxTries = 8;
const pauseMs = 50;

/** Makes the queues; those that exist stay as they are. */
export async function makeQueues(
  queue: JobQueue,
  { names, sweepCron, wait }: { readonly names: QueueNames; readonly sweepCron: string; readonly wait: Wait },
): Promise<void> {
  for (const name of [names.sweep, names.feed, names.page]) {
    for (let tries = 1; ; tries += 1) {
      try {
        await queue.createQueue(name, { name, ...common });
        break;
      } catch (error) {
        if (tries === maxTries) throw error;
        await wait(pauseMs * tries);
      }
    }
  }
  await queue.schedule(names.sweep, sweepCron, {}, { singletonKey: "sweep" });
}

function damaged(what: string): RegraftError {
  return new RegraftError("INPUT.INVALID", `a job of the queue is no ${what}`, {
    expected: what,
    received: "other data",
  });
}

function fieldsOf(data: unknown): Readonly<Record<string, unknown>> {
  return typeof data === "object" && data !== null ? { ...data } : {};
}

/** Reads what a queue handed out. */
export function readPage(data: unknown): PageJob {
  const { tenantId, planId, sessionIds } = fieldsOf(data);
  const isList = Array.isArray(sessionIds) && sessionIds.every((id): id is string => typeof id === "string");
  if (typeof tenantId !== "string" || typeof planId !== "string" || !isList) throw damaged("page of sessions");
  return { tenantId, planId, sessionIds };
}

export function readFeed(data: unknown): FeedJob {
  const { tenantId, planId, pass, cursor, pages } = fieldsOf(data);
  const known = typeof tenantId === "string" && typeof planId === "string" && typeof pass === "number";
  if (!known || typeof pages !== "number") throw damaged("pass over a plan");
  return { tenantId, planId, pass, pages, ...(typeof cursor === "string" ? { cursor } : {}) };
}

/** Of one plan one pass waits at a time. */
export function feedKey({ tenantId, planId }: Pick<FeedJob, "tenantId" | "planId">): string {
  return JSON.stringify([tenantId, planId]);
}

/** The rest of a pass that was cut while another pass over the plan came to wait. */
export function restKey({ tenantId, planId }: Pick<FeedJob, "tenantId" | "planId">): string {
  return JSON.stringify([tenantId, planId, "rest"]);
}

/** A page is known by its first session. */
export function pageKey({ tenantId, planId, sessionIds }: PageJob): string {
  return JSON.stringify([tenantId, planId, sessionIds[0] ?? ""]);
}
