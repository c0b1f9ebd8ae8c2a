import { CommanderError } from "commander";
import picocolors from "picocolors";
import type { Violation } from "../contracts/violation.js";
import { isRegraftError, RegraftError } from "../errors.js";
import { plain } from "../tools/render-table.js";
import { hintOf } from "../tools/words.js";
import { examplesOf } from "./examples.js";
import { type ExitCode, exitCodeOf, exitCodes } from "./exit-codes.js";
import type { CliIo } from "./io.js";

const mostFaults = 5;

/** Says on standard error what went wrong, as JSON where the arguments ask for it, and returns what the command ends with. */
export function reportError(error: unknown, io: CliIo, args: readonly string[]): ExitCode {
  if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok;
  const known = asKnown(error);
  const hint = known.code === "CLI.USAGE" ? usageHint(args) : hintOf(known.code);
  io.err(
    args.includes("--json") ? `${JSON.stringify({ error: forMachines(known, hint) })}\n` : forPeople(known, hint, io),
  );
  if (io.debug && error instanceof Error) io.err(`${error.stack ?? ""}\n`);
  return exitCodeOf(known.code);
}

function asKnown(error: unknown): RegraftError {
  if (isRegraftError(error)) return error;
  if (error instanceof CommanderError) {
    const isMissing = error.code === "commander.help";
    const text = isMissing ? "a command is missing" : error.message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ");
    return new RegraftError("CLI.USAGE", text, {}, { cause: error });
  }
  const text = error instanceof Error ? error.message : String(error);
  return new RegraftError("INTERNAL.BUG", text, {}, { cause: error });
}

/** Names the help that tells more: that of the command, if one was named. */
function usageHint(args: readonly string[]): string {
  const command = args.find((arg) => examplesOf(arg).length > 0);
  return `See regraft ${command === undefined ? "--help" : `${command} --help`}.`;
}

function sentenceOf({ code, message }: RegraftError): string {
  return message.startsWith(`${code}: `) ? message.slice(code.length + 2) : message;
}

function forMachines(error: RegraftError, hint: string): Record<string, unknown> {
  const { code, details } = error;
  const { file, line, column, path, expected, received } = details;
  const known = {
    code,
    message: sentenceOf(error),
    file,
    line,
    column,
    path,
    expected,
    received,
    errors: details.errors ?? details.problems,
    hint,
  };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
}

function forPeople(error: RegraftError, hint: string, io: CliIo): string {
  const paint = picocolors.createColors(io.colour.err);
  const { code, details } = error;
  const { file, line, path, expected, received } = details;
  const place = [
    ...(file === undefined ? [] : [`${file}${line === undefined ? "" : `:${line}`}`]),
    ...(path === undefined || path === "" ? [] : [path]),
  ].join(" ");
  const lines = [
    `${paint.red("error")} ${paint.bold(code)}${place === "" ? "" : ` in ${place}`}`,
    `  ${plain(sentenceOf(error))}`,
    ...(expected === undefined ? [] : [`  expected: ${expected}`]),
    ...(received === undefined ? [] : [`  received: ${plain(received)}`]),
    ...furtherFaults(error),
    paint.dim(`  hint: ${hint}`),
  ];
  return `${lines.join("\n")}\n`;
}

/** The other faults of the same value, where its check found several. */
function furtherFaults({ details }: RegraftError): string[] {
  const known = details.errors ?? details.problems;
  const faults = Array.isArray(known) ? (known as readonly Violation[]).slice(1) : [];
  const shown = faults
    .slice(0, mostFaults)
    .map(({ path, expected, received }) => `  also ${path}: expected ${expected}, received ${received}`);
  return faults.length > shown.length ? [...shown, `  and ${faults.length - shown.length} more`] : shown;
}
