import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SortedMap } from "../../src/stores/sorted-map.js";

const byKey = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function valuesAfter<V>(map: SortedMap<V>, key: string | undefined): V[] {
  const values: V[] = [];
  map.visitAfter(key, (value) => values.push(value) > 0);
  return values;
}

describe("a sorted map", () => {
  it("agrees with a plain map whose keys are sorted at each walk", () => {
    const key = fc.oneof(fc.string({ maxLength: 2 }), fc.nat(3000).map(String));
    const change = fc.record({ key, remove: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 400, size: "max" }),
        fc.option(key, { nil: undefined }),
        (changes, start) => {
          const map = new SortedMap<number>();
          const model = new Map<string, number>();
          changes.forEach(({ key: at, remove }, n) => {
            if (remove) {
              map.delete(at);
              model.delete(at);
            } else {
              map.set(at, n);
              model.set(at, n);
            }
          });
          const keys = [...model.keys()].sort(byKey).filter((at) => start === undefined || at > start);
          expect(valuesAfter(map, start)).toEqual(keys.map((at) => model.get(at)));
          expect(map.size).toBe(model.size);
          for (const { key: at } of changes) expect(map.get(at)).toBe(model.get(at));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("stops when the visitor has seen enough", () => {
    const map = new SortedMap<number>();
    for (const n of [3, 1, 2]) map.set(String(n), n);
    const seen: number[] = [];
    map.visitAfter(undefined, (value) => seen.push(value) < 2);
    expect(seen).toEqual([1, 2]);
  });

  it("keeps its order over many chunks, however keys come in", () => {
    const keys = Array.from({ length: 5000 }, (_, n) => String((n * 7919) % 5000).padStart(4, "0"));
    for (const order of [keys, [...keys].sort(), [...keys].sort().reverse()]) {
      const map = new SortedMap<string>();
      for (const key of order) map.set(key, key);
      expect(valuesAfter(map, "4989")).toEqual([...keys].sort().slice(4990));
      expect(valuesAfter(map, undefined)).toEqual([...keys].sort());
    }
  });
});
