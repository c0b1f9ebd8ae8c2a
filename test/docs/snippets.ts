import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";

/** A piece of code that documentation shows. */
export interface Snippet {
  /** File and line where it starts. */
  readonly place: string;
  readonly file: string;
  readonly code: string;
}

/** All files of a folder and the folders in it that end so, sorted. */
export function filesIn(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`)
    .sort();
}

/** The documents a reader is meant to read. */
export const documents: readonly string[] = [
  "README.md",
  "CONTRIBUTING.md",
  ...filesIn("docs", ".md").filter((file) => !file.startsWith("docs/api/")),
];

/** The fenced blocks of some languages in a Markdown file. */
export function fencedBlocks(file: string, languages: readonly string[]): Snippet[] {
  const text = readFileSync(file, "utf8");
  const found: Snippet[] = [];
  for (const match of text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)) {
    const [, language = "", code = ""] = match;
    if (!languages.includes(language)) continue;
    const line = text.slice(0, match.index).split("\n").length + 1;
    found.push({ place: `${file}:${line}`, file, code });
  }
  return found;
}

/** The TypeScript of a document as one program: later blocks go on where earlier ones stopped. */
export function programOf(file: string): Snippet | undefined {
  const blocks = fencedBlocks(file, ["ts"]);
  const [first] = blocks;
  return first === undefined ? undefined : { ...first, code: blocks.map(({ code }) => code).join("\n") };
}

/** The examples in the doc comments of a source file, each a program of its own. */
export function docExamples(file: string): Snippet[] {
  const text = readFileSync(file, "utf8");
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const found: Snippet[] = [];
  const visit = (node: ts.Node): void => {
    for (const tag of ts.getJSDocTags(node)) {
      if (tag.tagName.text !== "example" || tag.parent.parent !== node) continue;
      const line = tree.getLineAndCharacterOfPosition(tag.getStart()).line + 1;
      const code = exampleText(text.slice(tag.getStart(), tag.end));
      found.push({ place: `${file}:${line}`, file, code });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function exampleText(tag: string): string {
  const lines = tag.split("\n").map((line) => line.replace(/^\s*\* ?/, ""));
  const body = lines.slice(1).filter((line) => !line.startsWith("```") && line.trim() !== "/");
  return body.join("\n");
}
