import type { Configuration } from "../config/configuration.js";
import type { BreakerStatus } from "../contracts/machine-tables.js";
import { type Breaker, createBreaker } from "../resilience/breaker.js";
import { createRateLimiter } from "../resilience/rate-limit.js";
import type { Engine } from "./context.js";
import type { Guards, RatedResource } from "./guards-kinds.js";
import { measure } from "./telemetry.js";

type Parts = Pick<Engine, "config" | "clock" | "logger" | "telemetry">;

const states: Readonly<Record<BreakerStatus, number>> = { closed: 0, half_open: 1, open: 2 };

function ratesOf({ config: { rateLimits }, clock }: Parts): Guards["rates"] {
  if (rateLimits === undefined) return undefined;
  const { windowMs = 60_000, mode: _, ...limits }: NonNullable<Configuration["rateLimits"]> = rateLimits;
  return createRateLimiter({ limits, windowMs, clock });
}

/** Makes the guards of an engine; breakers are made when somebody is asked for the first time. */
export function guardsOf(parts: Parts): Guards {
  const { config, clock, logger } = parts;
  const breakers = new Map<string, Breaker>();
  const onChange = (status: BreakerStatus, name: string) => {
    measure(parts, "regraft.breaker.state", states[status], { name });
    logger?.[status === "open" ? "warn" : "info"]({ name, status }, "a circuit breaker changed");
  };
  return {
    breakerOf: (name) => {
      const known = breakers.get(name) ?? createBreaker({ ...config.breaker, name, clock, onChange });
      breakers.set(name, known);
      return known;
    },
    rates: ratesOf(parts),
  };
}

/**
 * Whether a tenant may use one more of something now. Beyond an advisory limit it may, and the log says so.
 */
export function mayUse({ guards: { rates }, tenantId, config, logger }: Engine, resource: RatedResource): boolean {
  if (rates === undefined || rates.tryTake(tenantId, resource)) return true;
  logger?.warn({ tenantId, resource, code: "TRANSIENT.RATE_LIMITED" }, "a tenant is beyond its rate");
  return config.rateLimits?.mode === "advisory";
}

/** Waits until a tenant may use one more of something. */
export async function waitToUse(engine: Engine, resource: RatedResource): Promise<void> {
  const { rates } = engine.guards;
  if (rates === undefined) return;
  if (engine.config.rateLimits?.mode === "advisory") mayUse(engine, resource);
  else await rates.take(engine.tenantId, resource);
}
