import type { ScenarioProblem } from "./problem.js";

const maxDepth = 1000;
const surrogate = /[\ud800-\udfff]/;
const unpaired = /\p{Surrogate}/u;

/** A deeply frozen copy of a JSON value, or the first place where the value is not JSON that can be hashed. */
export type JsonCopy = { readonly value: unknown } | { readonly problem: ScenarioProblem };

/**
 * Copies a JSON value and freezes the copy. Members that are `undefined` are left out, as JSON leaves them out.
 *
 * Text that no UTF-8 can hold is refused: it has no hash. Nothing is remembered of the parts, so that a million of them cost no
 * more than their copy.
 */
export function copyJson(value: unknown): JsonCopy {
  const copier = new Copier();
  const copy = copier.copy(value);
  return copier.problem === undefined ? { value: copy } : { problem: copier.problem };
}

class Copier {
  problem: ScenarioProblem | undefined;
  /** Keys and positions that lead to the part in hand. */
  readonly #trail: (string | number)[] = [];

  copy(value: unknown): unknown {
    switch (typeof value) {
      case "string":
        if (surrogate.test(value) && unpaired.test(value)) this.#refuse("an unpaired surrogate");
        return value;
      case "number":
        if (!Number.isFinite(value)) this.#refuse(String(value));
        return value;
      case "boolean":
        return value;
      case "object":
        if (value === null) return null;
        if (this.problem !== undefined) return null;
        if (this.#trail.length >= maxDepth) return this.#refuse(`a cycle or more than ${maxDepth} levels`);
        return Object.freeze(Array.isArray(value) ? this.#array(value) : this.#object(value));
      default:
        return this.#refuse(value === undefined ? "nothing" : `a ${typeof value}`);
    }
  }

  #array(value: readonly unknown[]): unknown[] {
    const copy: unknown[] = [];
    for (let at = 0; at < value.length && this.problem === undefined; at += 1) copy.push(this.#member(at, value[at]));
    return copy;
  }

  #object(value: object): object {
    const copy: Record<string, unknown> = {};
    const prototype: object | null = Object.getPrototypeOf(value);
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
      this.#refuse("an object that is no plain data");
      return copy;
    }
    for (const key of Object.keys(value)) {
      const part = (value as Record<string, unknown>)[key];
      if (part === undefined) continue;
      const member = this.#member(key, part);
      // An assignment to this name would set the prototype.
      if (key === "__proto__") Object.defineProperty(copy, key, { value: member, enumerable: true });
      else copy[key] = member;
    }
    return copy;
  }

  #member(key: string | number, part: unknown): unknown {
    this.#trail.push(key);
    if (typeof key === "string" && surrogate.test(key) && unpaired.test(key))
      this.#refuse("a name with an unpaired surrogate");
    const copy = this.copy(part);
    this.#trail.pop();
    return copy;
  }

  #refuse(received: string): null {
    this.problem ??= {
      code: "SCENARIO.INVALID",
      path: this.#trail.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""),
      message: "the scenario is not JSON",
      expected: "a JSON value",
      received,
    };
    return null;
  }
}
