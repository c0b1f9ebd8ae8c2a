import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isRegraftError, type RegraftError } from "../../src/errors.js";
import { compileCondition } from "../../src/scenario/condition.js";
import { parseExpression } from "../../src/scenario/convert.js";
import { evaluateExpression, evaluationBudget } from "../../src/scenario/evaluate.js";
import { Unknown } from "../../src/scenario/unknown.js";

function refusal(text: string): RegraftError {
  try {
    compileCondition(text);
  } catch (error) {
    if (isRegraftError(error)) return error;
    throw error;
  }
  throw new Error(`accepted: ${text.slice(0, 80)}`);
}

const nested = (open: string, inside: string, close: string, depth: number) =>
  open.repeat(depth) + inside + close.repeat(depth);

describe("a condition is refused", () => {
  it.each([
    ["is empty", "", "CONDITION.INVALID"],
    ["ends too early", "age >", "CONDITION.INVALID"],
    ["has something after its end", "age > 1 2", "CONDITION.INVALID"],
    ["assigns", "age = 1", "CONDITION.INVALID"],
    ["uses a reserved word as a name", "if == 1", "CONDITION.INVALID"],
    ["has a name outside ASCII without an index", "größe > 1", "CONDITION.INVALID"],
    ["has a text that does not end", 'name == "a', "CONDITION.INVALID"],
    ["asks has() of a computation", "has(1 + 2)", "CONDITION.INVALID"],
    ["asks has() of two things", "has(a, b)", "CONDITION.INVALID"],
    ["uses a regular expression", 'name.matches("^(a+)+$")', "CONDITION.UNSUPPORTED"],
    ["uses a regular expression inside a macro", 'names.exists(n, n.matches("a"))', "CONDITION.UNSUPPORTED"],
    ["uses a regular expression as a function", 'matches(name, "a")', "CONDITION.UNSUPPORTED"],
    ["calls an unknown function", "now() > at", "CONDITION.UNSUPPORTED"],
    ["calls an unknown method", "name.reverse() == name", "CONDITION.UNSUPPORTED"],
    ["calls a known function with other arguments", "name.contains() == true", "CONDITION.UNSUPPORTED"],
    ["reflects on types", "type(age) == int", "CONDITION.UNSUPPORTED"],
    ["has bytes", 'b"abc" == name', "CONDITION.UNSUPPORTED"],
    ["reads the zone of the machine", 'timestamp(at).getHours("Europe/Rome") == 1', "CONDITION.UNSUPPORTED"],
    ["has a whole number that doubles do not hold", "id == 9007199254740993", "CONDITION.UNSUPPORTED"],
    ["binds a variable named data", "items.all(data, data > 1)", "CONDITION.UNSUPPORTED"],
    ["computes the name of a field", "data[key] == 1", "CONDITION.DYNAMIC_FIELD"],
    ["joins the name of a field", 'data["a" + "b"] == 1', "CONDITION.DYNAMIC_FIELD"],
    ["reads the data as a whole", '"a" in data', "CONDITION.DYNAMIC_FIELD"],
    ["goes over the data as a whole", "data.exists(k, k == 'a')", "CONDITION.DYNAMIC_FIELD"],
    ["is no question", "1 + 1", "CONDITION.TYPE_MISMATCH"],
    ["compares unlike literals", '1 < "a"', "CONDITION.TYPE_MISMATCH"],
    ["negates a number", "!5", "CONDITION.TYPE_MISMATCH"],
    ["looks for something in a text", '"a" in "abc"', "CONDITION.TYPE_MISMATCH"],
  ])("that %s: %s", (_title, text, code) => {
    const error = refusal(text);
    expect(error.code).toBe(code);
    expect(error.details.received).toBeTypeOf("string");
  });

  it.each([
    ["long", `name == "${"a".repeat(4096)}"`],
    ["deep in parentheses", `${nested("(", "a", ")", 100)}`],
    ["deep in negations", `${"!".repeat(2000)}a`],
    ["deep in signs", `${"-".repeat(2000)}1 > 0`],
    ["deep in lists", `${nested("[", "1", "]", 100)} == a`],
    ["deep in indexes", `a${"[0]".repeat(100)} == 1`],
    ["deep in members", `a${".b".repeat(100)} == 1`],
    ["deep in choices", `${"a ? b : ".repeat(100)}c`],
    ["deep in sums", `${"1 + ".repeat(100)}1 > a`],
    [
      "wide in operands",
      Array.from({ length: 300 }, (_, at) => `x${at}`)
        .join(" || ")
        .repeat(1)
        .concat(" || y == 1".repeat(100)),
    ],
    ["long in lists", `a in [${Array.from({ length: 1001 }, () => "1").join(",")}]`],
    ["deep in macros", "a.all(x, b.all(y, c.all(z, z > x + y)))"],
    ["long in calls", `dyn(${Array.from({ length: 20 }, () => "1").join(",")})`],
  ])("that is too %s", (_title, text) => {
    expect(refusal(text).code).toBe("CONDITION.TOO_COMPLEX");
  });

  it("with the position of the fault", () => {
    expect(refusal("age > 1 && data[k]").details).toMatchObject({ position: 16, condition: "age > 1 && data[k]" });
  });
});

