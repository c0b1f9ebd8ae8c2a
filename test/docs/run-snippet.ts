import { inspect } from "node:util";
import ts from "typescript";
import { expect } from "vitest";
import { isRegraftError } from "../../src/errors.js";
import { type Expectation, fits, readExpectation } from "./expectations.js";
import type { Snippet } from "./snippets.js";

/** Names that a program finds without declaring them. */
export type Surroundings = Readonly<Record<string, unknown>>;

/** Brings in a module by the name that a program gives it. */
export type Importer = (specifier: string) => Promise<Readonly<Record<string, unknown>>>;

interface Watched {
  readonly text: string;
  readonly expectation: Expectation;
  readonly comment: string;
}

const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor as new (
  ...parts: string[]
) => (...values: unknown[]) => Promise<void>;

/**
 * Runs a program and compares values with the comments beside their statements, and printed lines with the comments beside
 * `console.log`.
 *
 * @returns how many comments were compared
 */
export async function runSnippet(
  snippet: Snippet,
  importer: Importer,
  surroundings: Surroundings = {},
): Promise<number> {
  const watched: Watched[] = [];
  const { body, free } = instrument(snippet, watched);
  const code = ts
    .transpileModule(body, {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    })
    .outputText.replace(/^export \{\};?$/m, "");
  const known = free.filter((name) => Object.hasOwn(surroundings, name));
  const seen = new Map<number, unknown>();
  const see = (at: number, value: unknown) => {
    seen.set(at, value);
    return value;
  };
  const caught = (at: number, error: unknown) => {
    const wanted = watched[at]?.expectation;
    if (wanted?.is !== "throws" || !isRegraftError(error)) throw error;
    seen.set(at, error.code);
  };
  const print = (at: number, ...values: unknown[]) => {
    seen.set(at, values.map((value) => (typeof value === "string" ? value : inspect(value))).join(" "));
  };
  const run = new AsyncFunction("__import", "__see", "__caught", "__print", ...known, code);
  await run(importer, see, caught, print, ...known.map((name) => surroundings[name]));
  let compared = 0;
  watched.forEach(({ text, expectation, comment }, at) => {
    if (expectation.is === "prose") return;
    compared += 1;
    const expected = expectation.is === "throws" ? expectation.code : expectation.value;
    const actual = seen.get(at);
    if (!fits(actual, expected)) expect(actual, `${snippet.place}\n  ${text} // ${comment}`).toEqual(expected);
  });
  return compared;
}

/** Rewrites imports to calls and lets the statements with a comment beside them report their value. */
function instrument({ code, place }: Snippet, watched: Watched[]): { body: string; free: string[] } {
  const tree = ts.createSourceFile(place, code, ts.ScriptTarget.ES2022, true);
  const imports: string[] = [];
  const parts: string[] = [];
  for (const statement of tree.statements) {
    if (ts.isImportDeclaration(statement)) {
      imports.push(importCall(statement));
      continue;
    }
    const comment = commentBeside(code, statement, tree);
    parts.push(comment === undefined ? statement.getFullText(tree) : watch(statement, comment, tree, watched));
  }
  return { body: [...imports, ...parts].join("\n"), free: identifiers(tree) };
}

function importCall(statement: ts.ImportDeclaration): string {
  const { importClause, moduleSpecifier } = statement;
  if (importClause === undefined || importClause.isTypeOnly) return "";
  const bindings = importClause.namedBindings;
  if (bindings === undefined || !ts.isNamedImports(bindings)) return "";
  const names = bindings.elements
    .filter((element) => !element.isTypeOnly)
    .map(({ propertyName, name }) => (propertyName === undefined ? name.text : `${propertyName.text}: ${name.text}`));
  return names.length === 0 ? "" : `const { ${names.join(", ")} } = await __import(${moduleSpecifier.getText()});`;
}

/** The comment on the line where a statement ends, or the comment lines right below it. */
function commentBeside(code: string, statement: ts.Statement, tree: ts.SourceFile): string | undefined {
  const end = statement.getEnd();
  const rest = code.slice(end);
  const beside = /^[ \t]*\/\/ ?(.*)/.exec(rest)?.[1];
  if (beside !== undefined) return beside;
  if (!ts.isExpressionStatement(statement)) return undefined;
  const below = /^[ \t]*\n((?:[ \t]*\/\/.*(?:\n|$))+)/.exec(rest)?.[1];
  const isFollowed =
    below !== undefined &&
    tree.statements.some((next) => next.getStart() > end && next.getFullStart() <= end && isTight(code, below, end));
  if (below === undefined || isFollowed) return undefined;
  return below
    .split("\n")
    .map((line) => line.replace(/^[ \t]*\/\/ ?/, ""))
    .join(" ");
}

/** Comment lines with code right below them speak about that code. */
function isTight(code: string, below: string, end: number): boolean {
  const after = code.slice(code.indexOf(below, end) + below.length);
  return /^[ \t]*\S/.test(after);
}

function watch(statement: ts.Statement, comment: string, tree: ts.SourceFile, watched: Watched[]): string {
  const at = watched.length;
  const text = statement.getText(tree);
  const isLog = /^console\.log\(/.test(text);
  const expectation: Expectation = isLog ? { is: "value", value: comment.trim() } : readExpectation(comment);
  watched.push({ text, expectation, comment });
  if (isLog) return text.replace(/^console\.log\(/, `__print(${at}, `);
  if (expectation.is === "throws") return `try { ${text} } catch (error) { __caught(${at}, error); }`;
  if (ts.isExpressionStatement(statement)) return `__see(${at}, ${statement.expression.getText(tree)});`;
  if (ts.isVariableStatement(statement)) {
    const [declaration] = statement.declarationList.declarations;
    if (declaration !== undefined && ts.isIdentifier(declaration.name))
      return `${text}\n__see(${at}, ${declaration.name.text});`;
  }
  watched[at] = { text, expectation: { is: "prose" }, comment };
  return text;
}

function identifiers(tree: ts.SourceFile): string[] {
  const used = new Set<string>();
  const declared = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const { parent } = node;
      const isMember = ts.isPropertyAccessExpression(parent) && parent.name === node;
      const isKey = ts.isPropertyAssignment(parent) && parent.name === node;
      const isDeclared =
        (ts.isVariableDeclaration(parent) && parent.name === node) ||
        (ts.isBindingElement(parent) && parent.name === node) ||
        (ts.isParameter(parent) && parent.name === node) ||
        (ts.isFunctionDeclaration(parent) && parent.name === node) ||
        ts.isImportSpecifier(parent);
      if (isDeclared) declared.add(node.text);
      else if (!isMember && !isKey) used.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return [...used].filter((name) => !declared.has(name));
}
