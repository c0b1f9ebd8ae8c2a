import { basename, join } from "node:path";
import { setImmediate as breathe } from "node:timers/promises";
import type { Session } from "../contracts/types.js";
import { isRegraftError } from "../errors.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import { chained } from "../ledger/chain.js";
import type { PageRequest } from "../ports/paging.js";
import type {
  SessionCommit,
  SessionCommitResult,
  SessionKey,
  SessionQuery,
  SessionStore,
  Unread,
  UnreadableSession,
} from "../ports/session-store.js";
import type { Subject } from "../ports/subject.js";
import { groupDirectory, sessionFile, shardedFiles } from "./file-layout.js";
import { rollForward, settledHead } from "./file-ledger.js";
import {
  changeDigest,
  nextOutcomes,
  readSession,
  recall,
  type SessionContent,
  sessionOrFault,
  viewOf,
  writeSession,
} from "./file-session-file.js";
import type { Workspace } from "./file-workspace.js";
import { checkLimit } from "./paging.js";
import { sessionMatcher } from "./session-match.js";
import { subjectKey } from "./subject-key.js";

/** So many files are read before others get their turn. */
const filesAtOnce = 64;

interface Found {
  /** What a cursor names. */
  readonly name: string;
  readonly content: SessionContent | UnreadableSession;
}

/** What a walk came to; `cursor` where it has not come to its end. */
interface Visited extends Unread {
  readonly cursor?: string;
}

function unread(unreadable: readonly UnreadableSession[]): Unread {
  return unreadable.length === 0 ? {} : { unreadable };
}

function subjectOf({ tenantId, id }: SessionKey): Subject {
  return { kind: "session", tenantId, id };
}

/** Where the sessions lie that can match, in the order of their names. */
function* candidates(
  { files, root }: Workspace,
  { tenantId, sessionIds, outbox }: SessionQuery,
  after: string | undefined,
): Generator<{ readonly name: string; readonly path: string }> {
  if (sessionIds === undefined) {
    const sessions = groupDirectory("sessions", "session", tenantId);
    if (outbox === undefined) yield* shardedFiles(files, root, sessions, after);
    else {
      for (const { name } of shardedFiles(files, root, groupDirectory("outbox", "session", tenantId), after))
        yield { name, path: `${join(sessions, name.slice(0, 2), name)}.json` };
    }
    return;
  }
  const named = [...new Set(sessionIds)].map((id) => {
    const path = sessionFile(tenantId, id);
    return { name: basename(path, ".json"), path };
  });
  named.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const one of named) if (after === undefined || one.name > after) yield one;
}

/** The matching sessions as they are when they are reached, and those that cannot be read. */
async function* matching(workspace: Workspace, query: SessionQuery, after?: string): AsyncGenerator<Found> {
  const matches = sessionMatcher(query);
  let read = 0;
  for (const { name, path } of candidates(workspace, query, after)) {
    read += 1;
    if (read % filesAtOnce === 0) await breathe();
    const content = sessionOrFault(workspace, path);
    if (content === undefined) continue;
    if ("code" in content || matches(content.session, content.mark)) yield { name, content };
  }
}

/** Visits up to `limit` matching sessions. A session that cannot be read is told with the page that reaches it. */
async function visitPage(
  workspace: Workspace,
  query: SessionQuery,
  page: PageRequest,
  visit: (content: SessionContent) => unknown,
): Promise<Visited> {
  checkLimit(page.limit);
  const unreadable: UnreadableSession[] = [];
  let visited = 0;
  let last: string | undefined;
  for await (const { name, content } of matching(workspace, query, page.cursor)) {
    if ("code" in content) unreadable.push(content);
    else if (visited === page.limit) return { ...unread(unreadable), ...(last === undefined ? {} : { cursor: last }) };
    else {
      try {
        await visit(content);
      } catch (error) {
        // It was damaged after it was seen.
        if (!isRegraftError(error, "STORE.DAMAGED")) throw error;
        const place = sessionFile(content.session.tenantId, content.session.id);
        unreadable.push({ code: error.code, place, received: String(error.details.received) });
      }
      visited += 1;
    }
    last = name;
  }
  return unread(unreadable);
}

/** The change as the store keeps it: frozen, and without the mark that reading had joined to the session. */
function prepare(change: SessionCommit): SessionCommit {
  const { pendingMigration: _, ...session } = change.session;
  return frozenCopy({ ...change, session });
}

