import type { GoldenDifference } from "./golden-compare.js";
import type { GoldenVerdict } from "./golden-verdict.js";
import { counted, cut, plain, type RenderStyle } from "./render-table.js";
import { meaningOf } from "./words.js";

const mostDifferences = 8;
const mostCharacters = 120;

/** The verdicts of a file: a line for each case, and what differs below it. */
export function renderVerdicts(file: string, verdicts: readonly GoldenVerdict[], style: RenderStyle): string[] {
  return [style.paint.bold(plain(file)), ...verdicts.flatMap((verdict) => linesOf(verdict, style))];
}

/** The last line: how many cases there were, and how many of them failed. */
export function renderTotals(verdicts: readonly GoldenVerdict[], { paint }: RenderStyle): string {
  const failed = verdicts.filter(({ ok }) => !ok).length;
  const all = counted(verdicts.length, "case");
  return failed === 0 ? paint.green(`${all}, all as expected`) : paint.red(`${all}, ${failed} failed`);
}

function linesOf({ id, ok, reason, differences }: GoldenVerdict, { paint }: RenderStyle): string[] {
  if (ok || reason === undefined) return [`  ${paint.green("ok")}    ${plain(id)}`];
  const rest = differences.length - mostDifferences;
  return [
    `  ${paint.red("FAIL")}  ${plain(id)}  ${paint.dim(`${reason}: ${meaningOf(reason)}`)}`,
    ...differences.slice(0, mostDifferences).flatMap((difference) => differenceLines(difference, reason)),
    ...(rest > 0 ? [`        and ${counted(rest, "difference")} more`] : []),
  ];
}

function differenceLines({ path, ...sides }: GoldenDifference, reason: string): string[] {
  const [left, right] = reason === "GOLDEN.NONDETERMINISTIC" ? ["first   ", "second  "] : ["expected", "received"];
  return [
    `        ${plain(path)}`,
    `          ${left} ${shown(sides.expected)}`,
    `          ${right} ${shown(sides.received)}`,
  ];
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : cut(plain(JSON.stringify(value)), mostCharacters);
}
