import picocolors from "picocolors";
import type { Scenario } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import type { RenderStyle } from "../tools/render-table.js";
import { type LoadedScenario, readScenario } from "./files.js";
import type { CliIo } from "./io.js";

/** The two versions that a command is about. */
export interface TwoVersions {
  readonly from: Scenario;
  readonly to: Scenario;
}

/** Reads one version and tells on standard error what a conversion had to decide. */
export async function readVersion(io: CliIo, file: string): Promise<Scenario> {
  const loaded = await readScenario(io, file);
  tellNotes(io, file, loaded);
  return loaded.scenario;
}

/**
 * Reads the two versions of one flow, the old one first.
 *
 * @throws RegraftError `INPUT.INVALID` when they are of two flows, `SCENARIO.VERSION_NOT_GREATER` when the second is not the later
 */
export async function readVersions(io: CliIo, v1: string, v2: string): Promise<TwoVersions> {
  const from = await readVersion(io, v1);
  const to = await readVersion(io, v2);
  if (from.id !== to.id) {
    throw new RegraftError("INPUT.INVALID", "the two files are versions of different flows", {
      file: v2,
      path: "/id",
      expected: from.id,
      received: to.id,
    });
  }
  return { from, to };
}

/** Refuses a second version that is not later than the first. */
export function checkLater({ from, to }: TwoVersions, file: string): void {
  if (to.version > from.version) return;
  throw new RegraftError(
    "SCENARIO.VERSION_NOT_GREATER",
    `version ${to.version} does not come after version ${from.version}`,
    {
      file,
      path: "/version",
      expected: `a version above ${from.version}`,
      received: String(to.version),
    },
  );
}

function tellNotes(io: CliIo, file: string, { notes, scenario }: LoadedScenario): void {
  if (scenario.metadata === undefined || notes.length === 0) return;
  const counts = new Map<string, number>();
  for (const { code } of notes) counts.set(code, (counts.get(code) ?? 0) + 1);
  const told = [...counts].map(([code, count]) => `${code} ${count}`).join(", ");
  io.err(`note: ${file} is a flow of another form; the conversion had to decide: ${told}\n`);
}

/** How a command lays out and paints its standard output. */
export function styleOf(io: CliIo): RenderStyle {
  return { columns: io.columns, paint: picocolors.createColors(io.colour.out) };
}

/** How a plan is laid out: as Markdown it is for a page or a pull request, without colour. */
export function planStyle(io: CliIo, { markdown }: { readonly markdown?: boolean }): RenderStyle {
  return markdown === true
    ? { columns: io.columns, paint: picocolors.createColors(false), format: "markdown" }
    : styleOf(io);
}

/** Prints lines to standard output. */
export function print(io: CliIo, lines: readonly string[]): void {
  io.out(`${lines.join("\n")}\n`);
}

/** Prints a value as JSON to standard output. */
export function printJson(io: CliIo, value: unknown): void {
  io.out(`${JSON.stringify(value, null, 2)}\n`);
}
