import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { writeExamples } from "./flows/examples.js";
import { lawFaults, undoneFaults } from "./flows/laws.js";
import { type Flow, readPack } from "./flows/pack.js";
import { examinePair, type PairResult } from "./flows/pair.js";
import { conditionTable, pairTable, rowOf, writeBetween } from "./flows/report.js";

const page = "docs/real-flows.md";

const lawSessions = 6;

/** Every neighbouring pair of a flow, and its first with its last version. */
function pairsOf(flow: Flow, sessions: number): PairResult[] {
  const { id, versions } = flow;
  const neighbours = versions.slice(1).map((after, at) => [versions[at], after] as const);
  const ends = versions.length > 2 ? [[versions[0], versions.at(-1)] as const] : [];
  return [...neighbours, ...ends].flatMap(([before, after]) =>
    before === undefined || after === undefined ? [] : [examinePair(id, before, after, sessions)],
  );
}

/** What breaks a law on the versions of a flow, thrown errors included. */
function brokenLaws({ id, versions }: Flow): string[] {
  const tried = (name: string, faults: () => string[]): string[] => {
    try {
      return faults().map((fault) => `${id} ${name}: ${fault}`);
    } catch (error) {
      return [`${id} ${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
    }
  };
  return versions.flatMap((version, at) => {
    const next = versions[at + 1];
    return [
      ...tried(String(version.version), () => lawFaults(version, lawSessions)),
      ...(next === undefined ? [] : tried(`${version.version} to`, () => undoneFaults(version, next, lawSessions))),
    ];
  });
}

function main(): void {
  const { values } = parseArgs({
    options: {
      data: { type: "string", default: process.env.REAL_FLOWS ?? "" },
      flow: { type: "string", default: "" },
      sessions: { type: "string", default: "20" },
      "write-examples": { type: "boolean", default: false },
    },
  });
  if (values.data === "") {
    console.error("usage: real-flows.ts --data DIR [--flow PART] [--sessions N] [--write-examples]");
    process.exitCode = 2;
    return;
  }
  const root = resolve(values.data);
  const { flows, failures } = readPack(root);
  for (const { where, message } of failures) console.log(`${where}: ${message}`);
  const chosen = flows.filter(({ id }) => id.includes(values.flow));
  const broken = chosen.flatMap(brokenLaws);
  for (const fault of broken) console.log(`law: ${fault}`);
  const results = chosen.flatMap((flow) => {
    const found = pairsOf(flow, Number(values.sessions));
    for (const result of found) {
      console.log(rowOf(result).join(" | "));
      for (const error of result.errors) console.log(`  error: ${error}`);
    }
    return found;
  });
  const errors = failures.length + broken.length + results.reduce((total, result) => total + result.errors.length, 0);
  if (values.flow === "" && values.sessions === "20") {
    writeBetween(page, "conditions", conditionTable(flows));
    writeBetween(page, "pairs", pairTable(results));
  }
  if (values["write-examples"]) writeExamples(flows, root, "examples/flows");
  console.log(`${results.length} pairs, ${errors} errors`);
  process.exitCode = errors === 0 ? 0 : 1;
}

main();
