import { resolve } from "node:path";
import type { CliIo } from "../../src/cli/io.js";
import { run } from "../../src/cli/run.js";

/** What one call of the command line left behind. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly written: Readonly<Record<string, string>>;
}

class NoSuchFile extends Error {
  readonly code = "ENOENT";
}

/** Runs the command line in this process over files that exist only here. */
export async function call(
  args: readonly string[],
  files: Readonly<Record<string, unknown>>,
  parts: Partial<CliIo> = {},
): Promise<Ended> {
  const texts = { out: "", err: "" };
  const written: Record<string, string> = {};
  const cwd = "/cwd";
  const known = new Map(
    Object.entries(files).map(([name, content]) => [
      resolve(cwd, name),
      typeof content === "string" ? content : JSON.stringify(content, null, 2),
    ]),
  );
  const io: CliIo = {
    out: (text) => {
      texts.out += text;
    },
    err: (text) => {
      texts.err += text;
    },
    readFile: async (path) => {
      const content = known.get(path);
      if (content === undefined) throw new NoSuchFile(path);
      return content;
    },
    async *readPieces(path) {
      yield await io.readFile(path);
    },
    writeFile: async (path, text) => {
      let whole = "";
      for await (const piece of typeof text === "string" ? [text] : text) whole += piece;
      written[path] = whole;
    },
    openFile: async (path) => {
      written[path] = "";
      const write = async (text: string) => {
        written[path] += text;
      };
      return { write, close: async () => undefined };
    },
    readInside: async (directory, name) => io.readFile(resolve(directory, name)),
    cwd,
    columns: 100,
    colour: { out: false, err: false },
    redraws: { err: false },
    replaceFile: async (path, text) => {
      written[path] = text;
    },
    now: () => "2026-03-01T09:00:00.000Z",
    updatesGolden: false,
    debug: false,
    ...parts,
  };
  const code = await run(args, io);
  return { code, ...texts, written };
}

/** Two versions of a small loan flow: the second asks for the income on the way and rewords the offer. */
export const v1 = {
  id: "loan",
  version: 1,
  entry: "hello",
  steps: [
    { id: "hello", name: "Hello" },
    { id: "amount", name: "Amount", collects: ["amount"] },
    { id: "offer", name: "Offer", description: "The offer" },
    { id: "sent", name: "Sent", checkpoint: true, checkpointDescription: "Offer sent" },
    { id: "fax", name: "Fax" },
  ],
  transitions: [
    { from: "hello", to: "amount" },
    { from: "amount", to: "offer", condition: "amount < 5000" },
    { from: "amount", to: "fax", else: true },
    { from: "offer", to: "sent" },
  ],
  fields: [{ name: "amount", type: "number" }],
};

export const v2 = {
  ...v1,
  version: 2,
  steps: [
    ...v1.steps
      .filter(({ id }) => id !== "fax")
      .map((step) => (step.id === "offer" ? { ...step, description: "Your offer" } : step)),
    { id: "income", name: "Income", collects: ["income"] },
    { id: "refusal", name: "Refusal" },
  ],
  transitions: [
    { from: "hello", to: "amount" },
    { from: "amount", to: "income" },
    { from: "income", to: "offer", condition: "income > 1000" },
    { from: "income", to: "refusal", else: true },
    { from: "offer", to: "sent" },
  ],
  fields: [
    { name: "amount", type: "number" },
    { name: "income", type: "number", displayName: "Monthly income", askPrompt: "What do you earn a month?" },
  ],
};

export const files = { "v1.json": v1, "v2.json": v2 };
