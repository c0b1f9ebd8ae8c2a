/** A literal of a condition in a neutral flow file. */
export type Literal = string | number | boolean | null;

/** The right side of a comparison: a literal, a list of literals, or another field. */
export type Operand =
  | { readonly kind: "literal"; readonly value: Literal }
  | { readonly kind: "list"; readonly values: readonly Literal[] }
  | { readonly kind: "field"; readonly name: string };

/** Comparison words of the neutral grammar. */
export type Operator =
  | "=="
  | "!="
  | "<"
  | ">"
  | "<="
  | ">="
  | "in"
  | "contains"
  | "not_contains"
  | "contains_any"
  | "not_contains_any"
  | "contains_all";

/** A parsed condition. */
export type Term =
  | { readonly kind: "all" | "any"; readonly parts: readonly Term[] }
  | { readonly kind: "not"; readonly part: Term }
  | { readonly kind: "set"; readonly field: string }
  | { readonly kind: "truth"; readonly field: string }
  /** A program predicate of which only the digest is known. */
  | { readonly kind: "opaque"; readonly text: string }
  | { readonly kind: "compare"; readonly field: string; readonly operator: Operator; readonly right: Operand };

const token = /\s*(&&|\|\||==|!=|<=|>=|[<>!()[\],]|"(?:[^"\\]|\\.)*"|[^\s()[\],!<>=&|"]+)/y;

const words: ReadonlySet<string> = new Set([
  "==",
  "!=",
  "<",
  ">",
  "<=",
  ">=",
  "in",
  "contains",
  "not_contains",
  "contains_any",
  "not_contains_any",
  "contains_all",
]);

/** Comparison words of Amazon States Language; a `Path` suffix makes the right side another field. */
const statesWords: Readonly<Record<string, Operator>> = {
  StringEquals: "==",
  StringMatches: "==",
  NumericEquals: "==",
  BooleanEquals: "==",
  NumericLessThan: "<",
  NumericGreaterThan: ">",
  NumericLessThanEquals: "<=",
  NumericGreaterThanEquals: ">=",
};

function tokensOf(text: string): string[] | undefined {
  const found: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (match?.[1] === undefined) return text.slice(at).trim() === "" ? found : undefined;
    found.push(match[1]);
  }
  return found;
}

