import type { Field } from "../contracts/types.js";
import { type Literal, type Operator, parseNeutralCondition, type Term } from "./convert-grammar.js";

/** What a condition needs to know of the flow it stands in. */
export interface ConditionContext {
  /** The type of a field that some step collects; undefined for a name that nobody collects. */
  readonly typeOf: (field: string) => Field["type"] | undefined;
  /** The name under which a value is stored; used for answers that belong to one step. */
  readonly nameOf: (field: string) => string;
}

/** A field that a condition reads, with the type its literals suggest; a test for presence suggests none. */
export interface FieldUse {
  readonly name: string;
  readonly source: string;
  readonly type?: Field["type"];
  readonly value?: Literal;
}

/** A condition in our form: CEL when it could be read, otherwise text for a judge. */
export type ConvertedCondition =
  | { readonly kind: "cel"; readonly condition: string; readonly uses: readonly FieldUse[] }
  | { readonly kind: "judged"; readonly conditionText: string; readonly fields: readonly string[] };

const quote = (value: Literal): string => JSON.stringify(value);

const literalType = (value: Literal): Field["type"] =>
  typeof value === "number" ? "number" : typeof value === "boolean" ? "boolean" : "string";

const listOperators: ReadonlySet<Operator> = new Set([
  "contains",
  "not_contains",
  "contains_any",
  "not_contains_any",
  "contains_all",
]);

class Writer {
  readonly uses: FieldUse[] = [];
  private complete = true;
  private depth = 0;

  constructor(private readonly context: ConditionContext) {}

  /** CEL text, or undefined when some part has no CEL form. */
  write(term: Term): string | undefined {
    const text = this.term(term, false);
    return this.complete ? text : undefined;
  }

  private refuse(): string {
    this.complete = false;
    return "";
  }

  /** A part that cannot be read is a value that the host knows; alone it is no condition in our form. */
  private opaque(text: string): string {
    return this.depth === 0 ? this.refuse() : `${this.use(text, "boolean")} == true`;
  }

  private use(source: string, fallback?: Field["type"], value?: Literal): string {
    const name = this.context.nameOf(source);
    const type = this.context.typeOf(source) ?? fallback;
    this.uses.push({
      name,
      source,
      ...(type === undefined ? {} : { type }),
      ...(value === undefined ? {} : { value }),
    });
    return `data[${quote(name)}]`;
  }

  private term(term: Term, nested: boolean): string {
    switch (term.kind) {
      case "all":
      case "any": {
        this.depth += 1;
        const joined = term.parts.map((part) => this.term(part, true)).join(term.kind === "all" ? " && " : " || ");
        this.depth -= 1;
        return nested ? `(${joined})` : joined;
      }
      case "not":
        if (term.part.kind === "not") return this.term(term.part.part, nested);
        return term.part.kind === "set" ? `!has(${this.use(term.part.field)})` : `!(${this.term(term.part, false)})`;
      case "set":
        return `has(${this.use(term.field)})`;
      case "opaque":
        return this.opaque(term.text);
      case "truth":
        return `${this.use(term.field, "boolean")} == true`;
      case "compare":
        return this.compare(term);
    }
  }

  private compare(term: Extract<Term, { kind: "compare" }>): string {
    const { field, operator, right } = term;
    if (right.kind === "list") return this.list(field, operator, right.values);
    const other = right.kind === "field" ? right.name : this.fieldInLiteral(field, operator, right.value);
    if (other !== undefined) {
      if (listOperators.has(operator) || operator === "in") return this.refuse();
      return `${this.use(field, "number")} ${operator} ${this.use(other, "number")}`;
    }
    if (right.kind === "field") return this.refuse();
    if (right.value === null) return this.opaque(`${field} ${operator} null`);
    const value = right.value;
    if (operator === "==" || operator === "!=") {
      if (this.isList(field, operator))
        return this.list(field, operator === "==" ? "contains" : "not_contains", [value]);
      return `${this.use(field, literalType(value), value)} ${operator} ${quote(value)}`;
    }
    if (listOperators.has(operator) || operator === "in") return this.list(field, operator, [value]);
    if (typeof value !== "number") return this.refuse();
    return `${this.use(field, "number", value)} ${operator} ${quote(value)}`;
  }

  /** Surveys write a comparison of two answers as a comparison with the other answer's name. */
  private fieldInLiteral(field: string, operator: Operator, value: Literal): string | undefined {
    const comparable = !listOperators.has(operator) && operator !== "in";
    return comparable && typeof value === "string" && value !== field && this.context.typeOf(value) !== undefined
      ? value
      : undefined;
  }

  private isList(field: string, operator: Operator): boolean {
    const type = this.context.typeOf(field);
    return type === undefined ? listOperators.has(operator) : type === "object";
  }

  private list(field: string, operator: Operator, values: readonly Literal[]): string {
    if (values.length === 0) return this.refuse();
    const negated = operator.startsWith("not_");
    const every = operator === "contains_all";
    const isScalar = !this.isList(field, operator) && this.context.typeOf(field) !== "string";
    if (isScalar && !every && values.length > 1) {
      const inside = `${this.use(field, "string")} in [${values.map(quote).join(", ")}]`;
      return negated ? `!(${inside})` : inside;
    }
    const joined = values.map((value) => this.member(field, operator, value)).join(every ? " && " : " || ");
    if (negated) return `!(${joined})`;
    return values.length > 1 ? `(${joined})` : joined;
  }

  private member(field: string, operator: Operator, value: Literal): string {
    if (this.isList(field, operator)) return `${quote(value)} in ${this.use(field, "object", value)}`;
    const access = this.use(field, literalType(value), value);
    return this.context.typeOf(field) === "string" && operator !== "in" && typeof value === "string"
      ? `${access}.contains(${quote(value)})`
      : `${access} == ${quote(value)}`;
  }
}

/** Field names of the flow that a text mentions as whole words. */
function mentioned(text: string, term: Term | undefined, context: ConditionContext): string[] {
  const names = new Set<string>();
  for (const word of text.match(/[\p{L}_][\w.:-]*/gu) ?? []) {
    if (context.typeOf(word) !== undefined) names.add(context.nameOf(word));
  }
  const walk = (part: Term): void => {
    if ("parts" in part) part.parts.forEach(walk);
    else if (part.kind === "not") walk(part.part);
    else if ("field" in part) names.add(context.nameOf(part.field));
  };
  if (term !== undefined) walk(term);
  return [...names].sort();
}

/**
 * Turns one condition of a neutral flow file into CEL over `data`, or into text for a judge.
 *
 * A condition that cannot be read is judged. Beside parts that can be read, a program predicate or a comparison with a lost right
 * side is a value of the host under its own text, so that the other parts still decide where they can.
 *
 * @param text - the condition, with or without its `skip:` mark
 * @param context - what the flow says about its fields
 * @returns the converted condition; the fields it reads are named in both forms
 *
 * @example
 * const context = { typeOf: () => undefined, nameOf: (field: string) => field };
 * convertCondition('age < 16', context); // { kind: "cel", condition: 'data["age"] < 16', uses: [...] }
 *
 * @since 0.1.0
 */
export function convertCondition(text: string, context: ConditionContext): ConvertedCondition {
  const body = text.replace(/^skip:\s*/, "");
  const term = parseNeutralCondition(body);
  if (term !== undefined) {
    const writer = new Writer(context);
    const condition = writer.write(term);
    if (condition !== undefined) return { kind: "cel", condition, uses: writer.uses };
  }
  return { kind: "judged", conditionText: text, fields: mentioned(body, term, context) };
}
