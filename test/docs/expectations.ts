import ts from "typescript";

/** What a comment beside a statement says about its value. */
export type Expectation =
  | { readonly is: "value"; readonly value: unknown }
  | { readonly is: "throws"; readonly code: string }
  | { readonly is: "prose" };

const anything = Symbol("anything");
const afterScalar = /^\s*$|^\s*[:;,(]|^\s+(?:for|when|if|because|after|of)\b/;

/**
 * Reads the comment beside a statement: a JSON-like value, perhaps with words after it; `throws CODE`; or words only.
 *
 * `[...]` and `{...}` stand for any value.
 */
export function readExpectation(comment: string): Expectation {
  const text = comment.trim();
  const refused = /^throws ([A-Z]+\.[A-Z_]+)/.exec(text);
  if (refused?.[1] !== undefined) return { is: "throws", code: refused[1] };
  const source = ts.createSourceFile("expected.ts", `(${text}`, ts.ScriptTarget.ES2022, true);
  const literal = firstLiteral(source);
  if (literal === undefined) return { is: "prose" };
  const rest = text.slice(literal.end - 1);
  const closed = ts.isObjectLiteralExpression(literal) || ts.isArrayLiteralExpression(literal);
  if (!closed && !afterScalar.test(rest)) return { is: "prose" };
  const value = literalValue(literal);
  return value === undefined ? { is: "prose" } : { is: "value", value: value.of };
}

/** Whether a value is the expected one; places that stand for any value fit all. */
export function fits(actual: unknown, expected: unknown): boolean {
  if (expected === anything) return true;
  if (typeof expected !== "object" || expected === null) return Object.is(actual, expected);
  if (typeof actual !== "object" || actual === null) return false;
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) && actual.length === expected.length && expected.every((item, i) => fits(actual[i], item))
    );
  }
  const names = Object.keys(actual).filter((name) => (actual as Record<string, unknown>)[name] !== undefined);
  const wanted = Object.entries(expected);
  return (
    names.length === wanted.length &&
    wanted.every(([name, item]) => fits((actual as Record<string, unknown>)[name], item))
  );
}

function firstLiteral(source: ts.SourceFile): ts.Expression | undefined {
  const [statement] = source.statements;
  if (statement === undefined || !ts.isExpressionStatement(statement)) return undefined;
  let at: ts.Node = statement.expression;
  while (!isLiteral(at)) {
    const first: ts.Node | undefined = at.getChildren(source).find((child) => ts.isExpression(child));
    if (first === undefined || first === at) return undefined;
    at = first;
  }
  return at as ts.Expression;
}

function isLiteral(node: ts.Node): boolean {
  return (
    ts.isObjectLiteralExpression(node) ||
    ts.isArrayLiteralExpression(node) ||
    ts.isStringLiteral(node) ||
    ts.isNumericLiteral(node) ||
    ts.isPrefixUnaryExpression(node) ||
    [ts.SyntaxKind.TrueKeyword, ts.SyntaxKind.FalseKeyword, ts.SyntaxKind.NullKeyword].includes(node.kind) ||
    (ts.isIdentifier(node) && node.text === "undefined")
  );
}

/** The value of a literal, wrapped so that `undefined` can be told from no value. */
function literalValue(node: ts.Expression): { of: unknown } | undefined {
  if (ts.isStringLiteral(node)) return { of: node.text };
  if (ts.isNumericLiteral(node)) return { of: Number(node.text) };
  if (node.kind === ts.SyntaxKind.TrueKeyword) return { of: true };
  if (node.kind === ts.SyntaxKind.FalseKeyword) return { of: false };
  if (node.kind === ts.SyntaxKind.NullKeyword) return { of: null };
  if (ts.isIdentifier(node) && node.text === "undefined") return { of: undefined };
  if (
    ts.isPrefixUnaryExpression(node) &&
    node.operator === ts.SyntaxKind.MinusToken &&
    ts.isNumericLiteral(node.operand)
  ) {
    return { of: -Number(node.operand.text) };
  }
  if (ts.isArrayLiteralExpression(node)) {
    if (node.elements.length === 1 && isDots(node.elements[0])) return { of: anything };
    const items = node.elements.map(literalValue);
    return items.every((item) => item !== undefined) ? { of: items.map((item) => item.of) } : undefined;
  }
  if (!ts.isObjectLiteralExpression(node)) return undefined;
  if (node.properties.length === 1 && node.properties[0] !== undefined && ts.isSpreadAssignment(node.properties[0]))
    return { of: anything };
  const entries: [string, unknown][] = [];
  for (const property of node.properties) {
    if (!ts.isPropertyAssignment(property)) return undefined;
    const value = literalValue(property.initializer);
    const { name } = property;
    if (value === undefined || !(ts.isIdentifier(name) || ts.isStringLiteral(name) || ts.isNumericLiteral(name)))
      return undefined;
    entries.push([name.text, value.of]);
  }
  return { of: Object.fromEntries(entries) };
}

function isDots(node: ts.Node | undefined): boolean {
  return node !== undefined && ts.isSpreadElement(node);
}
