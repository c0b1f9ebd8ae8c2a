import type { PendingMigration, Session } from "../contracts/types.js";
import { isRegraftError, RegraftError } from "../errors.js";
import { digestOf } from "../hash/digest.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import type { LedgerEntry } from "../ports/ledger.js";
import type { SessionCommit, SessionKey, UnreadableSession } from "../ports/session-store.js";
import { applyDelta, type Delta, deltaOf } from "./file-delta.js";
import { outboxFile, sessionFile } from "./file-layout.js";
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

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const texts = ["tenantId", "id", "scenarioId", "stepId", "status", "createdAt"] as const;
const numbers = ["scenarioVersion", "revision"] as const;

/** What keeps a value from being the content of a session, as far as the store itself works with it. */
function faultIn(value: unknown): string | undefined {
  if (!isObject(value)) return "JSON that is no object";
  const { session, mark, outcomes, entries } = value;
  if (!isObject(session)) return "JSON without a session";
  const wrong =
    texts.find((name) => typeof session[name] !== "string") ??
    numbers.find((name) => !Number.isSafeInteger(session[name]));
  if (wrong !== undefined) return `a session without its ${wrong}`;
  if (!Array.isArray(session.stepHistory)) return "a session without its stepHistory";
  if (mark !== undefined && !(isObject(mark) && typeof mark.planId === "string")) return "a mark of another form";
  return Array.isArray(outcomes) && Array.isArray(entries) ? undefined : "a session without its outcomes and entries";
}

/**
 * The content of the file at a path, or undefined if there is none.
 *
 * @throws RegraftError `STORE.DAMAGED` for what is no session, and for a session that belongs into another file
 */
export function readSessionAt(workspace: Workspace, path: string): SessionContent | undefined {
  const value = workspace.readJson(path);
  if (value === undefined) return undefined;
  const fault = faultIn(value);
  if (fault !== undefined) throw damaged(workspace.path(path), fault);
  const content = value as SessionContent;
  const { tenantId, id } = content.session;
  if (sessionFile(tenantId, id) !== path) {
    throw damaged(workspace.path(path), `session ${shown(id)} of tenant ${shown(tenantId)}, which belongs elsewhere`);
  }
  return content;
}

function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}

/** The same for walks over many: a file that is damaged is told and stops nobody. */
export function sessionOrFault(workspace: Workspace, path: string): SessionContent | UnreadableSession | undefined {
  try {
    return readSessionAt(workspace, path);
  } catch (error) {
    if (!isRegraftError(error, "STORE.DAMAGED")) throw error;
    return { code: error.code, place: path, received: String(error.details.received) };
  }
}

/** The content of a session, or undefined if there is none. */
export function readSession(workspace: Workspace, { tenantId, id }: SessionKey): SessionContent | undefined {
  return readSessionAt(workspace, sessionFile(tenantId, id));
}

/**
 * Writes the content of a session in one step. That it has an outbox is noted before, and that it has none after: a crash in between leaves
 * a note too many, which costs whoever follows it a look.
 */
export async function writeSession(workspace: Workspace, content: SessionContent): Promise<void> {
  const { tenantId, id } = content.session;
  const note = outboxFile(tenantId, id);
  const isNoted = workspace.files.kind(workspace.path(note)) !== undefined;
  const isPending = (content.session.outbox?.length ?? 0) > 0;
  if (isPending && !isNoted) await workspace.write(note, { tenantId, id });
  await workspace.write(sessionFile(tenantId, id), content);
  // The write is done, whatever becomes of the note.
  if (isNoted && !isPending) await workspace.remove(note).catch(() => false);
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
