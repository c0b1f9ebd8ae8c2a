import type { Scenario } from "../../src/contracts/types.js";
import { defineScenario } from "../../src/scenario/parse.js";
import type { Triple } from "./triples.js";

/** Cuts a triple down as far as a test of it still fails. */
export function shrink(triple: Triple, fails: (triple: Triple) => boolean): Triple {
  let current = triple;
  for (let smaller: Triple | undefined = current; smaller !== undefined; ) {
    smaller = undefined;
    for (const candidate of smallerThan(current)) {
      if (!holds(candidate, fails)) continue;
      smaller = candidate;
      current = candidate;
      break;
    }
  }
  return current;
}

function holds(triple: Triple, fails: (triple: Triple) => boolean): boolean {
  try {
    return fails({ ...triple, v1: defineScenario(triple.v1), v2: defineScenario(triple.v2) });
  } catch {
    return false;
  }
}

function* smallerThan(t: Triple): Generator<Triple> {
  const { between, ...whole } = t;
  for (const [i] of (between ?? []).entries()) {
    const fewer = (between ?? []).filter((_, at) => at !== i);
    yield fewer.length === 0 ? whole : { ...t, between: fewer };
  }
  for (const { id } of t.v2.steps) {
    const v1 = without(t.v1, id);
    const v2 = without(t.v2, id);
    const path = t.path.filter((step) => step !== id);
    if (v1 !== undefined && v2 !== undefined && path.length > 0) yield { ...t, v1, v2, path };
  }
  for (const { id } of t.v2.steps) {
    const v2 = without(t.v2, id);
    if (v2 !== undefined) yield { ...t, v2 };
  }
  for (const { id } of t.v1.steps) {
    const v1 = without(t.v1, id);
    const path = t.path.filter((step) => step !== id);
    if (v1 !== undefined && path[0] === v1.entry) yield { ...t, v1, path };
  }
  for (const way of t.v2.transitions) {
    const same = (other: object) => JSON.stringify(other) === JSON.stringify(way);
    if (t.v1.transitions.some(same)) {
      const drop = (s: Scenario): Scenario => ({ ...s, transitions: s.transitions.filter((other) => !same(other)) });
      yield { ...t, v1: drop(t.v1), v2: drop(t.v2) };
    }
    yield { ...t, v2: { ...t.v2, transitions: t.v2.transitions.filter((other) => other !== way) } };
  }
  for (const way of t.v1.transitions)
    yield { ...t, v1: { ...t.v1, transitions: t.v1.transitions.filter((other) => other !== way) } };
  for (let i = 1; i < t.path.length; i += 1) yield { ...t, path: t.path.filter((_, at) => at !== i) };
  for (const name of Object.keys(t.variables)) {
    const { [name]: _, ...variables } = t.variables;
    yield { ...t, variables };
  }
  const { keep: _keep, effects: _effects, mapping: _mapping, allowRepeat: _repeat, forceKind: _force, ...bare } = t;
  if (Object.keys(bare).length < Object.keys(t).length) yield bare;
  if (t.keep !== undefined) yield { ...bare, ...pick(t, ["effects", "mapping", "allowRepeat", "forceKind"]) };
  if (t.effects !== undefined) yield { ...bare, ...pick(t, ["keep", "mapping", "allowRepeat", "forceKind"]) };
  if (t.allowRepeat !== undefined) yield { ...bare, ...pick(t, ["keep", "mapping", "effects", "forceKind"]) };
  for (const name of Object.keys(t.effects ?? {}))
    yield { ...t, effects: Object.fromEntries(Object.entries(t.effects ?? {}).filter(([key]) => key !== name)) };
  if (t.completed.length > 0) yield { ...t, completed: [] };
  for (const part of ["collects", "checkpoint", "requiredAction", "skipWhen", "checkpointDescription"] as const) {
    for (const { id } of t.v2.steps) {
      const drop = (s: Scenario): Scenario => ({
        ...s,
        steps: s.steps.map(({ ...step }) => {
          if (step.id === id) delete step[part];
          return step;
        }),
      });
      const differs = (s: Scenario) => s.steps.some((step) => step.id === id && step[part] !== undefined);
      if (differs(t.v1) && differs(t.v2)) yield { ...t, v1: drop(t.v1), v2: drop(t.v2) };
      if (differs(t.v2)) yield { ...t, v2: drop(t.v2) };
    }
  }
}

function pick(t: Triple, keys: readonly (keyof Triple)[]): Partial<Triple> {
  return Object.fromEntries(keys.filter((key) => t[key] !== undefined).map((key) => [key, t[key]]));
}

function without(s: Scenario, id: string): Scenario | undefined {
  if (s.entry === id || !s.steps.some((step) => step.id === id)) return undefined;
  return {
    ...s,
    steps: s.steps.filter((step) => step.id !== id),
    transitions: s.transitions.filter((way) => way.from !== id && way.to !== id),
  };
}

/** A triple on a few lines. */
export function show(t: Triple): string {
  const step = (s: Scenario["steps"][number]) =>
    `${s.id}${s.checkpoint ? "*" : ""}${s.requiredAction ? "!" : ""}${s.collects?.length ? `(${s.collects.join()})` : ""}${s.skipWhen ? "?" : ""}=${s.name ?? ""}`;
  const flow = (s: Scenario) =>
    `entry ${s.entry}: ${s.steps.map(step).join(" | ")}\n     ${s.transitions.map((w) => `${w.from}>${w.to}${w.condition ? `[${w.condition}]` : ""}${w.else ? "[else]" : ""}`).join(" ; ")}`;
  const { v1, v2, path, ...rest } = t;
  return `v1 ${flow(v1)}\nv2 ${flow(v2)}\npath ${path.join(" ")}  ${JSON.stringify(rest)}`;
}
