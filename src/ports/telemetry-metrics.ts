/** How numbers of a metric are put together. */
export type MetricKind = "counter" | "histogram" | "gauge";

/** What a metric means. */
export interface MetricDefinition {
  readonly kind: MetricKind;
  /** As UCUM writes it: `s` for seconds, `{session}` for a count of sessions. */
  readonly unit: string;
  readonly description: string;
  /** Attributes it may carry. None of them names a person or a session. */
  readonly attributes: readonly string[];
  /** Upper bounds of the buckets of a histogram, in its unit. */
  readonly buckets?: readonly number[];
}

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const ages = [1, 10, 60, 600, 3600, 21_600, 86_400, 604_800, 2_592_000];

function define<const T extends Readonly<Record<string, MetricDefinition>>>(table: T): T {
  return Object.freeze(table);
}

/**
 * Every number that the engine tells, by name. Dashboards, alert rules and the documentation are checked against this table.
 *
 * @since 0.2.0
 * @public
 */
export const metrics = /* @__PURE__ */ define({
  "regraft.reconciles": {
    kind: "counter",
    unit: "{session}",
    description: "Sessions decided about, at a message or ahead of it.",
    attributes: ["action", "kind", "operation"],
  },
  "regraft.operation.duration": {
    kind: "histogram",
    unit: "s",
    description: "Time that a use case took.",
    attributes: ["operation", "outcome"],
    buckets: seconds,
  },
  "regraft.gap_fills": {
    kind: "counter",
    unit: "{value}",
    description: "Values that were found for sessions that moved, by the kind of their source.",
    attributes: ["source"],
  },
  "regraft.blocks": {
    kind: "counter",
    unit: "{session}",
    description: "Sessions that were blocked or need review.",
    attributes: ["action", "reason"],
  },
  "regraft.postponements": {
    kind: "counter",
    unit: "{session}",
    description: "Messages at which nothing could be decided, so that the session went on as it was.",
    attributes: ["reason"],
  },
  "regraft.marks": {
    kind: "counter",
    unit: "{session}",
    description: "Sessions marked by deployments.",
    attributes: [],
  },
  "regraft.retries": {
    kind: "counter",
    unit: "{try}",
    description:
      "Decisions that were made anew because somebody else was faster, and tries of stores and sessions that failed.",
    attributes: ["target"],
  },
  "regraft.breaker.state": {
    kind: "gauge",
    unit: "1",
    description: "State of a circuit breaker: 0 closed, 1 half open, 2 open.",
    attributes: ["name"],
  },
  "regraft.informant.failures": {
    kind: "counter",
    unit: "{call}",
    description: "Calls of field sources and the judge that failed, were late, or were not made.",
    attributes: ["name", "why"],
  },
  "regraft.queue.age": {
    kind: "histogram",
    unit: "s",
    description: "Time from the mark of a session to a decision about it.",
    attributes: ["operation"],
    buckets: ages,
  },
  "regraft.security.redactions": {
    kind: "counter",
    unit: "{place}",
    description:
      "Places that lost a secret on their way out: into the ledger, a session's record of decisions, or a log line.",
    attributes: ["target"],
  },
  "regraft.dead_letters": {
    kind: "counter",
    unit: "{letter}",
    description: "What has happened to dead letters.",
    attributes: ["event"],
  },
});

/** Names of the metrics. */
export type MetricName = keyof typeof metrics;

/** Spans are named after the method of the engine. */
export type SpanName = `regraft.${string}`;
