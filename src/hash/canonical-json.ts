import { RegraftError } from "../errors.js";

const maxDepth = 1000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what JSON has to escape
const needsEscape = /["\\\u0000-\u001f\ud800-\udfff]/;
/** Printable ASCII without quotes and backslashes. Matched as a whole, which is faster than a search for what is not. */
const plain = /^[ !#-[\]-~]*$/;
const unpairedSurrogate = /\p{Surrogate}/u;
const ascii = /^[\0-\x7f]*$/;

/** How {@link canonicalJson} treats strings. */
export interface CanonicalOptions {
  /** Brings every string, keys included, into Unicode normal form C first. */
  readonly nfc?: boolean;
}

/**
 * The one JSON text of a value by RFC 8785 (JSON Canonicalization Scheme).
 *
 * Only plain JSON is taken: `undefined`, functions, bigints, numbers that are not finite, unpaired surrogates, class instances and
 * cycles are refused, never dropped or guessed at. Two values have the same text exactly when they are equal as JSON.
 *
 * @param value - a JSON value, at most 1,000 levels deep
 * @param options - `nfc`: normalise strings first, as the content hash does
 * @throws RegraftError `INPUT.INVALID` with the JSON pointer of what is not JSON
 *
 * @remarks O(n log k) for objects of k keys. Own encoder, checked against the package `canonicalize`: it is several times faster,
 * and every hash of the product goes through it.
 *
 * @example
 * canonicalJson({ b: 1, a: [true, "x"] }); // '{"a":[true,"x"],"b":1}'
 *
 * @since 0.1.0
 * @public
 */
export function canonicalJson(value: unknown, options: CanonicalOptions = {}): string {
  return new Encoder(options.nfc === true).encode(value);
}

/** A string as JSON, escaped by the rules of RFC 8785; undefined if it has an unpaired surrogate. */
function quoted(text: string): string | undefined {
  if (!needsEscape.test(text)) return `"${text}"`;
  return unpairedSurrogate.test(text) ? undefined : JSON.stringify(text);
}

/**
 * A string as JSON, as RFC 8785 writes it.
 *
 * @throws RegraftError `INPUT.INVALID` if it has an unpaired surrogate
 */
export function quote(text: string): string {
  return quoted(text) ?? new Encoder(false).encode(text);
}

/** A string in normal form C, as RFC 8785 writes it, without its quotes. The common case, printable ASCII, costs one test. */
export function escapeNormal(text: string): string {
  return text === "" || plain.test(text) ? text : quote(normalise(text)).slice(1, -1);
}

/** A string in normal form C, as RFC 8785 writes it. */
export function quoteNormal(text: string): string {
  return `"${escapeNormal(text)}"`;
}

/** Whether a text is printable ASCII without quotes and backslashes, so that it is written as it is. */
export function isPlain(text: string): boolean {
  return plain.test(text);
}

/** A string in Unicode normal form C. */
export function normalise(text: string): string {
  return ascii.test(text) ? text : text.normalize("NFC");
}

class Encoder {
  /** Keys and positions that lead to the part in hand. */
  readonly #trail: (string | number)[] = [];
  readonly #nfc: boolean;

  constructor(nfc: boolean) {
    this.#nfc = nfc;
  }

  encode(value: unknown): string {
    switch (typeof value) {
      case "string":
        return quoted(this.#nfc ? normalise(value) : value) ?? this.#refuse("an unpaired surrogate");
      case "number":
        return Number.isFinite(value) ? String(value) : this.#refuse(String(value));
      case "boolean":
        return value ? "true" : "false";
      case "object":
        if (value === null) return "null";
        if (this.#trail.length >= maxDepth) return this.#refuse(`a cycle or more than ${maxDepth} levels`);
        return Array.isArray(value) ? this.#array(value) : this.#object(value);
      default:
        return this.#refuse(value === undefined ? "undefined" : `a ${typeof value}`);
    }
  }

  // Joined lists of small texts: a text grown piece by piece is a tree that has to be flattened in the end, which takes twice the time.
  #array(value: readonly unknown[]): string {
    return `[${Array.from(value, (part, at) => this.#member(at, part)).join(",")}]`;
  }

  #object(value: object): string {
    const prototype: object | null = Object.getPrototypeOf(value);
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return this.#refuse("a class instance");
    const parts = this.#nfc ? this.#normalisedKeys(value) : (value as Record<string, unknown>);
    const members = Object.keys(parts)
      .sort()
      .map((key) => {
        const member = this.#member(key, parts[key]);
        return `${quoted(key) ?? this.#refuse("a key with an unpaired surrogate")}:${member}`;
      });
    return `{${members.join(",")}}`;
  }

  #member(key: string | number, part: unknown): string {
    this.#trail.push(key);
    const text = this.encode(part);
    this.#trail.pop();
    return text;
  }

  #normalisedKeys(value: object): Record<string, unknown> {
    const entries = Object.entries(value).map(([key, part]): [string, unknown] => [normalise(key), part]);
    const parts: Record<string, unknown> = Object.fromEntries(entries);
    if (Object.keys(parts).length < entries.length) this.#refuse("two keys that are one key in normal form C");
    return parts;
  }

  #refuse(received: string): never {
    const path = this.#trail.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
    const where = path === "" ? "the value" : path.length > 200 ? `${path.slice(0, 200)}...` : path;
    throw new RegraftError("INPUT.INVALID", `${where} is not JSON: ${received}`, {
      path,
      expected: "a JSON value",
      received,
    });
  }
}
