import type { CompiledScenario } from "../scenario/compile.js";

const texts = /"(?:[^"\\]|\\.)*"/g;

/**
 * The values that make a difference: literals that the conditions of a scenario compare each field with, and the numbers next
 * to a number.
 *
 * A condition over several fields gives its literals to each of them, so some do not fit the field's definition.
 *
 * @returns by field name, in order of first use
 *
 * @since 0.1.0
 */
export function literalsOf(c: CompiledScenario): ReadonlyMap<string, readonly unknown[]> {
  const found = new Map<string, Set<unknown>>();
  const conditions = c.ways.flat().flatMap(({ condition }) => (condition === undefined ? [] : [condition]));
  for (const skip of c.skips) if (skip !== undefined) conditions.push(skip);
  for (const { text, fields } of conditions) {
    const rest = text.replace(/\[\s*"(?:[^"\\]|\\.)*"\s*\]/g, "");
    const literals: unknown[] = (rest.match(texts) ?? []).map((word) => JSON.parse(word) as unknown);
    for (const word of rest.replace(texts, "").match(/-?\b\d+(?:\.\d+)?\b/g) ?? []) {
      literals.push(Number(word), Number(word) - 1, Number(word) + 1);
    }
    for (const field of fields) {
      const known = found.get(field) ?? new Set();
      for (const literal of literals) known.add(literal);
      found.set(field, known);
    }
  }
  return new Map([...found].map(([field, values]) => [field, [...values]]));
}