const isName = (word: string | undefined): word is string =>
  word !== undefined && /^[\p{L}_$][^"]*$/u.test(word) && !words.has(word);

/** `$.a.b` of States Language is the field `a.b`. */
const fieldName = (word: string): string => (word.startsWith("$.") ? word.slice(2) : word);

class Reader {
  private at = 0;

  constructor(private readonly tokens: readonly string[]) {}

  peek(): string | undefined {
    return this.tokens[this.at];
  }

  next(): string | undefined {
    const word = this.tokens[this.at];
    this.at += 1;
    return word;
  }

  accept(word: string): boolean {
    if (this.peek() !== word) return false;
    this.at += 1;
    return true;
  }

  get done(): boolean {
    return this.at >= this.tokens.length;
  }
}

function readLiteral(word: string | undefined): Literal | undefined {
  if (word === undefined) return undefined;
  if (word.startsWith('"')) {
    try {
      return String(JSON.parse(word));
    } catch {
      return undefined;
    }
  }
  if (word === "true" || word === "false") return word === "true";
  if (word === "null") return null;
  return /^-?\d+(\.\d+)?$/.test(word) ? Number(word) : undefined;
}

function readOperand(reader: Reader): Operand | undefined {
  if (!reader.accept("[")) {
    const word = reader.next();
    const value = readLiteral(word);
    if (value !== undefined) return { kind: "literal", value };
    return isName(word) ? { kind: "field", name: fieldName(word) } : undefined;
  }
  const values: Literal[] = [];
  while (!reader.accept("]")) {
    const value = readLiteral(reader.next());
    if (value === undefined) return undefined;
    values.push(value);
    if (reader.peek() !== "]" && !reader.accept(",")) return undefined;
  }
  return { kind: "list", values };
}

/** The names between parentheses, joined: a count of answers is one value that the host computes. */
function readCall(name: string, reader: Reader): string | undefined {
  const names: string[] = [];
  do {
    const argument = reader.next();
    if (!isName(argument)) return undefined;
    names.push(argument);
  } while (reader.accept(","));
  return reader.accept(")") ? `${name}(${names.join(", ")})` : undefined;
}

function readStatesWord(field: string, word: string, reader: Reader): Term | undefined {
  const right = readOperand(reader);
  if (right?.kind !== "literal") return undefined;
  if (word === "IsPresent") {
    if (typeof right.value !== "boolean") return undefined;
    return right.value ? { kind: "set", field } : { kind: "not", part: { kind: "set", field } };
  }
  const isPath = word.endsWith("Path");
  const operator = statesWords[isPath ? word.slice(0, -4) : word];
  if (operator === undefined) return undefined;
  if (isPath) {
    if (typeof right.value !== "string" || !right.value.startsWith("$.")) return undefined;
    return { kind: "compare", field, operator, right: { kind: "field", name: fieldName(right.value) } };
  }
  if (word === "StringMatches" && typeof right.value === "string" && right.value.includes("*")) return undefined;
  return { kind: "compare", field, operator, right };
}

function readAtom(reader: Reader): Term | undefined {
  if (reader.accept("!")) {
    const part = readAtom(reader);
    return part && { kind: "not", part };
  }
  if (reader.accept("(")) {
    const inner = readAny(reader);
    return reader.accept(")") ? inner : undefined;
  }
  const word = reader.next();
  if (!isName(word)) return undefined;
  if (word.startsWith("expr:")) return { kind: "opaque", text: word };
  if (word === "empty") {
    const name = reader.next();
    return isName(name) ? { kind: "not", part: { kind: "set", field: fieldName(name) } } : undefined;
  }
  let field = fieldName(word);
  if (reader.accept("(")) {
    const call = readCall(field, reader);
    if (call === undefined) return undefined;
    if (field === "is_set") return { kind: "set", field: call.slice("is_set(".length, -1) };
    if (field !== "answer_count") return undefined;
    field = call;
  }
  const operator = reader.peek();
  if (operator !== undefined && words.has(operator)) {
    reader.next();
    const right = readOperand(reader);
    return right && { kind: "compare", field, operator: operator as Operator, right };
  }
  if (isName(operator)) {
    reader.next();
    return readStatesWord(field, operator, reader);
  }
  return /^[\p{L}_][\w.]*$/u.test(field) ? { kind: "truth", field } : undefined;
}

function readJoined(reader: Reader, word: "&&" | "||", part: (reader: Reader) => Term | undefined): Term | undefined {
  const parts: Term[] = [];
  do {
    const found = part(reader);
    if (found === undefined) return undefined;
    parts.push(found);
  } while (reader.accept(word));
  const [only] = parts;
  return parts.length === 1 ? only : { kind: word === "&&" ? "all" : "any", parts };
}

const readAll = (reader: Reader): Term | undefined => readJoined(reader, "&&", readAtom);
const readAny = (reader: Reader): Term | undefined => readJoined(reader, "||", readAll);

/**
 * Reads a condition of a neutral flow file: the `simple` grammar, BPMN expressions made of it, and States Language choices.
 *
 * @param text - the condition without its `skip:` mark
 * @returns the parsed condition, or undefined when the text is outside the grammar (a program predicate, an event, a label)
 *
 * @example
 * parseNeutralCondition('age < 16 && !is_set(guardian)')?.kind; // "all"
 *
 * @since 0.1.0
 */
export function parseNeutralCondition(text: string): Term | undefined {
  const trimmed = text.trim();
  const body = trimmed.startsWith("${") && trimmed.endsWith("}") ? trimmed.slice(2, -1) : trimmed;
  const tokens = tokensOf(body);
  if (tokens === undefined || tokens.length === 0) return undefined;
  const reader = new Reader(tokens);
  const term = readAny(reader);
  return reader.done ? term : undefined;
}
