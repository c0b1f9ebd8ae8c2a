import { diffCompiled } from "../src/diff/diff.js";
import { type CompiledScenario, compile } from "../src/scenario/compile.js";
import { defineScenario } from "../src/scenario/parse.js";
import { race, spread } from "./measure.js";
import type { Bench } from "./report.js";
import { type Shape, shapedPair, shapes } from "./shapes.js";
import { bytesOf, fresh, readOnce, type Versions, versions } from "./versions.js";

/** How the time of a diff grows with the size and the shape of the versions; what is counted exactly is in test/diff. */
export async function growthSuite({ isQuick, emit }: Bench): Promise<void> {
  const sizes = isQuick ? [500, 1600, 5000] : [2000, 8000, 32_000, 100_000];
  await perStep(sizes, emit);
  for (const shape of Object.keys(shapes) as Shape[]) await ofShape(shape, isQuick ? 2000 : 32_000, emit);
  depth(isQuick ? 200_000 : 1_000_000, emit);
}

/** Against reading once, which memory makes slower a step in large versions, too. */
async function perStep(sizes: readonly number[], emit: Bench["emit"]): Promise<void> {
  const times: { size: number; diff: number; read: number }[] = [];
  for (const size of sizes) {
    const pair = versions({ seed: 1, steps: size });
    const measured = await race([
      { name: "read", run: () => readOnce(pair.from.scenario) + readOnce(pair.to.scenario) },
      { name: "diff", run: () => diffCompiled(pair.from, pair.to) },
    ]);
    times.push({ size, diff: measured.time("diff").median, read: measured.time("read").median });
    emit({
      suite: "growth",
      size,
      what: "diff / read once",
      value: measured.ratio("diff", "read"),
      timeUs: measured.time("diff"),
    });
  }
  const size = sizes.at(-1) ?? 0;
  const [diff, read] = [exponent(times, (row) => row.diff), exponent(times, (row) => row.read)];
  emit({ suite: "growth", size, what: "exponent of the time of reading once", value: read });
  emit({ suite: "growth", size, what: "exponent of the time of a diff", value: diff });
  const goal = { id: "G3", atMost: 1 };
  emit({ suite: "growth", size, what: "exponent of a diff / exponent of reading once", value: diff / read, goal });
}

/** Slope of a line through the logarithms. */
function exponent<T extends { size: number }>(rows: readonly T[], timeOf: (row: T) => number): number {
  const points = rows.map((row) => ({ x: Math.log(row.size), y: Math.log(timeOf(row)) }));
  const mean = (of: (point: { x: number; y: number }) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
  return mean((point) => (point.x - x) * (point.y - y)) / mean((point) => (point.x - x) ** 2);
}

async function ofShape(shape: Shape, size: number, emit: Bench["emit"]): Promise<void> {
  const pair = compiled(shapedPair(shape, size));
  const bytes = bytesOf(pair).length;
  const elements =
    pair.from.size + pair.to.size + pair.from.scenario.transitions.length + pair.to.scenario.transitions.length;
  const measured = await race([
    { name: "first", run: () => diffCompiled(fresh(pair.from), fresh(pair.to)) },
    { name: "diff", run: () => diffCompiled(pair.from, pair.to) },
  ]);
  const nanoseconds = { median: (measured.time("diff").median * 1000) / elements };
  const note = `${nanoseconds.median.toFixed(0)} ns a step or transition, ${Math.round(bytes / 1000)} KB`;
  emit({ suite: "growth", size, what: `diff of shape ${shape}`, timeUs: measured.time("diff"), note });
}

function compiled({ from, to }: ReturnType<typeof shapedPair>): Versions {
  return { from: compile(defineScenario(from)), to: compile(defineScenario(to)) };
}

/** A chain as long as this is no deeper to any walk than a short one. */
function depth(size: number, emit: Bench["emit"]): void {
  const pair = compiled(shapedPair("chain", size));
  const start = process.cpuUsage();
  const before = process.memoryUsage();
  const diff = diffCompiled(pair.from, pair.to);
  const kinds = diff.matching.pairs.filter((found) => diff.classes.of(found.to).kind !== "clean_graft").length;
  const { user, system } = process.cpuUsage(start);
  const bytes = process.memoryUsage().arrayBuffers - before.arrayBuffers;
  const timeUs = spread([user + system]);
  const note = `${kinds} anchors not clean; no recursion`;
  emit({
    suite: "growth",
    size,
    what: "diff of one long chain ends (1 = yes)",
    value: 1,
    timeUs,
    goal: { id: "G6", atLeast: 1, isGate: true },
    note,
  });
  const perStep = bytes / (pair.from.size + pair.to.size);
  emit({
    suite: "growth",
    size,
    what: "bytes in typed arrays a step",
    value: perStep,
    goal: { id: "G6", atMost: 250 },
  });
}

/** Steps and distinct neighbours of a version. */
export function elementsOf(c: CompiledScenario): number {
  return c.size + c.outs.reduce((sum, outs) => sum + outs.length, 0);
}
