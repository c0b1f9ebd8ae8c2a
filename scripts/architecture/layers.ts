/** The folders of `src`, one array a line; a folder imports from its own line or an earlier one. */
const lines: readonly (readonly string[])[] = [
  ["errors", "hash", "contracts", "config"],
  ["scenario"],
  ["diff"],
  ["plan", "session"],
  ["ledger", "ports"],
  ["resilience"],
  ["fill"],
  ["engine", "staging", "rollout"],
  ["stores", "adapters"],
  ["http", "review", "tools"],
  ["cli"],
  ["testing"],
  ["index"],
];

/** Lines a folder may not reach although they are earlier than its own. */
const closedLines: ReadonlyMap<string, readonly number[]> = new Map([
  ["stores", [7, 8]],
  ["adapters", [7, 8]],
]);

const lastPureLine = 5;

const lineOfFolder: ReadonlyMap<string, number> = new Map(
  lines.flatMap((folders, at) => folders.map((folder): [string, number] => [folder, at + 1])),
);

/** The folder a file of `src` counts to; a file directly under `src` is a folder of its own name. */
export function folderOf(file: string): string {
  const [first = "", second] = file.split("/");
  return second === undefined ? first.replace(/\.ts$/, "") : first;
}

/** The line (1-13) of a folder, or undefined for a folder the layout does not know. */
export function lineOf(folder: string): number | undefined {
  return lineOfFolder.get(folder);
}

/** Whether code of the folder must be synchronous and free of clock, randomness and I/O. */
export function isPure(folder: string): boolean {
  const line = lineOf(folder);
  return line !== undefined && line <= lastPureLine;
}

/** Why `from` may not import `to`, or undefined if it may. */
export function forbidden(from: string, to: string): string | undefined {
  if (from === to) return undefined;
  const fromLine = lineOf(from);
  const toLine = lineOf(to);
  if (fromLine === undefined || toLine === undefined) return undefined;
  if (to === "testing") return `nothing in src imports testing, but ${from} does`;
  if (toLine > fromLine) return `${from} (line ${fromLine}) imports ${to} (line ${toLine}), a later line`;
  if (closedLines.get(from)?.includes(toLine)) return `${from} does not import from line ${toLine} (${to})`;
  return undefined;
}