describe("a condition is accepted", () => {
  it.each([
    [
      "with 160 alternatives",
      Array.from({ length: 240 }, (_, at) => `x == ${at}`)
        .slice(0, 120)
        .join(" || "),
    ],
    ["with a list of 1,000 literals", `a in [${Array.from({ length: 1000 }, (_, at) => at % 10).join(",")}]`],
    ["with a macro inside a macro", "a.all(x, b.exists(y, y > x))"],
    ["20 levels deep", nested("(", "a", ")", 20)],
  ])("%s", (_title, text) => {
    expect(compileCondition(text).text).toBe(text);
  });
});

describe("any text", () => {
  const token = fc.constantFrom(
    ...'a b data has size all exists map filter matches true false null in ? : && || ! - + * / % == != < >= ( ) [ ] { } . , "x" \'y\' 1 2.5 0x 3u 1e9 b"z" r\'\\\' """ // \\ $ é'.split(
      " ",
    ),
  );
  const anyText = fc.oneof(
    fc.array(token, { maxLength: 30 }).map((tokens) => tokens.join(" ")),
    fc.array(token, { maxLength: 15 }).map((tokens) => tokens.join("")),
    fc.string({ unit: "binary" }),
  );
  const anyData = fc.dictionary(fc.constantFrom("a", "b", "size"), fc.anything());

  it("compiles or is refused with a code, and its evaluation never throws, whatever the data", () => {
    fc.assert(
      fc.property(anyText, anyData, (text, data) => {
        let condition: ReturnType<typeof compileCondition>;
        try {
          condition = compileCondition(text);
        } catch (error) {
          expect(isRegraftError(error)).toBe(true);
          return;
        }
        expect([true, false, "unknown"]).toContain(condition.evaluate(data));
        expect(condition.missing(data)).toBeInstanceOf(Array);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("an evaluation ends", () => {
  const long = Array.from({ length: 20_000 }, (_, at) => at);
  const text = "x".repeat(1_000_000);

  it.each<[string, string, Record<string, unknown>]>([
    ["two macros over long lists", "a.all(x, b.all(y, x + y >= 0))", { a: long, b: long }],
    ["a list searched for each item of another", "a.all(x, !(x in b))", { a: long, b: long.map((at) => -1 - at) }],
    ["lists compared for each item", "a.all(x, b == c)", { a: long, b: long, c: [...long] }],
    ["objects compared for each item", "a.all(x, b != c)", { a: long, b: { ...long }, c: { ...long, z: 1 } }],
    ["long texts joined for each item", "a.map(x, s + s).size() > 1", { a: long, s: text }],
    ["long texts searched for each item", 'a.all(x, !s.contains("y"))', { a: long, s: text }],
    ["a doubled text", `${"s + ".repeat(60)}s == "a"`, { s: text }],
  ])("after a bounded number of steps on %s", (_title, condition, data) => {
    const cost = { spent: 0 };
    const result = evaluateExpression(parseExpression(condition), data, cost);
    expect(result).toBeInstanceOf(Unknown);
    expect(cost.spent).toBeGreaterThan(evaluationBudget);
    // Past the budget every part costs one more step at most, and nothing is computed any more.
    expect(cost.spent).toBeLessThan(20 * evaluationBudget);
  });

  it("with the verdict where the work is within the budget", () => {
    expect(compileCondition("a.all(x, x >= 0)").evaluate({ a: long })).toBe(true);
    expect(compileCondition('s.contains("y")').evaluate({ s: text })).toBe(false);
  });

  it("on data nested without bound", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 5000; level += 1) deep = [deep];
    expect(compileCondition("a == b").evaluate({ a: deep, b: structuredCloneOf(deep) })).toBe("unknown");
  });

  it("on long texts that are read as numbers, times or durations", () => {
    const digits = "1".repeat(100_000);
    for (const condition of [
      "int(s) == 1",
      "double(s) == 1",
      'duration(s) > duration("1s")',
      'timestamp(s) > timestamp("2020-01-01T00:00:00Z")',
    ]) {
      expect(compileCondition(condition).evaluate({ s: digits })).toBe("unknown");
    }
  });
});

/** A copy without recursion. */
function structuredCloneOf(deep: unknown): unknown {
  let levels = 0;
  for (let at = deep; Array.isArray(at); at = at[0]) levels += 1;
  let copy: unknown = 1;
  for (let level = 0; level < levels; level += 1) copy = [copy];
  return copy;
}
