import { findCycles } from "./cycles.js";
import { folderOf, forbidden, lineOf } from "./layers.js";
import type { Import, SourceFile } from "./source.js";
import { type Violation, violation } from "./violation.js";

interface FolderEdge {
  readonly path: string;
  readonly line: number;
}

function directionOf(source: SourceFile, to: Import): Violation | undefined {
  if (to.file === undefined) return undefined;
  if (to.file.startsWith("../")) {
    if (to.file.endsWith(".json")) return undefined;
    return violation(source.path, to.line, "outside-src", `imports ${to.specifier}, which lies outside src`);
  }
  const message = forbidden(folderOf(source.path), folderOf(to.file));
  return message === undefined ? undefined : violation(source.path, to.line, "direction", message);
}

function fileCycles(sources: readonly SourceFile[]): Violation[] {
  const edges = new Map(sources.map((source) => [source.path, source.imports.flatMap((to) => to.file ?? [])]));
  const byPath = new Map(sources.map((source) => [source.path, source]));
  return findCycles(edges).map((cycle) => {
    const [first = "", second = ""] = cycle;
    const line = byPath.get(first)?.imports.find((to) => to.file === second)?.line ?? 1;
    return violation(first, line, "file-cycle", cycle.join(" -> "));
  });
}

/** Folders of one line may use each other in one direction only. */
function folderCycles(sources: readonly SourceFile[]): Violation[] {
  const edges = new Map<string, Map<string, FolderEdge>>();
  for (const source of sources) {
    const from = folderOf(source.path);
    for (const { file, line } of source.imports) {
      if (file === undefined) continue;
      const to = folderOf(file);
      if (to === from || lineOf(to) === undefined || lineOf(to) !== lineOf(from)) continue;
      const targets = edges.get(from) ?? new Map<string, FolderEdge>();
      if (!targets.has(to)) targets.set(to, { path: source.path, line });
      edges.set(from, targets);
    }
  }
  const names = new Map([...edges].map(([from, targets]) => [from, [...targets.keys()]]));
  return findCycles(names).map((cycle) => {
    const [first = "", second = ""] = cycle;
    const edge = edges.get(first)?.get(second) ?? { path: first, line: 1 };
    return violation(edge.path, edge.line, "folder-cycle", cycle.join(" -> "));
  });
}

/** Which file may import which, and that no imports form a ring. Type-only imports count like any other. */
export function checkImports(sources: readonly SourceFile[]): Violation[] {
  const found: Violation[] = [];
  for (const source of sources) {
    const folder = folderOf(source.path);
    if (lineOf(folder) === undefined) {
      found.push(violation(source.path, 1, "unknown-folder", `${folder} is not a folder of the layout`));
    }
    for (const to of source.imports) {
      const wrong = directionOf(source, to);
      if (wrong !== undefined) found.push(wrong);
    }
  }
  return [...found, ...fileCycles(sources), ...folderCycles(sources)];
}
