import type { Configuration } from "../config/configuration.js";
import type { Plan, Scenario, Timestamp } from "../contracts/types.js";
import type { Clock } from "../ports/clock.js";
import type { FieldSource } from "../ports/field-source.js";
import type { IdSource } from "../ports/id-source.js";
import type { Judge } from "../ports/judge.js";
import type { LedgerRecord } from "../ports/ledger.js";
import type { Logger } from "../ports/logger.js";
import type { RecordStore } from "../ports/record-store.js";
import type { SessionStore } from "../ports/session-store.js";
import type { Subject } from "../ports/subject.js";
import type { Migration } from "../session/migration.js";
import type { Lru } from "./lru.js";

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
}

/** The large part of a plan, stored apart: it does not change while the plan is deployed. */
export type PlanContent = Pick<Plan, "map" | "policies" | "summary" | "lint"> &
  Partial<Pick<Plan, "mapping" | "effects" | "allowRepeat" | "data">>;

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
