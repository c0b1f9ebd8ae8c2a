import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Flow, FlowVersion } from "./pack.js";

/** Flows that are shown as examples, with their versions. None of them is under a share-alike licence. */
const shown: Readonly<Record<string, readonly number[]>> = {
  "form-hsra-vr-hsra-vr-eligibility": [1, 2, 3, 4, 5, 6],
  "govuk-landlord-immigration-check-mid": [4, 5, 6],
  "hmcts-create-claim": [3, 4, 5],
};

const changes = [
  "Changed here: the original files were first brought into a neutral form of steps and transitions (GOV.UK flows: structure only,",
  "program predicates as digests; checkpoints set by rule), then converted to regraft scenarios by the rules of",
  "[docs/real-flows.md](../../docs/real-flows.md).",
];

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const licenceFile = (repo: string): string => `${repo.replace("/", "+")}.txt`;

function attributionOf(flow: Flow, versions: readonly FlowVersion[]): string[] {
  const [first] = versions;
  const repo = text(first?.source.repo);
  return [
    `## ${flow.id}`,
    "",
    `From [${repo}](https://github.com/${repo}), licence ${text(first?.source.licence)}: [licences/${licenceFile(repo)}](licences/${licenceFile(repo)}).`,
    "",
    "| file | path in the source | commit | date |",
    "| --- | --- | --- | --- |",
    ...versions.map(({ version, source }) => {
      const { path, commit, date } = source;
      return `| ${flow.id}/v${version}.json | ${text(path)} | ${text(commit)} | ${text(date)} |`;
    }),
    "",
  ];
}

/** Writes the example flows with their attribution and licence texts; what was there before is replaced. */
export function writeExamples(flows: readonly Flow[], root: string, target: string): void {
  for (const name of readdirSync(target)) {
    if (name in shown || name === "licences" || name === "ATTRIBUTION.md")
      rmSync(join(target, name), { recursive: true });
  }
  mkdirSync(join(target, "licences"), { recursive: true });
  const attribution = ["# Where these flows come from", "", ...changes, ""];
  for (const [id, numbers] of Object.entries(shown)) {
    const flow = flows.find((one) => one.id === id && one.folder === "flows");
    const versions = flow?.versions.filter(({ version }) => numbers.includes(version)) ?? [];
    if (flow === undefined || versions.length !== numbers.length) throw new Error(`${root} lacks versions of ${id}`);
    mkdirSync(join(target, id), { recursive: true });
    for (const { version, json } of versions) {
      writeFileSync(join(target, id, `v${version}.json`), `${JSON.stringify(json, null, 2)}\n`);
    }
    const file = licenceFile(text(versions[0]?.source.repo));
    copyFileSync(join(root, "licences", file), join(target, "licences", file));
    attribution.push(...attributionOf(flow, versions));
  }
  writeFileSync(join(target, "ATTRIBUTION.md"), `${attribution.join("\n").trimEnd()}\n`);
}
