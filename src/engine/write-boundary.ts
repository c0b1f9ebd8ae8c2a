import type { Configuration } from "../config/configuration.js";
import { secretIn } from "../contracts/redact-document.js";
import { redactThrown } from "../contracts/redact-error.js";
import { redactText, secretsIn } from "../contracts/redact-text.js";
import type { Walk } from "../contracts/redact-value.js";
import type { OutboxItem, Session } from "../contracts/types.js";
import { describe } from "../contracts/violation.js";
import { RegraftError } from "../errors.js";
import { redactBy, walkOf } from "../ledger/redact.js";
import type { LedgerRecord } from "../ports/ledger.js";
import type { LogFields, Logger } from "../ports/logger.js";
import type { RecordStore } from "../ports/record-store.js";
import type { SessionCommit, SessionKey, SessionStore } from "../ports/session-store.js";
import type { Subject } from "../ports/subject.js";
import type { Telemetry, TelemetryAttributes } from "../ports/telemetry.js";
import { immediate } from "../resilience/immediate.js";
import { documents } from "./artifact-kinds.js";

/** Members of records whose own members go by the names of fields and steps. */
const named: ReadonlySet<string> = new Set([
  "asked",
  "fields",
  "byStep",
  "policies",
  "mapping",
  "effects",
  "inputs",
  "versions",
]);

/** How what leaves the engine is searched for secrets. */
interface Rules {
  readonly records: Walk;
  readonly logs: Walk;
  /** Told how many places lost a secret, and on which way out. */
  readonly told: (target: "ledger" | "session" | "log", count: number) => void;
}

function rulesOf({ security }: Configuration, told: Rules["told"]): Rules {
  const walk = walkOf({ names: security.redactNames, exempt: security.exemptNames });
  return { records: { ...walk, named }, logs: { ...walk, named, serialises: true }, told };
}

function refused(path: string, received: string): RegraftError {
  return new RegraftError("SECURITY.SECRET_DETECTED", `${path === "" ? "a document" : path} shows ${received}`, {
    path,
    expected: "no secret",
    received,
  });
}

/** Names cannot be changed, and are kept in many places: one that is a secret is refused. */
function checkName(text: string | undefined, path: string): void {
  const found = text === undefined ? undefined : secretsIn(text).find(({ certain }) => certain);
  if (found !== undefined) throw refused(path, found.kind);
}

/** Refuses what is no text where a store needs one to find something by. */
function checkId(id: unknown): void {
  if (typeof id === "string") return;
  throw new RegraftError("INPUT.INVALID", "an id is no text", {
    path: "/id",
    expected: "a text",
    received: describe(id),
  });
}

/** Runs a call of a store; what it throws shows no secret. */
async function clean<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw redactThrown(error);
  }
}

function recordsWithout(rules: Rules, records: readonly LedgerRecord[]): readonly LedgerRecord[] {
  const next = records.map((record) => {
    const { value: data, count } = redactBy(rules.records, record.data);
    rules.told("ledger", count);
    return data === record.data ? record : { ...record, data };
  });
  return next.every((record, at) => record === records[at]) ? records : next;
}

function itemWithout(rules: Rules, item: OutboxItem): OutboxItem {
  if (item.kind !== "ledger") return item;
  const records = recordsWithout(rules, item.records);
  return records === item.records ? item : { ...item, records: [...records] };
}

/** A session without secrets in what is no data of the person: who decided, with which evidence, and what the ledger is still to be told. */
function sessionWithout(rules: Rules, session: Session, isNew: boolean): Session {
  for (const name of ["id", "customerId", "channel"] as const) checkName(session[name], `/${name}`);
  const { completedActions, migration, outbox, stepHistory, passedCheckpoints } = session;
  const resolution = migration?.resolution;
  const told = { completedActions, resolution, ...(isNew ? { stepHistory, passedCheckpoints } : {}) };
  const { value, count } = redactBy(rules.records, told);
  rules.told("session", count);
  const items = outbox?.map((item) => itemWithout(rules, item));
  const sameItems = items === undefined || items.every((item, at) => item === outbox?.[at]);
  if (count === 0 && sameItems) return session;
  const { resolution: decided, completedActions: done, ...rest } = value;
  return {
    ...session,
    ...(isNew ? rest : {}),
    ...(done === undefined ? {} : { completedActions: done }),
    ...(migration === undefined || decided === undefined ? {} : { migration: { ...migration, resolution: decided } }),
    ...(items === undefined ? {} : { outbox: items }),
  };
}

function commitWithout(rules: Rules, change: SessionCommit): SessionCommit {
  const session = sessionWithout(rules, change.session, change.expectedRevision === 0);
  if (change.records === undefined) return session === change.session ? change : { ...change, session };
  const records = recordsWithout(rules, change.records);
  return session === change.session && records === change.records ? change : { ...change, session, records };
}

