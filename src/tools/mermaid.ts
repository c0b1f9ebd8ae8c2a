import { type ChangeNode, changeGraph, type EdgeChange } from "./change-graph.js";
import type { MapInput } from "./render-diff.js";

const shapes: Readonly<Record<ChangeNode["role"], readonly [string, string]>> = {
  entry: ["([", "])"],
  checkpoint: ["[[", "]]"],
  required_action: ["{{", "}}"],
  plain: ["[", "]"],
};

const arrows: Readonly<Record<EdgeChange, string>> = { kept: "-->", added: "==>", removed: "-.->", modified: "-->" };

const edgeColours: Readonly<Record<EdgeChange, string | undefined>> = {
  kept: undefined,
  added: "#1a7f37",
  removed: "#cf222e",
  modified: "#9a6700",
};

const classes: readonly string[] = [
  "classDef inserted fill:#dafbe1,stroke:#1a7f37,color:#116329",
  "classDef removed fill:#ffebe9,stroke:#cf222e,color:#a40e26,stroke-dasharray:4",
  "classDef edited fill:#fff8c5,stroke:#9a6700,color:#633c01",
  "classDef moved fill:#ddf4ff,stroke:#0969da,color:#0a3069",
  "classDef unclear fill:#fbefff,stroke:#8250df,color:#512a97",
];

/**
 * Draws a change as a Mermaid flowchart: the new version, what it lost dashed and in red.
 *
 * Stadium: entry. Double frame: checkpoint. Hexagon: required action.
 *
 * @returns the text of a diagram, with a line break at the end
 */
export function toMermaid(input: MapInput): string {
  const { title, nodes, edges } = changeGraph(input);
  const lines = ["---", `title: ${JSON.stringify(title)}`, "---", "flowchart TD"];
  for (const { key, title: text, role, change } of nodes) {
    const [open, close] = shapes[role];
    lines.push(`  ${key}${open}"${escaped(text)}"${close}${change === "kept" ? "" : `:::${change}`}`);
  }
  const styles: string[] = [];
  edges.forEach(({ from, to, label, change }, at) => {
    const text = label === "" ? "" : `|"${escaped(label)}"|`;
    lines.push(`  ${from} ${arrows[change]}${text} ${to}`);
    const colour = edgeColours[change];
    if (colour !== undefined) styles.push(`  linkStyle ${at} stroke:${colour}`);
  });
  const used = new Set<string>(nodes.map(({ change }) => change));
  const definitions = classes.filter((line) => used.has(line.split(" ")[1] ?? "")).map((line) => `  ${line}`);
  return `${[...lines, ...definitions, ...styles].join("\n")}\n`;
}

/** Text in a quoted Mermaid label: everything that has a meaning there becomes an entity. */
function escaped(text: string): string {
  return text.replace(/[#"<>&`|{}[\]()\\]/g, (sign) => `#${sign.codePointAt(0)};`);
}
