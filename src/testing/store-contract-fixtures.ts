import type { Session } from "../contracts/types.js";
import { isRegraftError, RegraftError } from "../errors.js";
import type { LedgerRecord } from "../ports/ledger.js";
import type { Mark, SessionQuery, SessionStore } from "../ports/session-store.js";
import type { Subject } from "../ports/subject.js";

/** A session that nobody walked; stores do not look at what a session means. */
export function aSession(parts: Partial<Session> = {}): Session {
  return {
    tenantId: "",
    id: "s1",
    scenarioId: "flow",
    scenarioVersion: 1,
    scenarioChecksum: `r1:${"a".repeat(64)}`,
    stepId: "a",
    stepHistory: [],
    passedCheckpoints: [],
    variables: {},
    status: "active",
    createdAt: "2026-01-01T00:00:00.000Z",
    updatedAt: "2026-01-01T00:00:00.000Z",
    lastActivityAt: "2026-01-01T00:00:00.000Z",
    revision: 1,
    ...parts,
  };
}

/** Puts a session into a store and returns it as it was stored. */
export async function create(store: SessionStore, parts: Partial<Session> = {}): Promise<Session> {
  const result = await store.commit({ session: aSession(parts), expectedRevision: 0 });
  if (result.ok) return result.session;
  throw new RegraftError("STORE.CONFLICT", "a new session was refused", { sessionId: parts.id ?? "s1" });
}

/** Puts a session of each id into a store, one after the other. */
export async function createAll(store: SessionStore, ids: readonly string[]): Promise<void> {
  for (const id of ids) await create(store, { id });
}

/** Something that happened. */
export function ledgerRecord(type: string, data: Record<string, unknown> = {}): LedgerRecord {
  return { type, at: "2026-01-01T00:00:00.000Z", data };
}

export const mark: Mark = { planId: "p1", targetVersion: 2, markedAt: "2026-02-01T00:00:00.000Z" };

/** Every session of the tenant without a name. */
export const everybody: SessionQuery = { tenantId: "" };

export const s1 = { tenantId: "", id: "s1" };

/** The stream that the records of a session's commits go to. */
export function streamOf(id: string, tenantId = ""): Subject {
  return { kind: "session", tenantId, id };
}

export function plan(id: string, tenantId = ""): Subject {
  return { kind: "plan", tenantId, id };
}

/** All pages of a scan, one after the other. */
export async function scanAll(store: SessionStore, query: SessionQuery, limit: number): Promise<readonly Session[]> {
  const found: Session[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.scan(query, { limit, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...page.sessions);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found;
}

export function idsOf(sessions: readonly { readonly id: string }[]): string[] {
  return sessions.map(({ id }) => id).sort();
}

/** The code of the error that a call ends with, or what happened instead. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "no error",
    (error) => (isRegraftError(error) ? error.code : `no RegraftError: ${String(error)}`),
  );
}

/** Changes a session until nobody else comes in between. */
export async function changeUntilDone(
  store: SessionStore,
  id: string,
  change: (session: Session) => Session,
  records: readonly LedgerRecord[] = [],
): Promise<void> {
  for (let tries = 0; tries < 1000; tries += 1) {
    const session = await store.get({ tenantId: "", id });
    if (session === undefined) throw new RegraftError("INPUT.INVALID", "the session is gone", { sessionId: id });
    const result = await store.commit({ session: change(session), expectedRevision: session.revision, records });
    if (result.ok) return;
  }
  throw new RegraftError("STORE.CONFLICT", "a commit at the revision just read never wins", { sessionId: id });
}

export function numbered(count: number, prefix = "s"): string[] {
  return Array.from({ length: count }, (_, n) => `${prefix}${String(n).padStart(2, "0")}`);
}

/** A text of about a megabyte whose characters take one to four bytes. */
export function megabyte(): string {
  return "abcdefg é\u4e2d😀\n".repeat(50_000);
}

/** Texts that a store must carry unchanged. */
export const unusualTexts: readonly string[] = [
  "",
  "\u0000",
  "a\u0000b",
  "\u0001\u001f\u007f\u0085\u2028\u2029\ufeff",
  "é e\u0301 \u1e9b\u0323",
  "😀👩‍👩‍👧‍👦\u{10ffff}",
  "\\u0000 \\ \" ' ` $1 %s {} \r\n",
  "مرحبا שלום \u202eabc",
  "1e400",
  "null",
];

/** Ids that a store must tell apart and must not stumble over. */
export const hostileIds: readonly string[] = [
  "__proto__",
  "constructor",
  "toString",
  "a/b",
  "a",
  "b",
  "A",
  "a:b",
  "a|b",
  "a\u0000b",
  '","',
  "%2F",
  "é",
  "e\u0301",
  "😀",
  "\uffee",
  " ",
  "..",
  "{a}",
  "a}b{",
  "*",
  "'; DROP TABLE sessions; --",
  "l".repeat(200),
];

/** Subjects that become one where their parts are joined with nothing, or with a separator, between them. */
export const alikeSubjects: readonly Subject[] = [
  "",
  ":",
  "/",
  "|",
  "\u0000",
  "-",
  "_",
  ".",
  ",",
  " ",
  "\n",
  "}",
].flatMap((separator) => [
  { kind: "k", tenantId: `a${separator}b`, id: "c" },
  { kind: "k", tenantId: "a", id: `b${separator}c` },
  { kind: `k${separator}a`, tenantId: "b", id: "c" },
]);
