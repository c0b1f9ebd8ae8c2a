import type { Session } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import type { LedgerRecord } from "../ports/ledger.js";
import type { PageRequest } from "../ports/paging.js";
import type {
  Mark,
  PointerValue,
  SessionCommit,
  SessionCommitResult,
  SessionQuery,
  SessionStore,
} from "../ports/session-store.js";
import type { Subject } from "../ports/subject.js";
import { checkLimit } from "./paging.js";
import { sameJson } from "./same-json.js";
import { SessionIndex } from "./session-index.js";
import { sessionMatcher } from "./session-match.js";
import { SortedMap } from "./sorted-map.js";

/** A commit that succeeded under an idempotency key. */
interface Outcome {
  readonly key: string;
  readonly change: SessionCommit;
  readonly session: Session;
}

interface Entry {
  /** Without its mark. */
  session: Session;
  mark: Mark | undefined;
  /** Where the session stood when it was marked. */
  markedStepId: string;
  /** The session with its mark, made when it is first read. */
  view: Session | undefined;
  outcomes: readonly Outcome[];
}

interface Tenant {
  readonly sessions: SortedMap<Entry>;
  readonly index: SessionIndex<Entry>;
  /** Those with something in their outbox. */
  readonly pending: SortedMap<Entry>;
}

/** The other side of the store, as far as a session is read and written together with it. */
export interface MemoryNeighbours {
  /** Takes the records of a commit into the ledger, in the same step. */
  append(stream: Subject, records: readonly LedgerRecord[]): void;
  /** The present value of a pointer. */
  pointed(pointer: Subject): string | undefined;
}

const rememberedKeys = 32;
/** What a session found through the index costs, in sessions walked over in order. */
const indexCost = 5;

function viewOf(entry: Entry): Session {
  entry.view ??= joined(entry);
  return entry.view;
}

function joined({ session, mark, markedStepId }: Entry): Session {
  if (mark === undefined) return session;
  const { planId, targetVersion, markedAt } = mark;
  return frozenCopy({ ...session, pendingMigration: { planId, targetVersion, stepId: markedStepId, markedAt } });
}

function setMark(entry: Entry, mark: Mark | undefined, stepId = entry.session.stepId): void {
  entry.mark = mark;
  entry.markedStepId = stepId;
  entry.view = undefined;
}

function byId(a: Entry, b: Entry): number {
  return a.session.id < b.session.id ? -1 : 1;
}

/** Whether to go on. */
type Visit = (entry: Entry) => boolean;

/** Entries that can match, in any order, if naming them is shorter than walking over all of them for pages of this length. */
function fewCandidates(tenant: Tenant, query: SessionQuery, limit: number): Iterable<Entry>[] | undefined {
  if (query.sessionIds !== undefined) {
    return [[...new Set(query.sessionIds)].flatMap((id) => tenant.sessions.get(id) ?? [])];
  }
  const groups = tenant.index.groups(query);
  if (groups !== undefined) {
    const size = groups.reduce((sum, group) => sum + group.size, 0);
    const pages = 1 + size / limit;
    const others = query.outbox === true ? tenant.pending.size : tenant.sessions.size;
    if (size * pages * indexCost <= others) return [...groups];
  }
  return undefined;
}

/** The change as the store keeps it: frozen, and without the mark that reading had joined to the session. */
function prepare(change: SessionCommit): SessionCommit {
  const { pendingMigration, ...session } = change.session;
  return frozenCopy({ ...change, session });
}

function recall(entry: Entry | undefined, key: string | undefined, change: SessionCommit): Session | undefined {
  const outcome = key === undefined ? undefined : entry?.outcomes.find((known) => known.key === key);
  if (outcome === undefined) return undefined;
  if (sameJson(outcome.change, change)) return outcome.session;
  throw new RegraftError("STORE.IDEMPOTENCY_CONFLICT", "the key was used for another change of this session", {
    expected: "the change first sent under this key",
    idempotencyKey: outcome.key,
    sessionId: change.session.id,
  });
}

function remember(entry: Entry, outcome: Outcome): void {
  entry.outcomes = [...entry.outcomes, outcome].slice(-rememberedKeys);
}

