import type { Breaker } from "../resilience/breaker.js";
import type { RateLimiter } from "../resilience/rate-limit.js";

/** What tenants have rates for. */
export type RatedResource = "reconciles" | "modelCalls" | "drained";

/** What keeps calls away from who fails, and tenants within their rates. Shared by the tenants of an engine. */
export interface Guards {
  /** The breaker of a field source or the judge, by its name. */
  breakerOf(name: string): Breaker;
  /** Undefined where the configuration limits nothing. */
  readonly rates: RateLimiter<RatedResource> | undefined;
}
