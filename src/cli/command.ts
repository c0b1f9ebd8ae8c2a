import { type Command, InvalidArgumentError, Option } from "commander";
import { examplesOf } from "./examples.js";

/** Adds a command, or a part of the command `group`, with its help. */
export function command(program: Command, name: string, description: string, group?: string): Command {
  const own = examplesOf(group === undefined ? name : `${group} ${name}`);
  const examples = own.length === 0 && group !== undefined ? examplesOf(group) : own;
  return program
    .command(name)
    .description(description)
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .addHelpText("after", () =>
      examples.length === 0
        ? ""
        : `\nExamples:\n${examples.map(({ line, says }) => `  ${line}\n      ${says}`).join("\n")}`,
    );
}

export function jsonOption(description: string): Option {
  return new Option("--json", description);
}

const timestamp = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/;

export function atOption(description: string): Option {
  return momentOption("--at <timestamp>", description);
}

/** A point in time. */
export function momentOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string) => {
    if (timestamp.test(value) && !Number.isNaN(Date.parse(value))) return value;
    throw new InvalidArgumentError("It is not a timestamp like 2026-03-01T09:30:00Z.");
  });
}

const longestWords = 1000;

/** Words for people that are kept on record: one line, not too long. */
export function wordsOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string) => {
    if (value.length > longestWords) throw new InvalidArgumentError(`It is longer than ${longestWords} characters.`);
    if (/\p{Cc}/u.test(value)) throw new InvalidArgumentError("It has control characters, such as a line feed.");
    if (value.trim() === "") throw new InvalidArgumentError("It says nothing.");
    return value;
  });
}

/** A whole number within bounds. */
export function countOption(flags: string, description: string, bounds: { least: number; most: number }): Option {
  const { least, most } = bounds;
  return new Option(flags, description).argParser((value: string) => {
    const number = Number(value);
    if (Number.isInteger(number) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It is not a whole number from ${least} to ${most}.`);
  });
}

const storeWords = "directory, postgres://user@host/database, or pglite:directory";

/** Names the store; absent it is that of REGRAFT_STORE, or the directory `.regraft`. */
export function addStore(of: Command, words = `store: ${storeWords}`): Command {
  return of.option("--store <target>", words).option("--tenant <id>", "tenant in the store");
}
