import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { silentProgram } from "../../scripts/docs/cli-page.js";
import { call } from "./world.js";

/** Every command by the words that call it, groups of commands among them. */
function commandsOf(program: Command, words: readonly string[] = []): (readonly string[])[] {
  return program.commands.flatMap((one) => {
    const own = [...words, one.name()];
    return [own, ...commandsOf(one, own)];
  });
}

const paths = commandsOf(silentProgram()).filter((words) => words[0] !== "help");
const helpOf = async (words: readonly string[]) => call([...words, "--help"], {});

describe("the help of each command", () => {
  it.each(
    paths.map((words) => [words.join(" "), words] as const),
  )("regraft %s --help is its own", async (name, words) => {
    const { code, out, err } = await helpOf(words);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(new RegExp(`^Usage: regraft ${name}( |\\n)`));
  });

  it("is no other command's, and not that of the whole", async () => {
    const texts = await Promise.all([[], ...paths].map(async (words) => (await helpOf(words)).out));
    expect(paths.length).toBeGreaterThan(30);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it.each(
    paths.map((words) => [words.join(" "), words] as const),
  )("regraft %s refuses what it does not know", async (_, words) => {
    const { code, out } = await call([...words, "--no-such-option"], {});
    expect({ code, out }).toEqual({ code: 2, out: "" });
  });
});