function sessionsBehind(rules: Rules, store: SessionStore): SessionStore {
  const getWith = store.getWith?.bind(store);
  return {
    capabilities: store.capabilities,
    get: (key) =>
      clean(async () => {
        checkId(key.id);
        return store.get(key);
      }),
    ...(getWith === undefined
      ? {}
      : {
          getWith: (key: SessionKey, pointers: readonly Subject[]) =>
            clean(async () => {
              checkId(key.id);
              return getWith(key, pointers);
            }),
        }),
    scan: (query, page) => clean(() => store.scan(query, page)),
    count: (query) => clean(() => store.count(query)),
    mark: (query, mark, page) => clean(() => store.mark(query, mark, page)),
    unmark: (query) => clean(() => store.unmark(query)),
    ...(store.settle === undefined
      ? {}
      : { settle: (session: Session) => clean(async () => (await store.settle?.(session)) === true) }),
    commit: (change, options) =>
      clean(async () => {
        checkName(options?.idempotencyKey, "/messageId");
        return store.commit(commitWithout(rules, change), options);
      }),
  };
}

function recordsBehind(rules: Rules, store: RecordStore): RecordStore {
  // What signers and anchors return is proof, and counts only unchanged.
  const walkOver = (kind: string): Rules => (kind === "ledger" ? { ...rules, records: { judge: () => false } } : rules);
  return {
    capabilities: store.capabilities,
    put: (record) =>
      clean(async () => {
        checkName(record.id, "/id");
        const found = secretIn(record.body);
        if (found !== undefined) throw refused(found.path, found.kind);
        documents.checkWritten(record);
        return store.put(record);
      }),
    load: (subject, digest) =>
      clean(async () => {
        checkId(subject.id);
        const record = await store.load(subject, digest);
        return record === undefined ? undefined : documents.checkRead(record);
      }),
    find: (query, page) =>
      clean(async () => {
        const found = await store.find(query, page);
        return { ...found, records: found.records.map(documents.checkRead) };
      }),
    drop: (subject, digest, options) => clean(() => store.drop(subject, digest, options)),
    append: (stream, records, options) =>
      clean(async () => {
        checkName(options?.idempotencyKey, "/idempotencyKey");
        return store.append(stream, recordsWithout(walkOver(stream.kind), records), options);
      }),
    read: (stream, page) =>
      clean(async () => {
        checkId(stream.id);
        return store.read(stream, page);
      }),
    streams: (tenantId, page) => clean(() => store.streams(tenantId, page)),
    erase: (stream, request, options) => clean(() => store.erase(stream, request, options)),
    pointer: (subject) =>
      clean(async () => {
        checkId(subject.id);
        return store.pointer(subject);
      }),
    cas: (pointer, expected, next, options) => clean(() => store.cas(pointer, expected, next, options)),
    lease: (name, request) => clean(() => store.lease(name, request)),
    renew: (fence, request) => clean(() => store.renew(fence, request)),
    release: (fence) => clean(() => store.release(fence)),
  };
}

/** Whoever watches must not disturb, neither by throwing nor by a promise that fails later. */
function unheard(tell: () => unknown): void {
  try {
    immediate(tell());
  } catch {
    // Nobody is left to be told.
  }
}

function loggerBehind(rules: Rules, logger: Logger): Logger {
  const line = (level: keyof Logger) => (fields: LogFields, message: string) =>
    unheard(() => {
      const [{ value, count }, words] = [redactBy(rules.logs, fields), redactText(message)];
      rules.told("log", count + words.count);
      return logger[level](value, words.text);
    });
  return { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") };
}

function telemetryBehind({ logs }: Rules, telemetry: Telemetry): Telemetry {
  const attributes = (given: TelemetryAttributes) => redactBy(logs, given).value;
  return {
    span: (name, given, work) =>
      telemetry.span(name, attributes(given), (span) =>
        clean(() => work({ set: (more) => unheard(() => span.set(attributes(more))) })),
      ),
    measure: (name, value, given, exemplar) =>
      unheard(() => telemetry.measure(name, value, attributes(given), exemplar)),
  };
}

/** Where an engine writes to. */
export interface Outlets {
  readonly sessions: SessionStore;
  readonly records: RecordStore;
  readonly logger: Logger | undefined;
  readonly telemetry: Telemetry | undefined;
}

/**
 * The one boundary that everything passes which the engine writes: records of the ledger and log lines and what telemetry is told lose their secrets, what stores
 * throw as well, and documents and names that show one are refused with `SECURITY.SECRET_DETECTED`, since what is approved by its digest
 * cannot be changed. The data of sessions passes as it is. One store for both stays one store.
 */
export function behindBoundary(config: Configuration, { sessions, records, logger, telemetry }: Outlets): Outlets {
  const rules = rulesOf(config, (target, count) => {
    if (count > 0) unheard(() => telemetry?.measure("regraft.security.redactions", count, { target }));
  });
  const isOne: unknown = sessions;
  const guardedRecords = recordsBehind(rules, records);
  const guardedSessions = sessionsBehind(rules, sessions);
  const whole = { ...guardedRecords, ...guardedSessions, capabilities: sessions.capabilities };
  return {
    ...(isOne === records
      ? { sessions: whole, records: whole }
      : { sessions: guardedSessions, records: guardedRecords }),
    logger: logger === undefined ? undefined : loggerBehind(rules, logger),
    telemetry: telemetry === undefined ? undefined : telemetryBehind(rules, telemetry),
  };
}
