import type { LedgerExemplar, Telemetry, TelemetryAttributes, TelemetrySpan } from "../ports/telemetry.js";
import { type MetricDefinition, type MetricName, metrics } from "../ports/telemetry-metrics.js";

/** The part of a span of OpenTelemetry that is used. */
export interface OtelSpan {
  setAttributes(attributes: Record<string, string | number | boolean>): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  end(): void;
}

/** The part of a tracer that is used. */
export interface OtelTracer {
  startActiveSpan<R>(
    name: string,
    options: { attributes: Record<string, string | number | boolean> },
    work: (span: OtelSpan) => R,
  ): R;
}

interface OtelInstrumentOptions {
  description: string;
  unit: string;
  advice?: { explicitBucketBoundaries: number[] };
}

type Attributes = Record<string, string | number | boolean>;

/** The part of a meter that is used. */
export interface OtelMeter {
  createCounter(name: string, options: OtelInstrumentOptions): { add(value: number, attributes: Attributes): void };
  createHistogram(
    name: string,
    options: OtelInstrumentOptions,
  ): { record(value: number, attributes: Attributes): void };
  createGauge(name: string, options: OtelInstrumentOptions): { record(value: number, attributes: Attributes): void };
}

/** What `@opentelemetry/api` gives; either of the two may be left out. */
export interface OtelOptions {
  /** `trace.getTracer("regraft")`. */
  readonly tracer?: OtelTracer;
  /** `metrics.getMeter("regraft")`. */
  readonly meter?: OtelMeter;
  /** The span that is active: `() => trace.getActiveSpan()`. With it, the ledger entries behind numbers are named on their spans. */
  readonly activeSpan?: () => Pick<OtelSpan, "setAttributes"> | undefined;
}

/** `SpanStatusCode.ERROR`. */
const failed = 2;

type Recorder = (value: number, attributes: Attributes) => void;

function instrument(meter: OtelMeter, name: string, definition: MetricDefinition): Recorder {
  const { kind, unit, description, buckets } = definition;
  const advice = buckets === undefined ? {} : { advice: { explicitBucketBoundaries: [...buckets] } };
  if (kind === "counter") {
    const counter = meter.createCounter(name, { unit, description });
    return (value, attributes) => counter.add(value, attributes);
  }
  const one =
    kind === "gauge"
      ? meter.createGauge(name, { unit, description })
      : meter.createHistogram(name, { unit, description, ...advice });
  return (value, attributes) => one.record(value, attributes);
}

/**
 * Tells OpenTelemetry what the engine does. Tracer and meter are handed over, so that this package does not depend on theirs.
 *
 * Numbers are recorded within the span of their use case: where exemplars are on, the SDK links them to it, and the span names stream and
 * revision of the ledger entry in `regraft.ledger.stream` and `regraft.ledger.revision`.
 *
 * @example
 * import { metrics, trace } from "@opentelemetry/api";
 * const telemetry = otelTelemetry({
 *   tracer: trace.getTracer("regraft"),
 *   meter: metrics.getMeter("regraft"),
 *   activeSpan: () => trace.getActiveSpan(),
 * });
 *
 * @since 0.2.0
 * @public
 */
export function otelTelemetry({ tracer, meter, activeSpan }: OtelOptions): Telemetry {
  const instruments = new Map<string, Recorder>(
    meter === undefined
      ? []
      : Object.entries(metrics).map(([name, definition]) => [name, instrument(meter, name, definition)]),
  );
  return Object.freeze<Telemetry>({
    span: (name, attributes, work) => {
      if (tracer === undefined) return work({ set: () => undefined });
      return tracer.startActiveSpan(name, { attributes: { ...attributes } }, (span) => within(span, work));
    },
    measure: (name: MetricName, value: number, attributes: TelemetryAttributes, exemplar?: LedgerExemplar) => {
      if (exemplar !== undefined) {
        activeSpan?.()?.setAttributes({
          "regraft.ledger.stream": exemplar.stream,
          "regraft.ledger.revision": exemplar.revision,
        });
      }
      instruments.get(name)?.(value, { ...attributes });
    },
  });
}

async function within<T>(span: OtelSpan, work: (span: TelemetrySpan) => Promise<T>): Promise<T> {
  try {
    return await work({ set: (attributes) => span.setAttributes({ ...attributes }) });
  } catch (error) {
    // The code alone: a message may hold what nobody shall read.
    const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "unknown";
    span.setAttributes({ "error.type": code });
    span.setStatus({ code: failed, message: code });
    throw error;
  } finally {
    span.end();
  }
}
