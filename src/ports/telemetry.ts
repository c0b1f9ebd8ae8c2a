import type { MetricName, SpanName } from "./telemetry-metrics.js";

/** Values of low variety that a number or a span is told with. */
export type TelemetryAttributes = Readonly<Record<string, string | number | boolean>>;

/**
 * The ledger entry behind a number: the stream of a session, and the revision that the entry's `data.after` names. The sequence number
 * is not known without another round trip to the store.
 */
export interface LedgerExemplar {
  /** As `kind/id`, for example `session/s1`. */
  readonly stream: string;
  readonly tenantId: string;
  readonly revision: number;
}

/** A span that is open. */
export interface TelemetrySpan {
  /** Adds what was found out meanwhile. */
  set(attributes: TelemetryAttributes): void;
}

/**
 * Takes what the engine tells about itself: spans around each use case, and the numbers of the registry `metrics`.
 *
 * Nothing is computed where there is none. What it throws is not heard. `span` has to run the work once and return what it returns;
 * where it does not, the work is run all the same.
 *
 * @since 0.2.0
 * @public
 */
export interface Telemetry {
  /** Runs work within a span. A span whose work throws has failed. */
  span<T>(name: SpanName, attributes: TelemetryAttributes, work: (span: TelemetrySpan) => Promise<T>): Promise<T>;
  /** A number of the registry, in its unit: added to a counter, put into a histogram, or the present value of a gauge. */
  measure(name: MetricName, value: number, attributes: TelemetryAttributes, exemplar?: LedgerExemplar): void;
}
