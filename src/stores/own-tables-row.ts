import type { PendingMigration, Session } from "../contracts/types.js";
import { isRegraftError, RegraftError } from "../errors.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import type { SessionKey } from "../ports/session-store.js";
import type { OwnColumns, OwnRow, OwnVersion, OwnWrite, SessionColumn } from "./own-tables-port.js";

/** A commit that succeeded under an idempotency key. The change says what was written, the mark what lay beside it. */
export interface OwnOutcome {
  readonly key: string;
  readonly change: string;
  readonly mark?: PendingMigration;
}

/** Everything about one session. */
export interface OwnContent {
  /** Without its mark. */
  readonly session: Session;
  readonly mark?: PendingMigration;
  /** Latest first. */
  readonly outcomes: readonly OwnOutcome[];
}

/** A row with what it stands for; undefined in one that regraft has never written. */
export interface OwnEntry extends OwnVersion {
  readonly id: string;
  readonly content: OwnContent | undefined;
}

/** The state of a row, in the form in which it is written. */
interface StoredState extends Omit<OwnContent, "session"> {
  readonly format: typeof format;
  readonly tenantId: string;
  readonly session: Partial<Session>;
}

const format = "regraft-session/1";

function damaged({ tenantId, id }: SessionKey, path: string, expected: string, received: string): RegraftError {
  return new RegraftError("STORE.DAMAGED", `the row of session ${id} cannot be read`, {
    path,
    expected,
    received,
    tenantId,
    sessionId: id,
  });
}

function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
}

function parsed(key: SessionKey, given: unknown): unknown {
  if (typeof given !== "string") return given;
  try {
    return JSON.parse(given);
  } catch {
    throw damaged(key, "/state", "the JSON text that was written", "another text");
  }
}

function stateIn(key: SessionKey, given: unknown): StoredState {
  const state = parsed(key, given);
  const isState =
    typeof state === "object" &&
    state !== null &&
    "format" in state &&
    state.format === format &&
    "session" in state &&
    "outcomes" in state;
  if (!isState) throw damaged(key, "/state", `a state of the form ${format}`, kindOf(state));
  return state as StoredState;
}

function numberIn(key: SessionKey, name: keyof OwnVersion, value: unknown, least: number): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
  throw damaged(key, `/${name}`, `a whole number of at least ${least}`, `${kindOf(value)} ${String(value)}`);
}

const optional: ReadonlySet<SessionColumn> = new Set(["channel", "customerId"]);

/** The columns that have a value. */
function columnsIn<C extends SessionColumn>(
  key: SessionKey,
  names: readonly C[],
  columns: OwnColumns<C>,
): Partial<Session> {
  const values = names.map((name): [C, unknown] => [name, columns[name]]);
  for (const [name, value] of values) {
    if ((value === null || value === undefined) && !optional.has(name)) {
      throw damaged(key, `/columns/${name}`, "a value", kindOf(value));
    }
  }
  return Object.fromEntries(values.filter(([, value]) => value !== null && value !== undefined));
}

/**
 * What a row stands for; undefined if it is that of another tenant.
 *
 * @throws RegraftError `STORE.DAMAGED` with the path of what is not as it was written
 */
export function entryIn<C extends SessionColumn>(
  tenantId: string,
  names: readonly C[],
  row: OwnRow<C>,
): OwnEntry | undefined {
  const key = { tenantId, id: row.id };
  const version = numberIn(key, "version", row.version, 0);
  const stamp = numberIn(key, "stamp", row.stamp, 0);
  if (row.state === null || row.state === undefined) return { id: row.id, version, stamp, content: undefined };
  const state = stateIn(key, row.state);
  if (state.tenantId !== tenantId) return undefined;
  const session = { ...state.session, ...columnsIn(key, names, row.columns), ...key, revision: version };
  const { outcomes, mark } = state;
  try {
    const content = frozenCopy({ session: session as Session, outcomes, ...(mark === undefined ? {} : { mark }) });
    return { id: row.id, version, stamp, content };
  } catch (error) {
    if (!isRegraftError(error, "INPUT.INVALID")) throw error;
    const { path = "", received = "no JSON" } = error.details;
    throw damaged(key, path.replace(/^\/session/, "/columns"), "a JSON value", received);
  }
}

/** The session with its mark. */
export function viewOf({ session, mark }: OwnContent): Session {
  return mark === undefined ? session : frozenCopy({ ...session, pendingMigration: mark });
}

/** The row that stands for a content. */
export function writeOf<C extends SessionColumn>(
  names: readonly C[],
  { session, mark, outcomes }: OwnContent,
  stamp: number,
): OwnWrite<C> {
  const { tenantId, id: _, revision: version, pendingMigration: __, ...parts } = session;
  const inColumns = new Set<string>(names);
  const rest = Object.fromEntries(Object.entries(parts).filter(([name]) => !inColumns.has(name)));
  const marked = mark === undefined ? {} : { mark };
  const state: StoredState = { format, tenantId, session: rest, ...marked, outcomes };
  const columns = Object.fromEntries(names.map((name) => [name, session[name] ?? null]));
  return { columns: columns as OwnColumns<C>, state: JSON.stringify(state), version, stamp };
}
