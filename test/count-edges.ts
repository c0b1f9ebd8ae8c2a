import type { CompiledScenario } from "../src/scenario/compile.js";

/** A compiled scenario that counts how many edges are looked at through it. */
export interface Counted {
  readonly scenario: CompiledScenario;
  edges(): number;
}

/** Wraps the neighbour lists of a scenario: each time the list of a step is fetched, its length counts. */
export function countEdges(c: CompiledScenario): Counted {
  let seen = 0;
  const counted = <T>(lists: readonly (readonly T[])[]): readonly (readonly T[])[] =>
    new Proxy(lists, {
      get(target, key, receiver) {
        const value: unknown = Reflect.get(target, key, receiver);
        if (typeof key === "string" && /^\d+$/.test(key) && Array.isArray(value)) seen += value.length;
        return value;
      },
    });
  const scenario = { ...c, outs: counted([...c.outs]), ins: counted([...c.ins]), ways: counted([...c.ways]) };
  return { scenario, edges: () => seen };
}
