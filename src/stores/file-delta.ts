import { sameJson } from "./same-json.js";

/**
 * How to make one JSON value out of another one: `same`; a whole `value`; an object by its `set` and `gone` members;
 * an array by the number of items `kept` from its start and those `added` behind them.
 */
export type Delta =
  | { readonly same: true }
  | { readonly value: unknown }
  | { readonly set: Readonly<Record<string, Delta>>; readonly gone: readonly string[] }
  | { readonly kept: number; readonly added: readonly unknown[] };

const same: Delta = { same: true };

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What makes `to` out of `from`; short where the two have much in common. Linear in both. */
export function deltaOf(from: unknown, to: unknown): Delta {
  if (sameJson(from, to)) return same;
  if (Array.isArray(from) && Array.isArray(to)) {
    const differs = to.findIndex((item, at) => at >= from.length || !sameJson(from[at], item));
    const kept = differs < 0 ? to.length : differs;
    return { kept, added: to.slice(kept) };
  }
  if (!isObject(from) || !isObject(to)) return { value: to };
  const set: [string, Delta][] = [];
  for (const [key, value] of Object.entries(to)) {
    if (!Object.hasOwn(from, key)) set.push([key, { value }]);
    else if (!sameJson(from[key], value)) set.push([key, deltaOf(from[key], value)]);
  }
  return { set: Object.fromEntries(set), gone: Object.keys(from).filter((key) => !Object.hasOwn(to, key)) };
}

/** Makes the value that the delta stands for. */
export function applyDelta(from: unknown, delta: Delta): unknown {
  if ("same" in delta) return from;
  if ("value" in delta) return delta.value;
  if ("kept" in delta) return [...(Array.isArray(from) ? from.slice(0, delta.kept) : []), ...delta.added];
  const members = new Map(Object.entries(isObject(from) ? from : {}));
  for (const key of delta.gone) members.delete(key);
  for (const [key, part] of Object.entries(delta.set)) members.set(key, applyDelta(members.get(key), part));
  return Object.fromEntries(members);
}
