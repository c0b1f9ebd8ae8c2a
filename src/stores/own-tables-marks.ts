import { frozenCopy } from "../hash/frozen-copy.js";
import type { PageRequest } from "../ports/paging.js";
import type { Mark, MarkPage, SessionQuery } from "../ports/session-store.js";
import { untilWritten, versionOf } from "./own-tables-commit.js";
import type { Host } from "./own-tables-host.js";
import type { OwnSave, SessionColumn } from "./own-tables-port.js";
import { type OwnContent, type OwnEntry, writeOf } from "./own-tables-row.js";
import { checkLimit } from "./paging.js";
import { sessionMatcher } from "./session-match.js";

/** A row of a session. */
export type SessionEntry = OwnEntry & { readonly content: OwnContent };

/** The sessions that the query asks for, as they are when they are reached. */
export async function* matching<C extends SessionColumn>(
  host: Host<C>,
  query: SessionQuery,
  after: string | undefined,
  limit: number,
): AsyncGenerator<SessionEntry> {
  const matches = sessionMatcher(query);
  for await (const { content, ...row } of host.rows(query, after, limit)) {
    if (content !== undefined && matches(content.session, content.mark)) yield { ...row, content };
  }
}

/** Up to `limit` matching sessions, and the cursor if there are more. */
export async function pageOf<C extends SessionColumn>(
  host: Host<C>,
  query: SessionQuery,
  { limit, cursor }: PageRequest,
): Promise<{ readonly found: readonly SessionEntry[]; readonly cursor?: string }> {
  checkLimit(limit);
  const found: SessionEntry[] = [];
  for await (const entry of matching(host, query, cursor, limit + 1)) {
    const last = found.at(-1);
    if (found.length === limit && last !== undefined) return { found, cursor: last.id };
    found.push(entry);
  }
  return { found };
}

/** What a content becomes; undefined leaves it as it is. */
type Remark = (content: OwnContent) => OwnContent | undefined;

/** Changes marks, each only on the row that was looked at; counts those that changed. */
async function remark<C extends SessionColumn>(
  host: Host<C>,
  query: SessionQuery,
  entries: readonly SessionEntry[],
  next: Remark,
): Promise<number> {
  const saveOf = (entry: SessionEntry): OwnSave<C>[] => {
    const content = next(entry.content);
    if (content === undefined) return [];
    const key = { tenantId: query.tenantId, id: entry.id };
    return [{ key, write: writeOf(host.columns, content, entry.stamp + 1), expected: versionOf(entry) }];
  };
  const saves = entries.flatMap(saveOf);
  const written = await host.saveAll(saves);
  let changed = written.filter((one) => one).length;
  const matches = sessionMatcher(query);
  for (const { key } of saves.filter((_, at) => written[at] !== true)) {
    // Somebody else wrote the row meanwhile: look again.
    changed += await untilWritten(key, async () => {
      const entry = await host.load(key);
      const content = entry?.content;
      if (entry === undefined || content === undefined || !matches(content.session, content.mark)) return 0;
      const [save] = saveOf({ ...entry, content });
      if (save === undefined) return 0;
      return (await host.save(save.key, save.write, save.expected)) ? 1 : undefined;
    });
  }
  return changed;
}

/** Marks a page of matching sessions. */
export async function markPage<C extends SessionColumn>(
  host: Host<C>,
  query: SessionQuery,
  given: Mark,
  page: PageRequest,
): Promise<MarkPage> {
  const { planId, targetVersion, markedAt } = frozenCopy(given);
  const { found, cursor } = await pageOf(host, query, page);
  const marked = await remark(host, query, found, (content) => {
    if (content.mark?.planId === planId && content.mark.targetVersion === targetVersion) return undefined;
    return { ...content, mark: { planId, targetVersion, stepId: content.session.stepId, markedAt } };
  });
  return cursor === undefined ? { marked, done: true } : { marked, done: false, cursor };
}

/** Sessions that are unmarked at once. */
const pageLimit = 1000;

/** Takes the mark off all matching sessions. */
export async function unmarkAll<C extends SessionColumn>(
  host: Host<C>,
  query: SessionQuery,
): Promise<{ readonly unmarked: number }> {
  let unmarked = 0;
  let cursor: string | undefined;
  do {
    const page = await pageOf(host, query, { limit: pageLimit, ...(cursor === undefined ? {} : { cursor }) });
    unmarked += await remark(host, query, page.found, ({ mark, ...rest }) => (mark === undefined ? undefined : rest));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return { unmarked };
}
