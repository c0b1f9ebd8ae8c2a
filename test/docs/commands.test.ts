import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { cliPage, cliPagePath, silentProgram } from "../../scripts/docs/cli-page.js";
import { examplesOf } from "../../src/cli/examples.js";
import { documents, fencedBlocks } from "./snippets.js";

interface Command {
  readonly place: string;
  readonly args: readonly string[];
}

/** Every call of the command line in shell blocks, by its name or from the sources. */
function commandsIn(file: string): Command[] {
  return fencedBlocks(file, ["sh", "bash"]).flatMap(({ place, code }) =>
    code.split("\n").flatMap((line) => {
      const [, text] =
        /^(?:npx )?(?:regraft|tsx src\/cli\/main\.ts) ?(.*)$/.exec(line.replace(/\s+#.*$/, "").trim()) ?? [];
      return text === undefined
        ? []
        : [{ place: `${place}: ${line}`, args: text.split(/\s+/).filter((word) => word !== "") }];
    }),
  );
}

const commands = documents.flatMap(commandsIn);

/** Parses without running. */
async function parse(args: readonly string[]): Promise<void> {
  await silentProgram().parseAsync([...args], { from: "user" });
}

describe("commands in the documents", () => {
  it("are found in the README and in the page of the command line", () => {
    const files = new Set(commands.map(({ place }) => place.split(":")[0]));
    expect([...files]).toEqual(expect.arrayContaining(["README.md", "docs/cli.md"]));
    expect(commands.length).toBeGreaterThan(10);
  });

  it.each(commands.map(({ place, args }) => [place, args] as const))("%s can be called", async (_, args) => {
    await expect(parse(args)).resolves.toBeUndefined();
  });

  it("would not pass with an option that does not exist", async () => {
    await expect(parse(["diff", "a", "b", "--nope"])).rejects.toThrow("unknown option");
  });

  it("of the repository name scripts that exist", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
    const named = documents.flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/npm run (?:-s |--silent )?([\w:-]+)/g)].map(([, name]) => name ?? ""),
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it("stand alone on their lines in the README: install and run, install and test", () => {
    const lines = readFileSync("README.md", "utf8").split("\n");
    expect(lines).toContain("npm ci && npm run quickstart");
    expect(lines).toContain("npm ci && npm test");
  });
});

describe("the page of the command line", () => {
  it("is what the definition of the command line says", () => {
    expect(readFileSync(cliPagePath, "utf8")).toBe(cliPage());
  });

  it("has every command with examples of its own", () => {
    for (const command of silentProgram().commands) {
      const names = [command.name(), ...command.commands.map((one) => `${command.name()} ${one.name()}`)];
      const lines = names.flatMap(examplesOf).map(({ line }) => line);
      expect(lines.length, command.name()).toBeGreaterThan(1);
      expect(lines.filter((line) => !line.startsWith(`regraft ${command.name()}`))).toEqual([]);
    }
  });
});
