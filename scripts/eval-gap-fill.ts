import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { defaultExtractor } from "../src/fill/extract-default.js";
import { naiveExtractor } from "./eval/baseline-naive.js";
import { recognisersExtractor } from "./eval/baseline-recognisers.js";
import { hashOf, readSessions } from "./eval/pack.js";
import { renderScores } from "./eval/report.js";
import { scoreExtractor } from "./eval/score.js";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: "string", default: process.env.DIALOGUES ?? "" },
      half: { type: "string", default: "both" },
      at: { type: "string", default: "2019-03-01T00:00:00Z" },
      "max-turns": { type: "string", default: "20" },
      only: { type: "string", default: "" },
    },
  });
  if (values.data === "") {
    console.error(
      "usage: eval-gap-fill.ts --data DIR [--half a|b|both] [--at TIMESTAMP] [--max-turns N] [--only NAME]",
    );
    process.exitCode = 2;
    return;
  }
  const directory = resolve(values.data);
  const files = readdirSync(directory).filter((file) => file.endsWith(".jsonl"));
  const sessions = readSessions(directory, files).filter(
    ({ id }) => values.half === "both" || (hashOf(id.split("@")[0] ?? id) % 2 === 0) === (values.half === "a"),
  );
  const extractors = [
    { extractor: defaultExtractor({ maxTurns: Number(values["max-turns"]) }), checked: true },
    { extractor: naiveExtractor(), checked: false },
    { extractor: await recognisersExtractor(), checked: false },
  ].filter(({ extractor }) => extractor.name.includes(values.only));
  const scores = [];
  for (const { extractor, checked } of extractors)
    scores.push(await scoreExtractor(extractor, sessions, values.at, checked));
  console.log(
    `${sessions.length} sessions, half: ${values.half}, turns read: ${values["max-turns"]}, now: ${values.at}\n`,
  );
  console.log(renderScores(scores));
}

await main();
