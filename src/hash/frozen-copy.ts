import { RegraftError } from "../errors.js";

const maxDepth = 1000;

/** Objects known to be deeply frozen JSON values. */
const vetted = new WeakSet<object>();

/** Object literals of any realm, and objects without a prototype. */
function isPlain(value: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

type Json = Record<string, unknown>;

class Copier {
  /** Keys and positions that lead to the part in hand. */
  readonly #trail: (string | number)[] = [];
  /** The objects above the part in hand. */
  readonly #above = new Set<object>();

  copy(value: unknown): unknown {
    if (value === null || typeof value === "string" || typeof value === "boolean") return value;
    if (typeof value === "number") {
      if (Number.isFinite(value)) return value;
      throw this.#invalid(String(value));
    }
    if (typeof value !== "object") throw this.#invalid(typeof value);
    if (vetted.has(value)) return value;
    if (this.#above.has(value)) throw this.#invalid("a cycle");
    if (this.#above.size >= maxDepth) throw this.#invalid(`more than ${maxDepth} levels`);
    this.#above.add(value);
    const copy = Array.isArray(value) ? this.#array(value) : this.#object(value);
    this.#above.delete(value);
    vetted.add(Object.freeze(copy));
    return copy;
  }

  #part(key: string | number, value: unknown): unknown {
    this.#trail.push(key);
    const copy = this.copy(value);
    this.#trail.pop();
    return copy;
  }

  #array(value: readonly unknown[]): readonly unknown[] {
    const copy = Array.from(value, (item, at) => this.#part(at, item));
    return Object.isFrozen(value) && copy.every((item, at) => item === value[at]) ? value : copy;
  }

  #object(value: object): object {
    if (!isPlain(value)) throw this.#invalid("an object that is no plain data");
    const json = value as Json;
    const keys = Object.keys(json);
    if (keys.some((key) => json[key] === undefined)) {
      return this.#object(Object.fromEntries(Object.entries(json).filter(([, part]) => part !== undefined)));
    }
    let copy: Json | undefined = Object.isFrozen(json) ? undefined : { ...json };
    for (const key of keys) {
      const part = this.#part(key, json[key]);
      if (part === json[key]) continue;
      copy ??= { ...json };
      copy[key] = part;
    }
    return copy ?? json;
  }

  #invalid(received: string): RegraftError {
    const path = this.#trail.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
    const where = path === "" ? "the value" : `the value at ${path}`;
    return new RegraftError("INPUT.INVALID", `${where} is not JSON: ${received}`, {
      path,
      expected: "a JSON value",
      received,
    });
  }
}

/**
 * A deeply frozen copy of a JSON value that shares every part that is deeply frozen already.
 *
 * A member that is `undefined` is left out, as it is by a store that writes JSON. The given value is not frozen.
 *
 * @throws RegraftError `INPUT.INVALID` with the path of what is not JSON
 *
 * @example
 * const given = { list: [1], absent: undefined };
 * const copy = frozenCopy(given); // { list: [1] }
 * frozenCopy(copy) === copy; // true
 */
export function frozenCopy<T>(value: T): T {
  return new Copier().copy(value) as T;
}
