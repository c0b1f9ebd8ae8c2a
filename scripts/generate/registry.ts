import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { pinsOf } from "../../src/tools/schema-pins.js";
import { fileOf, goldenOrRecord, type Schema } from "./schemas.js";

/** Who answers for each kind: the folder of the sources that makes its values. */
const owners: Readonly<Record<string, string>> = {
  "access-policy": "src/engine",
  configuration: "src/config",
  "data-change": "src/plan",
  decision: "src/session",
  field: "src/scenario",
  "gate-decision": "src/ledger",
  "golden-case": "src/tools",
  "guard-set": "src/ledger",
  "lint-finding": "src/plan",
  plan: "src/plan",
  "plan-contract": "src/plan",
  "plan-rollout": "src/plan",
  policy: "src/plan",
  "reason-codes": "src/contracts",
  "record-audit-manifest": "src/tools",
  "record-cloud-event": "src/ledger",
  "record-config-file": "src/config",
  "record-doctor-report": "src/tools",
  "record-evidence-capsule": "src/ledger",
  "record-graph-snapshot": "src/ledger",
  "record-migration-report": "src/ledger",
  "record-run-manifest": "src/tools",
  "record-schema-pins": "src/contracts",
  "record-schema-registry": "src/contracts",
  "record-state-report": "src/tools",
  result: "src/engine",
  scenario: "src/scenario",
  session: "src/session",
  summary: "src/plan",
  "transformation-map": "src/diff",
  visit: "src/session",
  witness: "src/session",
};

const root = new URL("../../", import.meta.url);

/** The registry of all kinds with a schema of their own. A kind without an owner or without examples stops the generation. */
export function generateRegistry(kinds: readonly string[]): unknown {
  const entries = [...kinds].sort().map((kind) => {
    const owner = owners[kind];
    if (owner === undefined) throw new TypeError(`the kind ${kind} has no owner in scripts/generate/registry.ts`);
    const folder = `examples/${goldenOrRecord(kind) ? "records" : "contracts"}/${kind}`;
    const directory = fileURLToPath(new URL(folder, root));
    const files = existsSync(directory) ? readdirSync(directory).sort() : [];
    const invalidExamples = files.filter((name) => name.startsWith("invalid-")).map((name) => `${folder}/${name}`);
    if (!files.includes("valid.json") || invalidExamples.length === 0) {
      throw new TypeError(`${folder} needs valid.json and at least one invalid-*.json`);
    }
    const schema = `schemas/${fileOf(kind)}`;
    return [kind, { schema, version: "1.0", owner, example: `${folder}/valid.json`, invalidExamples }];
  });
  return { artifacts: Object.fromEntries(entries) };
}

/** Pins all schemas and the catalogue of reason codes. */
export function generatePins(files: ReadonlyMap<string, string>): unknown {
  return pinsOf(files);
}

/** The kinds of values that have a schema of their own. */
export function allKinds(schemas: ReadonlyMap<string, Schema>, core: readonly string[]): string[] {
  const apart = [...schemas].filter(
    ([stem, schema]) => goldenOrRecord(stem) && "title" in schema && stem !== "golden-step",
  );
  return [...core, ...apart.map(([stem]) => stem)];
}
