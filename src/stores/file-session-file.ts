import type { PendingMigration, Session } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { digestOf } from "../hash/digest.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import type { LedgerEntry } from "../ports/ledger.js";
import type { SessionCommit, SessionKey } from "../ports/session-store.js";
import { applyDelta, type Delta, deltaOf } from "./file-delta.js";
import { sessionFile } from "./file-layout.js";
import { damaged, type Workspace } from "./file-workspace.js";

/** A commit that succeeded under an idempotency key. */
interface Outcome {
  readonly key: string;
  /** Digest of the change. */
  readonly change: string;
  /** The session as it was returned, from the outcome before in the list, or from the session for the first. */
  readonly delta: Delta;
}

/** Everything about one session, in one file, so that one replacement changes all of it. */
export interface SessionContent {
  /** Without its mark. */
  readonly session: Session;
  readonly mark?: PendingMigration;
  /** Latest first. */
  readonly outcomes: readonly Outcome[];
  /** Ledger entries of the last commit: they count as appended, whether the stream's own file has them or not. */
  readonly entries: readonly LedgerEntry[];
}

const rememberedKeys = 32;

/** The content of the file at a path, or undefined if there is none. */
export function readSessionAt(workspace: Workspace, path: string): SessionContent | undefined {
  const value = workspace.readJson(path);
  if (value === undefined) return undefined;
  const isContent =
    typeof value === "object" &&
    value !== null &&
    "session" in value &&
    typeof value.session === "object" &&
    "outcomes" in value &&
    Array.isArray(value.outcomes) &&
    "entries" in value &&
    Array.isArray(value.entries);
  if (!isContent) throw damaged(path, "JSON that is no session");
  return value as SessionContent;
}

/** The content of a session, or undefined if there is none. */
export function readSession(workspace: Workspace, { tenantId, id }: SessionKey): SessionContent | undefined {
  const path = sessionFile(tenantId, id);
  const content = readSessionAt(workspace, path);
  if (content === undefined) return undefined;
  if (content.session.id !== id || content.session.tenantId !== tenantId) throw damaged(path, "another session");
  return content;
}

/** Writes the content of a session in one step. */
export function writeSession(workspace: Workspace, content: SessionContent): Promise<void> {
  return workspace.write(sessionFile(content.session.tenantId, content.session.id), content);
}

/** The session with its mark, frozen. */
export function viewOf({ session, mark }: SessionContent): Session {
  return frozenCopy(mark === undefined ? session : { ...session, pendingMigration: mark });
}

/** The outcomes to keep with a session that takes the place of another one; `added` is the outcome of this very write. */
export function nextOutcomes(
  before: SessionContent | undefined,
  session: Session,
  added?: { readonly key: string; readonly change: string; readonly view: Session },
): readonly Outcome[] {
  const [first, ...rest] = before?.outcomes ?? [];
  const moved = first && { ...first, delta: deltaOf(session, applyDelta(before?.session, first.delta)) };
  const older = moved === undefined ? [] : [moved, ...rest];
  if (added === undefined) return older;
  const latest = { key: added.key, change: added.change, delta: deltaOf(session, added.view) };
  if (moved === undefined) return [latest];
  const second = { ...moved, delta: deltaOf(added.view, applyDelta(session, moved.delta)) };
  return [latest, second, ...rest].slice(0, rememberedKeys);
}

/** What tells two changes apart. */
export function changeDigest(change: SessionCommit): string {
  return digestOf(change);
}

/**
 * The session that the first commit under a key returned, or undefined if the key is free.
 *
 * @throws RegraftError `STORE.IDEMPOTENCY_CONFLICT` if the key was used for another change
 */
export function recall(content: SessionContent | undefined, key: string, change: string): Session | undefined {
  let session: unknown = content?.session;
  for (const outcome of content?.outcomes ?? []) {
    session = applyDelta(session, outcome.delta);
    if (outcome.key !== key) continue;
    if (outcome.change === change) return frozenCopy(session as Session);
    throw new RegraftError("STORE.IDEMPOTENCY_CONFLICT", "the key was used for another change of this session", {
      expected: "the change first sent under this key",
      idempotencyKey: key,
      sessionId: content?.session.id,
    });
  }
  return undefined;
}
