/** A place in a text, both counted from 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

const token =
  /"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[[\]{},:]/y;
const space = /[ \t\r\n]*/y;

type Expected = "value" | "value_or_end" | "key" | "key_or_end" | "colon" | "comma_or_end" | "nothing";

/**
 * Finds the first place where a text stops being JSON; the messages of the runtime do not always name one.
 *
 * @returns undefined for valid JSON
 * @remarks O(length).
 */
export function jsonFault(text: string): TextPosition | undefined {
  const open: ("[" | "{")[] = [];
  let expected = "value" as Expected;
  let at = 0;
  const afterValue = (): Expected => (open.length === 0 ? "nothing" : "comma_or_end");
  for (;;) {
    space.lastIndex = at;
    at += space.exec(text)?.[0].length ?? 0;
    if (at === text.length) return expected === "nothing" ? undefined : positionOf(text, at);
    token.lastIndex = at;
    const word = token.exec(text)?.[0];
    if (word === undefined || hasControl(word) || !fits(word, expected, open)) return positionOf(text, at);
    at += word.length;
    if (word === "{") {
      open.push("{");
      expected = "key_or_end";
    } else if (word === "[") {
      open.push("[");
      expected = "value_or_end";
    } else if (word === "}" || word === "]") {
      open.pop();
      expected = afterValue();
    } else if (word === ",") expected = open.at(-1) === "{" ? "key" : "value";
    else if (word === ":") expected = "value";
    else expected = expected === "key" || expected === "key_or_end" ? "colon" : afterValue();
  }
}

/** Only strings can hold one, and there it has to be escaped. */
function hasControl(word: string): boolean {
  return word.length > 1 && [...word].some((sign) => sign < " ");
}

function fits(word: string, expected: Expected, open: readonly ("[" | "{")[]): boolean {
  const isText = word.startsWith('"');
  const inner = open.at(-1);
  switch (word) {
    case ",":
      return expected === "comma_or_end";
    case ":":
      return expected === "colon";
    case "}":
      return inner === "{" && (expected === "key_or_end" || expected === "comma_or_end");
    case "]":
      return inner === "[" && (expected === "value_or_end" || expected === "comma_or_end");
    default:
      if (expected === "key" || expected === "key_or_end") return isText;
      return expected === "value" || expected === "value_or_end";
  }
}

/** The line and column of an offset. */
function positionOf(text: string, offset: number): TextPosition {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