/** The session side of the memory store. All methods finish in one turn of the event loop, hence atomically. */
export function memorySessions({ append, pointed }: MemoryNeighbours): Omit<SessionStore, "capabilities"> {
  const tenants = new Map<string, Tenant>();

  const tenantOf = (tenantId: string): Tenant => {
    const tenant = tenants.get(tenantId) ?? {
      sessions: new SortedMap(),
      index: new SessionIndex(),
      pending: new SortedMap(),
    };
    tenants.set(tenantId, tenant);
    return tenant;
  };

  const allOf = (tenant: Tenant, { outbox }: SessionQuery) => (outbox === true ? tenant.pending : tenant.sessions);

  /** Visits matching entries in order of their ids, until the visitor returns false. */
  const visitMatching = (query: SessionQuery, { limit, cursor }: PageRequest, visit: Visit): void => {
    const tenant = tenants.get(query.tenantId);
    if (tenant === undefined) return;
    const matches = sessionMatcher(query);
    const visitIfMatching: Visit = (entry) => !matches(entry.session, entry.mark) || visit(entry);
    const isLater = ({ session }: Entry) => cursor === undefined || session.id > cursor;
    const few = fewCandidates(tenant, query, limit);
    if (few === undefined) allOf(tenant, query).visitAfter(cursor, visitIfMatching);
    else
      few
        .flatMap((group) => [...group].filter(isLater))
        .sort(byId)
        .every(visitIfMatching);
  };

  /** Visits all matching entries, in any order. */
  const visitAll = (query: SessionQuery, visit: (entry: Entry) => void): void => {
    const tenant = tenants.get(query.tenantId);
    if (tenant === undefined) return;
    const matches = sessionMatcher(query);
    const visitIfMatching = (entry: Entry): boolean => {
      if (matches(entry.session, entry.mark)) visit(entry);
      return true;
    };
    const few = fewCandidates(tenant, query, Number.POSITIVE_INFINITY);
    if (few === undefined) allOf(tenant, query).visitAfter(undefined, visitIfMatching);
    else for (const group of few) for (const entry of group) visitIfMatching(entry);
  };

  /** Visits up to `limit` matching entries and returns the cursor if there are more. */
  const visitPage = (query: SessionQuery, page: PageRequest, visit: (entry: Entry) => void): string | undefined => {
    checkLimit(page.limit);
    let visited = 0;
    let last = "";
    let hasMore = false;
    visitMatching(query, page, (entry) => {
      hasMore = visited === page.limit;
      if (hasMore) return false;
      visit(entry);
      visited += 1;
      last = entry.session.id;
      return true;
    });
    return hasMore ? last : undefined;
  };

  const write = (entry: Entry | undefined, change: SessionCommit): Entry => {
    const tenant = tenantOf(change.session.tenantId);
    const session = Object.freeze({ ...change.session, revision: change.expectedRevision + 1 });
    const written = entry ?? { session, mark: undefined, markedStepId: "", view: undefined, outcomes: [] };
    if (entry !== undefined) tenant.index.remove(entry.session, entry);
    else tenant.sessions.set(session.id, written);
    written.session = session;
    written.view = undefined;
    if (change.forget === true) written.outcomes = [];
    if (change.clearMark === true) setMark(written, undefined);
    tenant.index.add(session, written);
    if ((session.outbox?.length ?? 0) > 0) tenant.pending.set(session.id, written);
    else tenant.pending.delete(session.id);
    if (change.records?.length) {
      append({ kind: "session", tenantId: session.tenantId, id: session.id }, change.records);
    }
    return written;
  };

  return {
    get: async ({ tenantId, id }) => {
      const entry = tenants.get(tenantId)?.sessions.get(id);
      return entry && viewOf(entry);
    },

    getWith: async ({ tenantId, id }, pointers) => {
      const entry = tenants.get(tenantId)?.sessions.get(id);
      const values = pointers.map((pointer): PointerValue => {
        const value = pointed(pointer);
        return value === undefined ? { pointer } : { pointer, value };
      });
      return { ...(entry === undefined ? {} : { session: viewOf(entry) }), pointers: values };
    },

    scan: async (query, page) => {
      const sessions: Session[] = [];
      const cursor = visitPage(query, page, (entry) => sessions.push(viewOf(entry)));
      return cursor === undefined ? { sessions } : { sessions, cursor };
    },

    count: async (query) => {
      const byStep = new Map<string, number>();
      let total = 0;
      visitAll(query, ({ session }) => {
        total += 1;
        byStep.set(session.stepId, (byStep.get(session.stepId) ?? 0) + 1);
      });
      return { total, byStep: Object.fromEntries(byStep) };
    },

    mark: async (query, given, page) => {
      const mark = frozenCopy(given);
      let marked = 0;
      const cursor = visitPage(query, page, (entry) => {
        if (entry.mark?.planId === mark.planId && entry.mark.targetVersion === mark.targetVersion) return;
        setMark(entry, mark);
        marked += 1;
      });
      return cursor === undefined ? { marked, done: true } : { marked, done: false, cursor };
    },

    unmark: async (query) => {
      let unmarked = 0;
      visitAll(query, (entry) => {
        if (entry.mark === undefined) return;
        setMark(entry, undefined);
        unmarked += 1;
      });
      return { unmarked };
    },

    settle: async ({ tenantId, id, revision }) => {
      const tenant = tenants.get(tenantId);
      const entry = tenant?.pending.get(id);
      if (tenant === undefined || entry?.session.revision !== revision) return false;
      const { outbox: _, ...session } = entry.session;
      entry.session = Object.freeze(session);
      entry.view = undefined;
      tenant.pending.delete(id);
      return true;
    },

    commit: async (given, { idempotencyKey, provided = [] } = {}): Promise<SessionCommitResult> => {
      const change = prepare(given);
      const { session, expectedRevision } = change;
      const entry = tenants.get(session.tenantId)?.sessions.get(session.id);
      const settled = recall(entry, idempotencyKey, change);
      if (settled !== undefined) return { ok: true, session: settled, repeated: true };
      const actual = entry?.session.revision ?? 0;
      const stands = provided.every(({ pointer, value }) => pointed(pointer) === value);
      if (actual !== expectedRevision || !stands)
        return { ok: false, conflict: { expected: expectedRevision, actual } };
      const mark = entry === undefined ? frozenCopy(given.session.pendingMigration ?? null) : null;
      const written = write(entry, change);
      if (mark !== null && change.clearMark !== true) setMark(written, mark, mark.stepId);
      const outcome = viewOf(written);
      if (idempotencyKey !== undefined) remember(written, { key: idempotencyKey, change, session: outcome });
      return { ok: true, session: outcome, repeated: false };
    },
  };
}
