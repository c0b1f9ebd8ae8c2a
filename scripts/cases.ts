import { parseArgs } from "node:util";
import { type Actual, type Case, readCases } from "./cases/case.js";
import { runCase } from "./cases/run.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean", default: false } },
});

if (positionals.length === 0) {
  process.stderr.write("usage: npm run -s cases -- FILE... [--json]\n");
  process.exitCode = 2;
}

for (const file of positionals) {
  for (const one of readCases(file)) {
    const actual = await outcome(one);
    process.stdout.write(values.json ? `${JSON.stringify({ id: one.id, actual })}\n` : `${row(one, actual)}\n`);
  }
}

async function outcome(one: Case): Promise<Actual> {
  try {
    return await runCase(one);
  } catch (error) {
    process.exitCode = 1;
    return { error: "runner", message: error instanceof Error ? error.message : String(error) };
  }
}

/** One line for people: the expected keys with what really happened. */
function row({ id, expect }: Case, actual: Actual): string {
  const keys = ["action", "step", "version", ...Object.keys(expect)].filter(
    (key, i, all) => all.indexOf(key) === i && actual[key] !== undefined,
  );
  const shown = keys.map((key) => `${key}=${JSON.stringify(actual[key])}`).join(" ");
  const error = actual.error === undefined || actual.error === null ? "" : ` error=${String(actual.error)}`;
  return `${id.padEnd(36)} ${shown}${error}`;
}
