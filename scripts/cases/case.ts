import { readFileSync } from "node:fs";

/** Anything JSON can carry, looked at key by key. */
export type Loose = Readonly<Record<string, unknown>>;

/** One situation with its right outcome. */
export interface Case {
  readonly id: string;
  readonly title: string;
  readonly kind: string;
  readonly given: Loose;
  /** What happens, in words and in order. */
  readonly when: string;
  readonly expect: Loose;
  readonly why: string;
  readonly basis?: string;
  /** Whether another outcome is a defect. */
  readonly strict: boolean;
}

/** What really happened, under the key names that `expect` uses. */
export type Actual = Record<string, unknown>;

/** Reads a file of cases: `{ format, cases: [...] }` or a bare list. */
export function readCases(path: string): Case[] {
  const content: unknown = JSON.parse(readFileSync(path, "utf8"));
  const list = isLoose(content) ? content.cases : content;
  if (!Array.isArray(list)) throw new TypeError(`${path} holds no list of cases`);
  return list.map((entry: unknown) => {
    if (!isLoose(entry) || typeof entry.id !== "string") throw new TypeError(`${path} holds a case without an id`);
    return {
      id: entry.id,
      title: text(entry.title) ?? "",
      kind: text(entry.kind) ?? "",
      given: isLoose(entry.given) ? entry.given : {},
      when: text(entry.when) ?? "",
      expect: isLoose(entry.expect) ? entry.expect : {},
      why: text(entry.why) ?? "",
      ...(typeof entry.basis === "string" ? { basis: entry.basis } : {}),
      strict: entry.strict === true,
    };
  });
}

/** Whether a value is an object with string keys. */
export function isLoose(value: unknown): value is Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return list(value).filter((item) => typeof item === "string");
}

export function record(value: unknown): Loose {
  return isLoose(value) ? value : {};
}
