import { z } from "zod";
import type { ConfigurationInput, Session } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { cachedJudge } from "../fill/judge-cache.js";
import type { FieldValidator } from "../fill/normal-value.js";
import type { Prompts } from "../fill/prompt-render.js";
import type { Authorizer } from "../ports/authorizer.js";
import type { Clock } from "../ports/clock.js";
import type { FieldSource, FieldSourceKind } from "../ports/field-source.js";
import type { IdSource } from "../ports/id-source.js";
import type { Judge } from "../ports/judge.js";
import type { Logger } from "../ports/logger.js";
import type { RecordStore } from "../ports/record-store.js";
import type { SessionStore } from "../ports/session-store.js";
import type { Telemetry } from "../ports/telemetry.js";
import { person } from "../session/answers.js";
import type { Engine } from "./context.js";
import { type GateOptions, gatesOf } from "./gate-options.js";
import { guardsOf } from "./guards.js";
import { Lru } from "./lru.js";
import { configIn, optionError } from "./option-errors.js";
import { personOptions } from "./person-options.js";
import { behindBoundary } from "./write-boundary.js";

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
  /** Told spans and numbers; without one nothing is computed for it. */
  readonly telemetry?: Telemetry;
  /** Asked in the order profile, session, tool, conversation; within a kind in the order given. */
  readonly fieldSources?: readonly FieldSource[];
  /** Without one, conditions in natural language stay undecided. Its verdicts are kept for equal conditions and facts. */
  readonly judge?: Judge;
  /** Asked before everything that changes something; without one everything is allowed. */
  readonly authorizer?: Authorizer;
  /** What stands before the approval and the deployment of every plan. */
  readonly gates?: GateOptions;
  /** `production` refuses to start without an authorizer. `standard` if absent. */
  readonly profile?: "standard" | "production";
  /** How people write (BCP 47), for all sessions or for each. Decides how values are read and which texts are used. */
  readonly locale?: string | ((session: Session) => string | undefined);
  /** IANA name of the zone of people, for all sessions or for each. UTC if absent. */
  readonly timeZone?: string | ((session: Session) => string | undefined);
  /** Texts of questions: templates by locale, or a function. Built-in ones if absent. */
  readonly prompts?: Prompts;
  /** Own schemas of fields by name, in the form of Standard Schema (zod 4 and others): asked after the field's definition. */
  readonly fieldValidators?: Readonly<Record<string, FieldValidator>>;
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
  .refine(({ name }) => name !== person, { error: "another name: this one is taken", path: ["name"] })
  .refine(({ kind }) => kinds.includes(kind), { error: `one of ${kinds.join(", ")}`, path: ["kind"] });

type Each = string | ((session: Session) => string | undefined);

const each = z.custom<Each>((value) => (typeof value === "string" && value !== "") || typeof value === "function", {
  error: "a text or a function",
});

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Schemas may be functions too. */
function areValidators(value: unknown): boolean {
  const isSchema = (one: unknown) =>
    ((typeof one === "object" && one !== null) || typeof one === "function") && "~standard" in one;
  return isObject(value) && Object.values(value).every(isSchema);
}

const guard = port<NonNullable<GateOptions["before"]>[number]>("check");

const gates = z.strictObject({
  contract: z.custom<NonNullable<GateOptions["contract"]>>(isObject, { error: "a contract" }).optional(),
  before: z.array(guard).optional(),
  after: z.array(guard).optional(),
  models: z.custom<NonNullable<GateOptions["models"]>>(isObject, { error: "an object" }).optional(),
});

const schema = z
  .strictObject({
    store: port<SessionStore & RecordStore>(...sessionMethods, ...recordMethods).optional(),
    sessions: port<SessionStore>(...sessionMethods).optional(),
    records: port<RecordStore>(...recordMethods).optional(),
    config: z.custom<ConfigurationInput>().optional(),
    clock: port<Clock>("now").optional(),
    ids: port<IdSource>("next").optional(),
    logger: port<Logger>("debug", "info", "warn", "error").optional(),
    telemetry: port<Telemetry>("span", "measure").optional(),
    fieldSources: z.array(source).optional(),
    judge: port<Judge>("judge").optional(),
    authorizer: port<Authorizer>("authorize").optional(),
    gates: gates.optional(),
    profile: z.enum(["standard", "production"], { error: "one of standard, production" }).optional(),
    locale: each.optional(),
    timeZone: each.optional(),
    prompts: z
      .custom<Prompts>((value) => typeof value === "function" || isObject(value), { error: "an object or a function" })
      .optional(),
    fieldValidators: z
      .custom<NonNullable<RegraftOptions["fieldValidators"]>>(areValidators, { error: "schemas by field name" })
      .optional(),
  })
  .refine(
    ({ store, sessions, records }) =>
      store === undefined ? sessions !== undefined && records !== undefined : !sessions && !records,
    { error: "either store, or sessions and records" },
  )
  .refine(({ authorizer, profile }) => profile !== "production" || authorizer !== undefined, {
    error: "an authorizer, which the profile production needs",
    path: ["authorizer"],
  });

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
  const outlets = behindBoundary(config, { sessions, records, logger: ports.logger, telemetry: ports.telemetry });
  const usable = (ports.fieldSources ?? []).filter(({ kind }) => kind !== "conversation" || config.extraction.enabled);
  return {
    tenantId: "",
    ...outlets,
    config,
    clock,
    ids: ports.ids ?? risingIds(clock),
    sources: kinds.flatMap((kind) => usable.filter((one) => one.kind === kind)),
    judge: ports.judge === undefined ? undefined : cachedJudge(ports.judge),
    person: personOptions(ports, config.limits.sourceTimeoutMs),
    prompts: ports.prompts,
    authorizer: ports.authorizer,
    identity: undefined,
    gates: gatesOf(ports.gates),
    guards: guardsOf({ config, clock, logger: outlets.logger, telemetry: outlets.telemetry }),
    cache: {
      scenarios: new Lru(256),
      plans: new Lru(256),
      contents: new Lru(64),
      migrations: new Lru(64),
      lists: new Lru(256),
      heads: new Lru(256),
      delivered: new Lru(4096),
    },
  };
}
