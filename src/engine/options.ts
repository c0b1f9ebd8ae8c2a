import { z } from "zod";
import type { ConfigurationInput } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import type { Clock } from "../ports/clock.js";
import type { FieldSource, FieldSourceKind } from "../ports/field-source.js";
import type { IdSource } from "../ports/id-source.js";
import type { Judge } from "../ports/judge.js";
import type { Logger } from "../ports/logger.js";
import type { RecordStore } from "../ports/record-store.js";
import type { SessionStore } from "../ports/session-store.js";
import type { Engine } from "./context.js";
import { Lru } from "./lru.js";
import { configIn, optionError } from "./option-errors.js";

/** Where sessions and records live: in one store, or in two. */
export type StoreOptions =
  | { readonly store: SessionStore & RecordStore; readonly sessions?: never; readonly records?: never }
  | { readonly sessions: SessionStore; readonly records: RecordStore; readonly store?: never };

/**
 * What an engine is made of; all but the stores has a default.
 *
 * @public
 */
export type RegraftOptions = StoreOptions & {
  readonly config?: ConfigurationInput;
  /** The machine's clock if absent. */
  readonly clock?: Clock;
  /** Rising, unguessable ids if absent. */
  readonly ids?: IdSource;
  /** Nothing is logged if absent. */
  readonly logger?: Logger;
  /** Asked in the order profile, session, tool, conversation; within a kind in the order given. */
  readonly fieldSources?: readonly FieldSource[];
  /** Without one, conditions in natural language stay undecided. */
  readonly judge?: Judge;
};

const kinds: readonly FieldSourceKind[] = ["profile", "session", "tool", "conversation"];

/** Those of the methods that a value lacks. */
function missing(value: unknown, methods: readonly string[]): string[] {
  const given = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  return methods.filter((name) => typeof given[name] !== "function");
}

/** An object with these methods. */
function port<T>(...methods: readonly string[]) {
  return z.custom<T>((value) => missing(value, methods).length === 0, {
    error: `an object with the method${methods.length > 1 ? "s" : ""} ${methods.join(", ")}`,
    params: { methods },
  });
}

const sessionMethods = ["get", "scan", "count", "mark", "unmark", "commit"];
const recordMethods = ["put", "load", "find", "drop", "append", "read", "pointer", "cas", "lease", "renew", "release"];

const source = port<FieldSource>("find")
  .refine(({ name }) => typeof name === "string" && name !== "", { error: "a text that is not empty", path: ["name"] })
  .refine(({ kind }) => kinds.includes(kind), { error: `one of ${kinds.join(", ")}`, path: ["kind"] });

const schema = z
  .strictObject({
    store: port<SessionStore & RecordStore>(...sessionMethods, ...recordMethods).optional(),
    sessions: port<SessionStore>(...sessionMethods).optional(),
    records: port<RecordStore>(...recordMethods).optional(),
    config: z.custom<ConfigurationInput>().optional(),
    clock: port<Clock>("now").optional(),
    ids: port<IdSource>("next").optional(),
    logger: port<Logger>("debug", "info", "warn", "error").optional(),
    fieldSources: z.array(source).optional(),
    judge: port<Judge>("judge").optional(),
  })
  .refine(
    ({ store, sessions, records }) =>
      store === undefined ? sessions !== undefined && records !== undefined : !sessions && !records,
    { error: "either store, or sessions and records" },
  );

/** Ids that sort by the time of their making. */
function risingIds(clock: Clock): IdSource {
  return {
    next: (prefix) => `${prefix}-${clock.now().toString(36).padStart(9, "0")}-${globalThis.crypto.randomUUID()}`,
  };
}

/**
 * Checks the options and fills in the defaults; the tenant is the empty one.
 *
 * @throws RegraftError `CONFIG.INVALID` with the path of the first option that cannot be used, what was expected there and what was received
 */
export function openEngine(options: RegraftOptions): Engine {
  const checked = schema.safeParse(options);
  if (!checked.success) throw optionError(checked.error, options, Object.keys(schema.shape));
  const { store, sessions = store, records = store, ...ports } = checked.data;
  if (sessions === undefined || records === undefined) throw new RegraftError("CONFIG.INVALID", "there is no store");
  const clock = ports.clock ?? { now: () => Date.now() };
  const config = configIn(ports.config);
  const usable = (ports.fieldSources ?? []).filter(({ kind }) => kind !== "conversation" || config.extraction.enabled);
  return {
    tenantId: "",
    sessions,
    records,
    config,
    clock,
    ids: ports.ids ?? risingIds(clock),
    logger: ports.logger,
    sources: kinds.flatMap((kind) => usable.filter((one) => one.kind === kind)),
    judge: ports.judge,
    cache: { scenarios: new Lru(256), plans: new Lru(256), contents: new Lru(64), migrations: new Lru(64) },
  };
}
