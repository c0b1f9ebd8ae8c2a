import type { Configuration } from "../config/configuration.js";
import type { Plan, Scenario, Timestamp } from "../contracts/types.js";
import type { Prompts } from "../fill/prompt-render.js";
import type { Authorizer, Identity } from "../ports/authorizer.js";
import type { Clock } from "../ports/clock.js";
import type { FieldSource } from "../ports/field-source.js";
import type { IdSource } from "../ports/id-source.js";
import type { Judge } from "../ports/judge.js";
import type { LedgerRecord } from "../ports/ledger.js";
import type { Logger } from "../ports/logger.js";
import type { RecordStore } from "../ports/record-store.js";
import type { SessionStore } from "../ports/session-store.js";
import type { Subject } from "../ports/subject.js";
import type { Telemetry } from "../ports/telemetry.js";
import type { Migration } from "../session/migration.js";
import type { GateOptions } from "./gate-options.js";
import type { Guards } from "./guards-kinds.js";
import type { Lru } from "./lru.js";
import type { PersonOptions } from "./person-options.js";

/** What the use cases share: stores, ports, configuration, one tenant, and caches of immutable things. */
export interface Engine {
  readonly tenantId: string;
  readonly sessions: SessionStore;
  readonly records: RecordStore;
  readonly config: Configuration;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger | undefined;
  /** In the order in which they are asked. */
  readonly sources: readonly FieldSource[];
  readonly judge: Judge | undefined;
  /** How people write and where they are. */
  readonly person: PersonOptions;
  /** Texts of questions; the built-in ones if undefined. */
  readonly prompts: Prompts | undefined;
  /** Without one everything is allowed. */
  readonly authorizer: Authorizer | undefined;
  /** Who calls; undefined where the host has not said it. */
  readonly identity: Identity | undefined;
  /** What stands before every plan; undefined where only contracts of plans do. */
  readonly gates: GateOptions | undefined;
  /** Nothing is told without one. */
  readonly telemetry: Telemetry | undefined;
  /** What keeps calls away from who fails, and tenants within their rates. */
  readonly guards: Guards;
  readonly cache: EngineCache;
}

/** Values that never change under their key. */
export interface EngineCache {
  readonly scenarios: Lru<Scenario>;
  /** By digest of the stored head. */
  readonly plans: Lru<Plan>;
  /** By digest of the stored content. */
  readonly contents: Lru<PlanContent>;
  readonly migrations: Lru<Migration>;
  /** Lists of the plans from a version, by digest. */
  readonly lists: Lru<PlanList>;
  /** By tenant: the pointers that decisions asked for last. They are read again along with each session. */
  readonly heads: Lru<Lru<Subject>>;
  /** Items of outboxes that this process knows to be delivered. */
  readonly delivered: Lru<true>;
}

/** The plans that were ever proposed from one version, oldest first. */
export interface PlanList {
  readonly plans: readonly { readonly id: string; readonly to: number; readonly digest: string }[];
}

/** The large part of a plan, stored apart: it does not change while the plan is deployed. */
export type PlanContent = Pick<Plan, "map" | "policies" | "summary" | "lint"> &
  Partial<Pick<Plan, "mapping" | "effects" | "allowRepeat" | "data" | "contract">>;

/** Sessions read at a time where each is looked at: no more than pages of marking hold, and never so many that they weigh. */
export function readPageSize({ config }: Engine): number {
  return Math.min(config.markPageSize, 1000);
}

/** How often a use case starts anew when somebody else was faster. */
export const maxAttempts = 64;

/** The time as it is stored. */
export function timeOf(engine: Engine): Timestamp {
  return new Date(engine.clock.now()).toISOString();
}

/** What a record or stream is about, in the engine's tenant. */
export function subjectOf(engine: Engine, kind: string, id: string): Subject {
  return { kind, tenantId: engine.tenantId, id };
}

/** One thing that happened now. */
export function happened(engine: Engine, type: string, data: LedgerRecord["data"]): LedgerRecord {
  return { type, at: timeOf(engine), data };
}
