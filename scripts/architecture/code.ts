import ts from "typescript";
import { lineAt, nodesOf, type SourceFile } from "./source.js";
import { type Violation, violation } from "./violation.js";

const maxFolders = 2;
const maxLines = 300;
const generatedFiles: ReadonlySet<string> = new Set(["contracts/types.ts", "contracts/reason-codes.ts"]);
const bareErrors: ReadonlySet<string> = new Set(["Error", "TypeError", "RangeError", "SyntaxError", "AggregateError"]);
const silencer = /@ts-(?:ignore|nocheck|expect-error)/;

function isBareError(thrown: ts.Expression): boolean {
  if (!ts.isNewExpression(thrown) && !ts.isCallExpression(thrown)) return false;
  return ts.isIdentifier(thrown.expression) && bareErrors.has(thrown.expression.text);
}

function checkShape({ path, tree }: SourceFile): Violation[] {
  const found: Violation[] = [];
  const folders = path.split("/").length - 1;
  if (folders > maxFolders) {
    found.push(violation(path, 1, "depth", `lies ${folders} folders deep, at most ${maxFolders} are allowed`));
  }
  const lines = tree.getLineStarts().length;
  if (lines > maxLines && !generatedFiles.has(path)) {
    found.push(violation(path, maxLines, "file-length", `has ${lines} lines, at most ${maxLines} are allowed`));
  }
  return found;
}

function checkNames({ path, tree }: SourceFile): Violation[] {
  if (path !== "index.ts") return [];
  return tree.statements
    .filter((statement) => !ts.isExportDeclaration(statement) || statement.moduleSpecifier === undefined)
    .map((statement) => {
      const line = lineAt(tree, statement.getStart(tree));
      return violation(path, line, "names-only", "index.ts holds nothing but `export ... from`");
    });
}

/** What every file of `src` keeps, whatever its folder. */
export function checkCode(source: SourceFile): Violation[] {
  const { path, tree } = source;
  const found = [...checkShape(source), ...checkNames(source)];
  for (const node of nodesOf(tree)) {
    const line = () => lineAt(tree, node.getStart(tree));
    if (node.kind === ts.SyntaxKind.AnyKeyword) found.push(violation(path, line(), "no-any", "the type any"));
    if (ts.isThrowStatement(node) && isBareError(node.expression)) {
      found.push(violation(path, line(), "bare-error", "throws an error without a reason code; use RegraftError"));
    }
  }
  tree.text.split("\n").forEach((text, at) => {
    if (silencer.test(text)) found.push(violation(path, at + 1, "silenced-check", "a compiler check is switched off"));
  });
  return found;
}
