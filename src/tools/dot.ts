import { type ChangeNode, changeGraph, type EdgeChange, type NodeChange } from "./change-graph.js";
import type { MapInput } from "./render-diff.js";

const shapes: Readonly<Record<ChangeNode["role"], string>> = {
  entry: "shape=oval",
  checkpoint: "shape=box, peripheries=2",
  required_action: "shape=hexagon",
  plain: "shape=box",
};

const nodeStyles: Readonly<Record<NodeChange, string>> = {
  kept: "",
  inserted: ', style=filled, fillcolor="#dafbe1", color="#1a7f37"',
  removed: ', style="filled,dashed", fillcolor="#ffebe9", color="#cf222e"',
  edited: ', style=filled, fillcolor="#fff8c5", color="#9a6700"',
  moved: ', style=filled, fillcolor="#ddf4ff", color="#0969da"',
  unclear: ', style=filled, fillcolor="#fbefff", color="#8250df"',
};

const edgeStyles: Readonly<Record<EdgeChange, string>> = {
  kept: "",
  added: 'color="#1a7f37", penwidth=2',
  removed: 'color="#cf222e", style=dashed',
  modified: 'color="#9a6700"',
};

/**
 * Draws a change in the DOT language of Graphviz: the new version, what it lost dashed and in red.
 *
 * Oval: entry. Double frame: checkpoint. Hexagon: required action.
 *
 * @returns the text of a digraph, with a line break at the end
 */
export function toDot(input: MapInput): string {
  const { title, nodes, edges } = changeGraph(input);
  const lines = [
    `digraph ${quoted(title)} {`,
    "  rankdir=TB;",
    '  node [fontname="Helvetica"];',
    '  edge [fontname="Helvetica", fontsize=10];',
  ];
  for (const { key, title: text, id, role, change } of nodes) {
    lines.push(`  ${key} [label=${quoted(text)}, tooltip=${quoted(id)}, ${shapes[role]}${nodeStyles[change]}];`);
  }
  for (const { from, to, label, change } of edges) {
    const parts = [
      ...(label === "" ? [] : [`label=${quoted(label)}`]),
      ...(edgeStyles[change] === "" ? [] : [edgeStyles[change]]),
    ];
    lines.push(`  ${from} -> ${to}${parts.length === 0 ? "" : ` [${parts.join(", ")}]`};`);
  }
  return `${[...lines, "}"].join("\n")}\n`;
}

function quoted(text: string): string {
  return `"${text.replace(/\\/g, "\\\\").replace(/"/g, '\\"')}"`;
}
