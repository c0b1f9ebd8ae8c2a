import { nameKind } from "./redact-names.js";
import { mask, redactText } from "./redact-text.js";

/** How a value is walked. */
export interface Walk {
  /** What a name says besides the built-in rules: true for one more secret, false for one less. */
  readonly judge?: (name: string) => boolean | undefined;
  /** Members whose own members go by names of the flow, such as fields and steps: the names say nothing about secrets. */
  readonly named?: ReadonlySet<string>;
  /** Values of fields that are sensitive: what stands in their place. */
  readonly stands?: (name: string, value: unknown) => unknown;
  /** Turns what is no JSON into JSON: errors, maps, dates, bytes. Otherwise it is left as it is. */
  readonly serialises?: boolean;
}

/** A value, and how many secrets were taken out of it. The value itself if there were none. */
export interface Redacted<T = unknown> {
  readonly value: T;
  readonly count: number;
}

const maxDepth = 1000;
const maxSerialisedDepth = 32;
const maxParts = 100_000;

/** Walks one value; for one use. What is serialised is cut off at depth 32 and after 100,000 objects. */
export class Redactor {
  count = 0;
  #parts = 0;
  readonly #walk: Walk;
  readonly #above = new Set<object>();

  constructor(walk: Walk = {}) {
    this.#walk = walk;
  }

  redact(value: unknown, namesSpeak = true): unknown {
    if (typeof value === "string") return this.#text(value);
    if (typeof value !== "object" || value === null) {
      if (this.#walk.serialises !== true) return value;
      if (typeof value === "bigint") return String(value);
      return typeof value === "function" || typeof value === "symbol" ? `a ${typeof value}` : value;
    }
    this.#parts += 1;
    if (this.#parts > maxParts && this.#walk.serialises === true) return "[too large]";
    if (this.#above.has(value)) return this.#walk.serialises === true ? "[circular]" : value;
    if (this.#above.size >= (this.#walk.serialises === true ? maxSerialisedDepth : maxDepth)) return "[too deep]";
    this.#above.add(value);
    const redacted = this.#object(value, namesSpeak);
    this.#above.delete(value);
    return redacted;
  }

  #text(text: string): string {
    const redacted = redactText(text);
    this.count += redacted.count;
    return redacted.text;
  }

  #object(value: object, namesSpeak: boolean): unknown {
    if (Array.isArray(value)) {
      const parts = Array.from(value as unknown[], (part) => this.redact(part));
      return parts.every((part, at) => part === value[at]) ? value : parts;
    }
    const prototype: object | null = Object.getPrototypeOf(value);
    const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
    if (isPlain) return this.#members(value, namesSpeak);
    return this.#walk.serialises === true ? this.#foreign(value) : value;
  }

  #members(value: object, namesSpeak: boolean): unknown {
    let changed = false;
    const members = Object.keys(value).map((name): [string, unknown] => {
      const { member, readable } = read(value, name);
      const redacted = this.#member(name, member, namesSpeak);
      changed ||= redacted !== member || !readable;
      const plainName = namesSpeak ? name : this.#text(name);
      changed ||= plainName !== name;
      return [plainName, redacted];
    });
    return changed ? Object.fromEntries(members) : value;
  }

  #member(name: string, member: unknown, namesSpeak: boolean): unknown {
    if (!namesSpeak) return this.redact(member);
    const stands = this.#walk.stands?.(name, member);
    if (stands !== undefined) {
      if (stands !== member) this.count += 1;
      return stands;
    }
    if (this.#isSecret(name, member)) {
      if (member === mask) return member;
      this.count += 1;
      return mask;
    }
    return this.redact(member, this.#walk.named?.has(name) !== true);
  }

  #isSecret(name: string, member: unknown): boolean {
    if (member === undefined || member === null || typeof member === "boolean" || member === "") return false;
    const judged = this.#walk.judge?.(name);
    if (judged !== undefined) return judged;
    const kind = nameKind(name);
    return kind === "secret" || (kind === "unless_number" && typeof member !== "number");
  }

  #foreign(value: object): unknown {
    if (value instanceof Error) return this.#error(value);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? "no date" : value.toISOString();
    if (value instanceof Map) return this.#map(value);
    if (value instanceof Set) return [...value].map((part) => this.redact(part));
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
    if (value instanceof URL || value instanceof RegExp) return this.#text(String(value));
    return this.#members(value, true);
  }

  #map(value: ReadonlyMap<unknown, unknown>): unknown {
    const isNamed = [...value.keys()].every((key) => typeof key === "string");
    if (isNamed) return this.#members(Object.fromEntries(value), true);
    return [...value].map((pair) => pair.map((part) => this.redact(part)));
  }

  #error(error: Error): unknown {
    const { name, message, stack, cause } = error;
    const told = {
      name,
      message,
      ...(stack === undefined ? {} : { stack }),
      ...(cause === undefined ? {} : { cause }),
    };
    return this.#members({ ...(this.#members(error, true) as object), ...told }, true);
  }
}

/** A member that may be a getter of somebody else. */
function read(value: object, name: string): { readonly member: unknown; readonly readable: boolean } {
  try {
    return { member: (value as Record<string, unknown>)[name], readable: true };
  } catch {
    return { member: "[unreadable]", readable: false };
  }
}
