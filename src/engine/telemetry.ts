import type { FoundValue, ReconciliationResult, Session } from "../contracts/types.js";
import { isRegraftError } from "../errors.js";
import type { LedgerExemplar, Telemetry, TelemetryAttributes, TelemetrySpan } from "../ports/telemetry.js";
import type { MetricName } from "../ports/telemetry-metrics.js";
import type { Engine } from "./context.js";

/** Tells a number, if anybody wants to know; what goes wrong there is not heard. */
export function measure(
  { telemetry }: Pick<Engine, "telemetry">,
  name: MetricName,
  value: number,
  attributes: TelemetryAttributes = {},
  exemplar?: LedgerExemplar,
): void {
  if (telemetry === undefined) return;
  try {
    telemetry.measure(name, value, attributes, exemplar);
  } catch {
    // Whoever watches must not disturb.
  }
}

/** What a decision was about, for its numbers. */
export interface Settled {
  readonly before: Session;
  readonly result: ReconciliationResult;
  /** What was found for it. */
  readonly found: readonly FoundValue[];
  /** It was written. */
  readonly isWritten: boolean;
  readonly operation: string;
}

/** Tells the numbers of one decision about a session. */
export function measureDecision(engine: Engine, { before, result, found, isWritten, operation }: Settled): void {
  if (engine.telemetry === undefined) return;
  const { action } = result;
  const { tenantId, id } = before;
  const exemplar = isWritten ? { stream: `session/${id}`, tenantId, revision: before.revision + 1 } : undefined;
  const kind = result.action === "teleport" ? { kind: result.kind } : {};
  measure(engine, "regraft.reconciles", 1, { action, ...kind, operation }, exemplar);
  if (result.action === "blocked" || result.action === "review") {
    measure(engine, "regraft.blocks", 1, { action, reason: result.reason }, exemplar);
  }
  if (before.pendingMigration !== undefined) {
    const ageMs = engine.clock.now() - Date.parse(before.pendingMigration.markedAt);
    measure(engine, "regraft.queue.age", Math.max(0, ageMs) / 1000, { operation }, exemplar);
  }
  if (result.action !== "teleport") return;
  const bySource = new Map<string, number>();
  for (const { kind: source = "other" } of found) bySource.set(source, (bySource.get(source) ?? 0) + 1);
  for (const [source, count] of bySource) measure(engine, "regraft.gap_fills", count, { source }, exemplar);
}

const nobody: TelemetrySpan = { set: () => undefined };

/** Runs a use case within a span, and tells how long it took. It waits for the work, never for who watches. */
function observed<T>(engine: Engine, telemetry: Telemetry, operation: string, work: () => Promise<T>): Promise<T> {
  const startedAt = engine.clock.now();
  let begun: Promise<T> | undefined;
  const once = (span: TelemetrySpan) => {
    begun ??= timed(engine, operation, startedAt, span, work);
    return begun;
  };
  const watch = async () => telemetry.span(`regraft.${operation}`, { "regraft.tenant": engine.tenantId }, once);
  watch().catch(() => undefined);
  return once(nobody);
}

async function timed<T>(
  engine: Engine,
  operation: string,
  startedAt: number,
  span: TelemetrySpan,
  work: () => Promise<T>,
): Promise<T> {
  const tell = (outcome: string) => {
    measure(engine, "regraft.operation.duration", (engine.clock.now() - startedAt) / 1000, { operation, outcome });
    try {
      span.set({ "regraft.outcome": outcome });
    } catch {
      // Whoever watches must not disturb.
    }
  };
  try {
    const result = await work();
    tell(outcomeOf(result));
    return result;
  } catch (error) {
    tell(isRegraftError(error) ? error.code : "EXEC.FAILED");
    throw error;
  }
}

/** The action of a decision; of everything else, that it was done. */
function outcomeOf(result: unknown): string {
  const action = typeof result === "object" && result !== null && "action" in result ? result.action : undefined;
  return typeof action === "string" ? action : "done";
}

/**
 * Puts a span around a method; without telemetry the method itself comes back.
 *
 * @param operation - name of the method
 */
export function spanned<A extends readonly unknown[], R>(
  engine: Engine,
  operation: string,
  method: (...args: A) => Promise<R>,
): (...args: A) => Promise<R> {
  const { telemetry } = engine;
  if (telemetry === undefined) return method;
  return (...args) => observed(engine, telemetry, operation, () => method(...args));
}

/** Puts spans around all methods of an object that return promises, `untouched` aside; without telemetry the object itself comes back. */
export function allSpanned<T extends object>(engine: Engine, api: T, untouched: ReadonlySet<string>): T {
  if (engine.telemetry === undefined) return api;
  const members = Object.entries(api).map(([name, member]: [string, unknown]) => {
    const isMethod = typeof member === "function" && !untouched.has(name);
    return [name, isMethod ? spanned(engine, name, (...args) => member(...args)) : member];
  });
  // The members are those of the object, under their names.
  return Object.freeze(Object.fromEntries(members) as T);
}
