import { context, trace } from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { describe, expect, it } from "vitest";
import { otelTelemetry } from "../../src/adapters/otel.js";
import { metrics, type Telemetry } from "../../src/index.js";
import { bench, flow, roll, walk } from "../engine/helpers.js";

const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > N:email > B > C");

async function world() {
  const spans = new InMemorySpanExporter();
  const numbers = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: numbers, exportIntervalMillis: 2 ** 30 });
  const tracers = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  const meters = new MeterProvider({ readers: [reader] });
  const telemetry = otelTelemetry({
    tracer: tracers.getTracer("regraft"),
    meter: meters.getMeter("regraft"),
    activeSpan: () => trace.getSpan(context.active()),
  });
  const found = {
    name: "crm",
    kind: "profile" as const,
    find: async () => [{ field: "email", value: "a@x.example", confidence: 1 }],
  };
  const made = bench({ telemetry, fieldSources: [found] });
  await made.regraft.publish(v1);
  await walk(made.regraft, "s1", ["B", "C"]);
  await roll(made.regraft, v1, v2);
  made.clock.advance(90_000);
  const collected = async () => {
    await reader.forceFlush();
    return (numbers.getMetrics().at(-1)?.scopeMetrics ?? []).flatMap((scope) => scope.metrics);
  };
  return { ...made, spans, collected, end: () => meters.shutdown() };
}

describe("OpenTelemetry", () => {
  it("is told spans of use cases and the numbers of a decision", async () => {
    const { regraft, spans, collected, end } = await world();
    expect((await regraft.reconcile("s1")).action).toBe("teleport");
    await expect(regraft.reconcile("nobody")).rejects.toThrow("SESSION.NOT_FOUND");
    const reconciles = spans.getFinishedSpans().filter(({ name }) => name === "regraft.reconcile");
    expect(reconciles.map(({ attributes, status }) => [attributes["regraft.outcome"], status.code])).toEqual([
      ["teleport", 0],
      ["SESSION.NOT_FOUND", 2],
    ]);
    const told = await collected();
    const values = (name: string) =>
      told
        .find(({ descriptor }) => descriptor.name === name)
        ?.dataPoints.map(({ attributes, value }) => ({ attributes, value }));
    expect(values("regraft.reconciles")).toEqual([
      { attributes: { action: "teleport", kind: "gap_fill", operation: "reconcile" }, value: 1 },
    ]);
    expect(values("regraft.gap_fills")).toEqual([{ attributes: { source: "profile" }, value: 1 }]);
    expect(values("regraft.marks")).toEqual([{ attributes: {}, value: 1 }]);
    expect(values("regraft.queue.age")).toMatchObject([{ value: { sum: 90, count: 1 } }]);
    await end();
  });

  it("is told units and descriptions of the registry, and nothing beside it", async () => {
    const { regraft, collected, end } = await world();
    await regraft.reconcile("s1");
    for (const { descriptor, dataPoints } of await collected()) {
      const known = Object.entries(metrics).find(([name]) => name === descriptor.name)?.[1];
      expect(known).toMatchObject({ unit: descriptor.unit, description: descriptor.description });
      for (const { attributes } of dataPoints) {
        for (const name of Object.keys(attributes)) expect(known?.attributes).toContain(name);
      }
    }
    await end();
  });
});

describe("telemetry of any kind", () => {
  const calls: [string, unknown][] = [];
  const seen: Telemetry = {
    span: (_, __, work) => work({ set: () => undefined }),
    measure: (name, _, __, exemplar) => void (exemplar && calls.push([name, exemplar])),
  };

  it("names the ledger entry behind a number", async () => {
    const { regraft, store } = bench({ telemetry: seen });
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B", "C"]);
    await roll(regraft, v1, flow(2, "A > N > B > C"));
    await regraft.reconcile("s1");
    const [, exemplar] = calls.find(([name]) => name === "regraft.reconciles") ?? [];
    expect(exemplar).toMatchObject({ stream: "session/s1", tenantId: "" });
    const { entries } = await store.read({ kind: "session", tenantId: "", id: "s1" }, { limit: 50 });
    const { revision } = exemplar as { revision: number };
    const entry = entries.find(({ data }) => (data.after as { revision?: number } | undefined)?.revision === revision);
    expect(entry).toMatchObject({ type: "session.reconciled", data: { action: "teleport" } });
  });

  it.each<[string, Telemetry]>([
    [
      "throws",
      {
        span: () => {
          throw new Error("away");
        },
        measure: () => {
          throw new Error("away");
        },
      },
    ],
    ["runs nothing", { span: async () => undefined as never, measure: () => undefined }],
    ["never ends", { span: () => new Promise<never>(() => undefined), measure: () => undefined }],
    [
      "runs everything twice",
      {
        span: async (_, __, work) => {
          await work({ set: () => undefined });
          return work({ set: () => undefined });
        },
        measure: () => undefined,
      },
    ],
  ])("disturbs nobody where it %s", async (_, telemetry) => {
    const { regraft, store } = bench({ telemetry });
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B", "C"]);
    await roll(regraft, v1, flow(2, "A > N > B > C"));
    expect((await regraft.reconcile("s1")).action).toBe("teleport");
    const { entries } = await store.read({ kind: "session", tenantId: "", id: "s1" }, { limit: 50 });
    expect(entries.filter(({ type }) => type === "session.reconciled")).toHaveLength(1);
  });
});
