import type { PageRequest } from "../ports/paging.js";
import type { SessionQuery } from "../ports/session-store.js";
import type { Redis } from "./redis-client.js";
import { encoded, partOf, parts, type RedisKeys } from "./redis-keys.js";
import { pageScript } from "./redis-page-script.js";

/** What is done to the sessions that a query asks for. */
export type PageMode = readonly ["scan"] | readonly ["count"] | readonly ["unmark"] | readonly ["mark", string, string];

export interface VisitedPage {
  /** Documents and marks in turn, or steps and counts. */
  readonly items: readonly string[];
  readonly changed: number;
  readonly cursor?: string;
}

/** With more sets than these, walking over all sessions is not slower. */
const maxSets = 32;

const texts = (list: readonly string[] | undefined) => list?.map(encoded);

/** Numbers that JSON cannot carry stand for bounds that nothing or everything is within. */
function bound(ms: number | undefined): number | undefined {
  if (ms === undefined || Number.isFinite(ms)) return ms;
  return ms > 0 ? Number.MAX_VALUE : -Number.MAX_VALUE;
}

/** The query as the script reads it; what is absent is no restriction. */
function queryText(query: SessionQuery, ids: readonly string[] | undefined): string {
  const { scenarioId, versions, statuses, marked } = query;
  return JSON.stringify({
    scenario: scenarioId === undefined ? undefined : encoded(scenarioId),
    versions: versions?.map(String),
    statuses,
    steps: texts(query.stepIds),
    notSteps: texts(query.notStepIds),
    channels: texts(query.channels),
    notChannels: texts(query.notChannels),
    ids: texts(ids),
    notIds: texts(query.notSessionIds),
    from: bound(query.createdFromMs),
    to: bound(query.createdToMs),
    marked: typeof marked === "string" ? encoded(marked) : marked,
    outbox: query.outbox,
  });
}

/** The sets of one part that hold every session the query can match. */
function setsOf(base: string, { scenarioId, versions, stepIds, outbox }: SessionQuery): readonly string[] {
  if (outbox === true) return [`${base}outbox`];
  const all = [`${base}all`];
  if (scenarioId === undefined || versions === undefined) return all;
  const wide = [...new Set(versions)].map((version) => `${base}i:${encoded(scenarioId)}:${version}`);
  const sets =
    stepIds === undefined ? wide : wide.flatMap((set) => [...new Set(stepIds)].map((id) => `${set}:${encoded(id)}`));
  return sets.length > maxSets ? all : sets;
}

function isEmpty({ versions, statuses, stepIds, channels, sessionIds }: SessionQuery): boolean {
  return [versions, statuses, stepIds, channels, sessionIds].some((list) => list?.length === 0);
}

/** Visits the sessions that a query asks for, part after part, up to the limit of the page. */
export async function visitPage(
  redis: Redis,
  keys: RedisKeys,
  query: SessionQuery,
  page: PageRequest | undefined,
  [mode, ...modeArgs]: PageMode,
): Promise<VisitedPage> {
  const items: string[] = [];
  let changed = 0;
  let left = page?.limit ?? Number.MAX_SAFE_INTEGER;
  let position = page?.cursor?.slice(1) ?? "";
  const from = parts.indexOf(page?.cursor?.charAt(0) ?? parts[0] ?? "");
  if (isEmpty(query)) return { items, changed };
  const ids = query.sessionIds && [...new Set(query.sessionIds)];

  for (const part of parts.slice(from)) {
    const base = keys.sessions(query.tenantId, part);
    const own = ids?.filter((id) => partOf(id) === part);
    const sets = setsOf(base, query);
    const text = queryText(query, own);
    let state = own?.length === 0 ? "end" : "on";
    while (state === "on") {
      const args = [base, mode, text, position, String(left), ...modeArgs];
      const [next = "end", last = "", matched = "0", written = "0", ...found] = await redis.run(pageScript, sets, args);
      items.push(...found);
      changed += Number(written);
      left -= Number(matched);
      position = last;
      state = next;
    }
    if (state === "more") return { items, changed, cursor: `${part}${position}` };
    position = "";
  }
  return { items, changed };
}