/** The session side of the file store: one file for each session, changed under the session's lock only. */
export function fileSessions(workspace: () => Promise<Workspace>): Omit<SessionStore, "capabilities"> {
  const holding = <T>(at: Workspace, key: SessionKey, act: () => Promise<T>): Promise<T> =>
    at.locks.holding([subjectKey(subjectOf(key))], act);

  /** Changes the marks of the matching sessions of a page, each under its lock; counts those that changed. */
  const remark = async (
    at: Workspace,
    query: SessionQuery,
    page: PageRequest,
    next: (content: SessionContent) => SessionContent | undefined,
  ): Promise<Visited & { readonly changed: number }> => {
    const matches = sessionMatcher(query);
    let changed = 0;
    const result = await visitPage(at, query, page, async (seen) => {
      if (next(seen) === undefined) return;
      await holding(at, seen.session, async () => {
        const content = readSession(at, seen.session);
        const written = content && matches(content.session, content.mark) ? next(content) : undefined;
        if (written === undefined) return;
        await writeSession(at, written);
        changed += 1;
      });
    });
    return { changed, ...result };
  };

  const write = async (
    at: Workspace,
    before: SessionContent | undefined,
    change: SessionCommit,
    created: Session["pendingMigration"],
    key: string | undefined,
  ): Promise<SessionContent> => {
    const session: Session = frozenCopy({ ...change.session, revision: change.expectedRevision + 1 });
    const subject = subjectOf(session);
    const head = await settledHead(at, subject, before?.entries ?? []);
    const mark = change.clearMark === true ? undefined : before === undefined ? created : before.mark;
    const now = {
      session,
      ...(mark === undefined ? {} : { mark }),
      entries: chained(subject, head, change.records ?? []),
    };
    const added =
      key === undefined ? undefined : { key, change: changeDigest(change), view: viewOf({ ...now, outcomes: [] }) };
    const remembered = change.forget === true ? undefined : before;
    const content = { ...now, outcomes: nextOutcomes(remembered, session, added) };
    await writeSession(at, content);
    return content;
  };

  return {
    get: async (key) => {
      const content = readSession(await workspace(), key);
      return content && viewOf(content);
    },

    scan: async (query, page) => {
      const sessions: Session[] = [];
      const result = await visitPage(await workspace(), query, page, (content) => sessions.push(viewOf(content)));
      return { sessions, ...result };
    },

    count: async (query) => {
      const byStep = new Map<string, number>();
      let total = 0;
      const all = { limit: Number.MAX_SAFE_INTEGER };
      const result = await visitPage(await workspace(), query, all, ({ session: { stepId } }) => {
        total += 1;
        byStep.set(stepId, (byStep.get(stepId) ?? 0) + 1);
      });
      return { total, byStep: Object.fromEntries(byStep), ...result };
    },

    mark: async (query, given, page) => {
      const mark = frozenCopy(given);
      const { changed, ...result } = await remark(await workspace(), query, page, (content) => {
        if (content.mark?.planId === mark.planId && content.mark.targetVersion === mark.targetVersion) return undefined;
        const { planId, targetVersion, markedAt } = mark;
        return { ...content, mark: { planId, targetVersion, markedAt, stepId: content.session.stepId } };
      });
      return { marked: changed, done: result.cursor === undefined, ...result };
    },

    unmark: async (query) => {
      const { changed, unreadable = [] } = await remark(
        await workspace(),
        query,
        { limit: Number.MAX_SAFE_INTEGER },
        ({ mark, ...rest }) => (mark === undefined ? undefined : rest),
      );
      return { unmarked: changed, ...unread(unreadable) };
    },

    settle: async (given) => {
      const at = await workspace();
      return holding(at, given, async () => {
        const before = readSession(at, given);
        if (before?.session.outbox === undefined || before.session.revision !== given.revision) return false;
        const { outbox: _, ...session } = before.session;
        await writeSession(at, { ...before, session, outcomes: nextOutcomes(before, session) });
        return true;
      });
    },

    commit: async (given, { idempotencyKey } = {}): Promise<SessionCommitResult> => {
      const change = prepare(given);
      const created = given.session.pendingMigration && frozenCopy(given.session.pendingMigration);
      const at = await workspace();
      return holding(at, change.session, async () => {
        const before = readSession(at, change.session);
        const settled = idempotencyKey === undefined ? undefined : recall(before, idempotencyKey, changeDigest(change));
        if (settled !== undefined) return { ok: true, session: settled, repeated: true };
        const { expectedRevision } = change;
        const actual = before?.session.revision ?? 0;
        if (actual !== expectedRevision) return { ok: false, conflict: { expected: expectedRevision, actual } };
        const content = await write(at, before, change, created, idempotencyKey);
        // The commit is done. The stream gets the entries now, or from whoever writes this session next.
        await rollForward(at, subjectOf(change.session), content.entries).catch(() => undefined);
        return { ok: true, session: viewOf(content), repeated: false };
      });
    },
  };
}
