/** The value of a literal. Numbers are of one kind: data are JSON, whose numbers are doubles. */
export type Literal = string | number | boolean | null;

export type ComparisonOperator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in";
export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%";

/** A macro over the items of a list, or over the keys of an object. */
export type MacroName = "all" | "exists" | "exists_one" | "map" | "filter";

/** A parsed condition: a plain tree, independent of the library that parsed it. */
export type Expression =
  | { readonly kind: "literal"; readonly value: Literal }
  | { readonly kind: "field"; readonly name: string }
  /** A variable that a macro binds. */
  | { readonly kind: "bound"; readonly name: string }
  | { readonly kind: "index"; readonly of: Expression; readonly at: Expression }
  | { readonly kind: "has"; readonly of: Expression }
  | { readonly kind: "call"; readonly name: string; readonly method: boolean; readonly args: readonly Expression[] }
  | {
      readonly kind: "macro";
      readonly name: MacroName;
      readonly range: Expression;
      readonly bound: string;
      readonly bodies: readonly Expression[];
    }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "object"; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: "not" | "negative"; readonly of: Expression }
  | { readonly kind: "and" | "or"; readonly of: readonly Expression[] }
  | { readonly kind: "compare"; readonly op: ComparisonOperator; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: "arithmetic";
      readonly op: ArithmeticOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: "if"; readonly test: Expression; readonly yes: Expression; readonly no: Expression };

/** The direct parts of an expression, in the order of reading. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "literal":
    case "field":
    case "bound":
      return [];
    case "index":
      return [expression.of, expression.at];
    case "has":
    case "not":
    case "negative":
      return [expression.of];
    case "call":
      return expression.args;
    case "macro":
      return [expression.range, ...expression.bodies];
    case "list":
      return expression.items;
    case "object":
      return expression.entries.flat();
    case "and":
    case "or":
      return expression.of;
    case "compare":
    case "arithmetic":
      return [expression.left, expression.right];
    case "if":
      return [expression.test, expression.yes, expression.no];
  }
}

/** The fields that an expression reads, sorted, without repetition. */
export function fieldsOf(expression: Expression): string[] {
  const names = new Set<string>();
  const open: Expression[] = [expression];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === "field") names.add(next.name);
    open.push(...partsOf(next));
  }
  return [...names].sort();
}

/**
 * The one text of all expressions that differ only in how they are written: spacing, parentheses, quotes, `18` or `18.0`,
 * `data.x` or `x`, the order of the operands of `&&`, `||`, `==` and `!=`, the order of a list behind `in`, `a > b` or `b < a`.
 *
 * Operands may change places because evaluation has no effects and three-valued logic is commutative.
 */
export function canonicalText(expression: Expression): string {
  const text = canonicalText;
  switch (expression.kind) {
    case "literal":
      return JSON.stringify(expression.value);
    case "field":
      return `data[${JSON.stringify(expression.name)}]`;
    case "bound":
      return expression.name;
    case "index":
      return `${text(expression.of)}[${text(expression.at)}]`;
    case "has":
      return `has(${text(expression.of)})`;
    case "call": {
      const [receiver, ...rest] = expression.args;
      if (!expression.method || receiver === undefined)
        return `${expression.name}(${expression.args.map(text).join(", ")})`;
      return `${text(receiver)}.${expression.name}(${rest.map(text).join(", ")})`;
    }
    case "macro": {
      const inside = [expression.bound, ...expression.bodies.map(text)].join(", ");
      return `${text(expression.range)}.${expression.name}(${inside})`;
    }
    case "list":
      return `[${expression.items.map(text).join(", ")}]`;
    case "object":
      return `{${expression.entries.map(([key, value]) => `${text(key)}: ${text(value)}`).join(", ")}}`;
    case "not":
      return `!${text(expression.of)}`;
    case "negative":
      return `-${text(expression.of)}`;
    case "and":
    case "or": {
      const operands = [...new Set(expression.of.map(text))].sort();
      if (operands.length === 1) operands.push(...operands);
      return `(${operands.join(expression.kind === "and" ? " && " : " || ")})`;
    }
    case "compare":
      return comparisonText(expression.op, text(expression.left), text(expression.right), expression.right);
    case "arithmetic":
      return `(${text(expression.left)} ${expression.op} ${text(expression.right)})`;
    case "if":
      return `(${text(expression.test)} ? ${text(expression.yes)} : ${text(expression.no)})`;
  }
}

function comparisonText(op: ComparisonOperator, left: string, right: string, list: Expression): string {
  switch (op) {
    case ">":
      return `(${right} < ${left})`;
    case ">=":
      return `(${right} <= ${left})`;
    case "in":
      if (list.kind !== "list") return `(${left} in ${right})`;
      return `(${left} in [${[...new Set(list.items.map(canonicalText))].sort().join(", ")}])`;
    case "==":
    case "!=":
      return left < right ? `(${left} ${op} ${right})` : `(${right} ${op} ${left})`;
    default:
      return `(${left} ${op} ${right})`;
  }
}
