import type { Random } from "../../src/testing/random.js";

function nested(depth: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = "x";
  for (let at = 0; at < depth; at += 1) value = wrap(value);
  return value;
}

function cycle(): unknown {
  const self: Record<string, unknown> = {};
  self.self = self;
  return self;
}

const polluting = [
  '{"__proto__":{"polluted":"yes"}}',
  '{"constructor":{"prototype":{"polluted":"yes"}}}',
  '{"a":{"__proto__":{"polluted":"yes"}}}',
];

/** Regular expressions that take for ever on a machine that goes back. */
const bombs = ["^(a+)+$", "^(a|a)*$", "(.*)*x", "^(([a-z])+.)+[A-Z]([a-z])+$", `(${"a?".repeat(40)})${"a".repeat(40)}`];

/** Texts that look like others, like nothing, or like something they are not. */
const texts = [
  "",
  "\0",
  "\ud800",
  "\udfff\ud800",
  "\u202eevil",
  "\u200b",
  "e\u0301",
  "ﬃ",
  "İ",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "../../etc/passwd",
  "C:\\x",
  "a\nb",
  "<script>",
  "'; drop table sessions; --",
  "$\u007bjndi:ldap://x}",
  "a".repeat(200_000),
  "(".repeat(50_000),
  `${"a".repeat(30_000)}!`,
  "1".repeat(5_000),
  "9e999",
  "data.x.".repeat(2_000),
  "a && ".repeat(2_000),
  "[".repeat(20_000),
  'matches(email, "(a+)+$")',
  "has(has(has(x)))",
  "2026-02-30T25:61:61Z",
];

const numbers = [Number.NaN, Number.POSITIVE_INFINITY, -0, 1e308, -1, 0.1, 2 ** 53, 2 ** 31];

/** Values that nobody sends by mistake; made anew at each call. */
export function hostileValues(): unknown[] {
  return [
    ...polluting.map((text) => JSON.parse(text) as unknown),
    ...bombs,
    ...texts,
    ...numbers,
    null,
    undefined,
    true,
    [],
    {},
    [null],
    nested(20_000, (inner) => [inner]),
    nested(20_000, (inner) => ({ a: inner })),
    Array.from({ length: 100_000 }, () => 0),
    new Array(1_000),
    Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`k${at}`, at])),
    Object.create(null),
    cycle(),
    new Date(Number.NaN),
    new Map([["a", 1]]),
    new Set([1]),
    new Error("boom"),
    Buffer.from("bytes"),
    Symbol("s"),
    10n,
    () => undefined,
    new (class Odd {
      x = 1;
    })(),
  ];
}

/** JSON texts that are none, or that read differently by different readers. */
export const hostileTexts: readonly string[] = [
  "",
  " ",
  "\0",
  "\ufeff{}",
  '{"id":"a","id":"b"}',
  '{"__proto__":{"polluted":"yes"},"__proto__":1}',
  '{"a":1,}',
  "{'a':1}",
  "NaN",
  "[1e999]",
  '"\\ud800"',
  "{",
  "[".repeat(100_000),
  `${"[".repeat(50_000)}${"]".repeat(50_000)}`,
  `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`,
  `{"a":"${"x".repeat(500_000)}`,
  `"${"\\".repeat(99_999)}`,
  "[0".concat(",0".repeat(200_000), "]"),
  "null",
  "{}\n{}\n",
  '{"id": 1}\n'.repeat(1_000),
  "<xml/>",
  "\u2028\u2029",
];

/** A place in a JSON value, as the holder and the name of a member. */
function places(value: unknown, found: [object, string][] = []): [object, string][] {
  if (typeof value !== "object" || value === null) return found;
  for (const [name, member] of Object.entries(value)) {
    found.push([value, name]);
    places(member, found);
  }
  return found;
}

/** A document in which one to three places hold something else, one is missing, or one is named anew. */
export function mutated(document: unknown, random: Random): unknown {
  const copy: unknown = structuredClone(document);
  const known = places(copy);
  const values = hostileValues();
  for (let left = 1 + random.integer(3); left > 0; left -= 1) {
    const place = random.pick(known);
    if (place === undefined) return random.pick(values);
    const [holder, name] = place;
    const value = random.pick(values);
    const what = random.integer(10);
    const next = what === 0 ? (random.pick(["__proto__", "constructor", "x", ""]) ?? "") : name;
    if (what === 1) Reflect.deleteProperty(holder, name);
    else Object.defineProperty(holder, next, { value, enumerable: true, configurable: true, writable: true });
  }
  return copy;
}
