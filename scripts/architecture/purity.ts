import { isBuiltin } from "node:module";
import ts from "typescript";
import { folderOf, isPure } from "./layers.js";
import { lineAt, nodesOf, type SourceFile } from "./source.js";
import { type Rule, type Violation, violation } from "./violation.js";

/** Globals no pure code may touch, with the property that makes them impure where the global alone is harmless. */
const impureMembers: ReadonlyMap<string, Rule> = new Map([
  ["Date.now", "clock"],
  ["performance.now", "clock"],
  ["performance.timeOrigin", "clock"],
  ["Math.random", "random"],
  ["crypto.randomUUID", "random"],
  ["crypto.getRandomValues", "random"],
]);

const impureGlobals: ReadonlyMap<string, Rule> = new Map([
  ["setTimeout", "timer"],
  ["setInterval", "timer"],
  ["setImmediate", "timer"],
  ["queueMicrotask", "timer"],
  ["process", "host"],
  ["console", "host"],
  ["fetch", "host"],
]);

type Report = (node: ts.Node, rule: Rule, message: string) => void;

function isDeclarationName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isShorthandPropertyAssignment(parent)) return false;
  return "name" in parent && parent.name === node;
}

/** A name that is only the key of a property: `x.process`, `{ process: 1 }`, `interface { process: T }`. */
function isKey(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) {
    return parent.name === node && !(ts.isIdentifier(parent.expression) && parent.expression.text === "globalThis");
  }
  if (ts.isQualifiedName(parent)) return parent.right === node;
  if (ts.isBindingElement(parent)) return parent.propertyName === node;
  return ts.isPropertyAssignment(parent) && parent.name === node;
}

function declaredNames(tree: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  for (const node of nodesOf(tree)) {
    if (!ts.isIdentifier(node) || !isDeclarationName(node)) continue;
    const { parent } = node;
    if (
      ts.isVariableDeclaration(parent) ||
      ts.isParameter(parent) ||
      ts.isBindingElement(parent) ||
      ts.isFunctionDeclaration(parent) ||
      ts.isImportSpecifier(parent)
    ) {
      names.add(node.text);
    }
  }
  return names;
}

function checkMember(node: ts.PropertyAccessExpression | ts.ElementAccessExpression, report: Report): void {
  const key = ts.isPropertyAccessExpression(node) ? node.name : node.argumentExpression;
  if (!ts.isIdentifier(key) && !ts.isStringLiteralLike(key)) return;
  const owner = node.expression.getText().replace(/^globalThis\./, "");
  const rule = impureMembers.get(`${owner}.${key.text}`);
  if (rule !== undefined) report(node, rule, `${owner}.${key.text} in a pure folder`);
}

function isInTypeOfPort(node: ts.Node, folder: string): boolean {
  if (folder !== "ports") return false;
  return ts.findAncestor(node, ts.isTypeNode) !== undefined || ts.isTypeNode(node);
}

function checkAsync(node: ts.Node, folder: string, declared: ReadonlySet<string>, report: Report): void {
  if (node.kind === ts.SyntaxKind.AsyncKeyword) report(node, "async", "an async function in a pure folder");
  else if (node.kind === ts.SyntaxKind.AwaitKeyword || ts.isAwaitExpression(node)) {
    report(node, "async", "await in a pure folder");
  } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    report(node, "async", "a dynamic import in a pure folder");
  } else if (ts.isIdentifier(node) && node.text === "Promise" && !isKey(node) && !declared.has("Promise")) {
    if (!isInTypeOfPort(node, folder)) report(node, "async", "Promise in a pure folder");
  }
}

function checkNode(node: ts.Node, declared: ReadonlySet<string>, report: Report): void {
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) checkMember(node, report);
  const isDate = (callee: ts.Expression) => callee.getText().replace(/^globalThis\./, "") === "Date";
  if (ts.isNewExpression(node) && isDate(node.expression) && (node.arguments?.length ?? 0) === 0) {
    report(node, "clock", "new Date() without arguments in a pure folder");
  }
  if (ts.isCallExpression(node) && isDate(node.expression)) report(node, "clock", "Date() in a pure folder");
  if (ts.isIdentifier(node) && !declared.has(node.text) && !isKey(node) && !isDeclarationName(node)) {
    const rule = impureGlobals.get(node.text);
    if (rule !== undefined) report(node, rule, `${node.text} in a pure folder`);
  }
}

/** Lines 1-5 are synchronous and free of clock, randomness, timers, host globals and Node modules (`hash` may use Node). */
export function checkPurity(source: SourceFile): Violation[] {
  const folder = folderOf(source.path);
  if (!isPure(folder)) return [];
  const found: Violation[] = [];
  if (folder !== "hash") {
    for (const { specifier, line } of source.imports) {
      if (isBuiltin(specifier))
        found.push(violation(source.path, line, "node-import", `${specifier} in a pure folder`));
    }
  }
  const report: Report = (node, rule, message) => {
    found.push(violation(source.path, lineAt(source.tree, node.getStart(source.tree)), rule, message));
  };
  const declared = declaredNames(source.tree);
  for (const node of nodesOf(source.tree)) {
    checkNode(node, declared, report);
    checkAsync(node, folder, declared, report);
  }
  return found;
}
