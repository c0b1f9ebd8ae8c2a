import { readFileSync } from "node:fs";
import type { CliIo } from "../../src/cli/io.js";
import { jsonFault } from "../../src/cli/json-position.js";
import { run } from "../../src/cli/run.js";
import { isRegraftError, RegraftError } from "../../src/errors.js";
import * as api from "../../src/index.js";
import { memoryStore } from "../../src/stores/memory.js";
import { flow } from "../../src/testing/flow.js";
import { verifyBundle } from "../../src/tools/audit-verify.js";
import { convertFlow } from "../../src/tools/convert-flow.js";
import { readEnvelope } from "../../src/tools/golden-file.js";
import { repeatedKey } from "../../src/tools/json-repeated.js";
import { stored } from "./stored-targets.js";
import type { Target } from "./target.js";

export type { Target };

const example = (kind: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../examples/contracts/${kind}/valid.json`, import.meta.url), "utf8"));

const v1 = flow(1, "A B C", "A>B ; B>C", { fields: [{ name: "email", type: "email" }] });
const v2 = flow(2, "A N B C", "A>N ; N>B ; B>C", { fields: [{ name: "email", type: "email" }] });
const at = "2026-03-01T09:00:00.000Z";
const session = api.startSession(v1, { id: "s1", at });

/** An engine with a session, a plan that waits for approval, and one that is deployed. */
async function world(): Promise<api.Regraft> {
  const regraft = api.createRegraft({ store: memoryStore() });
  await regraft.publish(v1);
  await regraft.startSession({ scenarioId: "flow", id: "s1" });
  const plan = await regraft.propose({ from: v1, to: v2 });
  await regraft.deploy(await regraft.approve(plan, { by: "ana" }));
  return regraft;
}

type Loose = Record<string, (...args: unknown[]) => Promise<unknown>>;

/** Every method of the engine, with arguments that it takes. */
const calls: Readonly<Record<string, readonly unknown[]>> = {
  forTenant: ["acme"],
  publish: [{ ...v2, version: 3 }],
  scenario: ["flow", 1],
  startSession: [{ scenarioId: "flow", id: "s2", variables: { email: "a@example.org" } }],
  importSession: [{ ...session, id: "s3" }],
  session: ["s1"],
  recordVisit: ["s1", "B", { version: 1 }],
  update: ["s1", { variables: { email: "a@example.org" } }],
  propose: [{ from: v1, to: v2, by: "ana", policies: { A: { updateDownstream: true } } }],
  amend: ["plan-1", { allowRepeat: ["A"] }, { by: "ana" }],
  approve: ["plan-1", { by: "ana" }],
  reject: ["plan-1", { by: "ana" }],
  deploy: ["plan-1", { by: "ana" }],
  pause: ["plan-1", { by: "ana" }],
  resume: ["plan-1", { by: "ana" }],
  promote: ["plan-1", { by: "ana" }],
  rollback: ["plan-1", { by: "ana", reason: "r" }],
  unmark: [{ sessionId: "s1" }],
  hold: ["s1", { by: "ana", reason: "r" }],
  release: ["s1", { by: "ana" }],
  undo: ["s1", { by: "ana" }],
  reconcile: ["s1", { messageId: "m1", replyTo: { scenarioVersion: 1, stepId: "A" } }],
  provide: ["s1", { email: "a@example.org" }, { messageId: "m1" }],
  confirm: ["s1", { email: true }],
  completeAction: ["s1", "A", { evidence: { x: [1] }, by: "ana" }],
  resolve: ["s1", { choose: "A" }, { by: "ana" }],
  deliver: [{ limit: 10 }],
  drain: [{ limit: 10 }],
  marked: [{ limit: 10 }],
  planRetention: [{}],
  eraseSession: ["s1", { by: "ana", reason: "asked" }],
};

const engine: Target[] = Object.entries(calls).map(([name, sample]) => ({
  name: `regraft.${name}`,
  sample,
  call: async (input: unknown) => {
    const regraft = await world();
    const args = Array.isArray(input) ? Array.from<unknown>(input).slice(0, 4) : [input];
    return (regraft as unknown as Loose)[name]?.(...args);
  },
}));

const validators: Target[] = api.contractKinds.map((kind) => ({
  name: `violations(${kind})`,
  sample: { id: "x", version: 1 },
  call: (input: unknown) => api.violations(kind, input),
}));

/** A command over files that are hostile; it fails by an error that it knows, or not at all. */
function commandLine(args: readonly string[]): (text: string) => Promise<void> {
  return async (text) => {
    let told = "";
    const io: CliIo = {
      out: () => undefined,
      err: (more) => {
        told += more;
      },
      readFile: async (path) => (path.endsWith("good.json") ? JSON.stringify(v1) : text),
      async *readPieces(path) {
        yield await io.readFile(path);
      },
      readInside: async () => text,
      writeFile: async () => undefined,
      replaceFile: async () => undefined,
      openFile: async () => ({ write: async () => undefined, close: async () => undefined }),
      cwd: "/nowhere",
      columns: 80,
      colour: { out: false, err: false },
      redraws: { err: false },
      now: () => at,
      updatesGolden: false,
      debug: false,
    };
    const code = await run(args, io);
    if (code === 70) throw new Error(`the command ended with an error that it does not know: ${told.slice(0, 300)}`);
  };
}

const asText = (input: unknown): string => {
  if (typeof input === "string") return input;
  try {
    return JSON.stringify(input) ?? "undefined";
  } catch {
    return "[1,";
  }
};

/** What some commands take as it is. */
const documents: Readonly<Record<string, unknown>> = {
  "golden run": { format: "regraft-golden/1", cases: [{ id: "a" }] },
  "audit snapshot": api.snapshotScenario(v1),
  "config show": { defaultProfile: "a", profiles: { a: { limits: { maxSteps: 5 } } } },
  "schema validate": session,
  "schema verify": { artifacts: { note: { schema: "note.json", version: "1.0", owner: "us", example: "a.json" } } },
};

const files: Target[] = [
  ["lint", "bad.json"],
  ["diff", "good.json", "bad.json"],
  ["plan", "good.json", "bad.json"],
  ["rehearse", "good.json", "good.json", "--sessions", "bad.json"],
  ["golden", "run", "bad.json"],
  ["audit", "snapshot", "bad.json"],
  ["audit", "verify", "bad.json"],
  ["audit", "verify", "bad.json", "--public-key", "bad.json"],
  ["config", "show", "--file", "bad.json"],
  ["report", "check", "bad.json"],
  ["run", "record", "good.json", "good.json", "--sessions", "bad.json", "--out", "run.json"],
  ["run", "reproduce", "bad.json"],
  ["run", "show", "bad.json"],
  ["schema", "validate", "--kind", "session", "bad.json"],
  ["schema", "validate", "--kind", "note", "--registry", "bad.json", "bad.json"],
  ["schema", "verify", "--registry", "bad.json"],
  ["ledger", "seal", "--key", "bad.json"],
  ["ledger", "verify", "--public-key", "bad.json"],
].map((args) => ({
  name: `regraft ${args.join(" ")}`,
  sample: args.includes("--sessions") ? [session] : (documents[args.slice(0, 2).join(" ")] ?? v2),
  call: async (input: unknown) => commandLine(args)(asText(input)),
}));

const texts: Target[] = [
  { name: "redactText", sample: "token=abc", call: (input: unknown) => api.redactText(asText(input)) },
  { name: "jsonFault", sample: "{}", call: (input: unknown) => jsonFault(asText(input)) },
  { name: "golden readEnvelope", sample: "{}", call: (input: unknown) => valid(input, readEnvelope) },
  { name: "repeatedKey", sample: "{}", call: (input: unknown) => valid(input, repeatedKey) },
  { name: "audit bundle", sample: "{}", call: async (input: unknown) => verifyBundle(asText(input)) },
];

/** These take what is known to be JSON. */
function valid(input: unknown, read: (text: string) => unknown): unknown {
  const text = asText(input);
  return jsonFault(text) === undefined ? read(text) : undefined;
}

const values: Target[] = [
  { name: "redact", sample: { token: "x", list: [1] }, call: (input: unknown) => api.redact(input) },
  {
    name: "RegraftError",
    sample: { path: "/a" },
    call: (input: unknown) => new RegraftError("INPUT.INVALID", "x", { input }, { cause: input }),
  },
  { name: "defineScenario", sample: v2, call: (input: unknown) => api.defineScenario(input) },
  { name: "diffScenarios", sample: v2, call: (input: unknown) => api.diffScenarios(v1, api.defineScenario(input)) },
  {
    name: "convertFlow",
    sample: { condition_language: "cel", nodes: [{ id: "a" }], edges: [] },
    call: (input: unknown) => convertFlow(input),
  },
  {
    name: "resolveConfig",
    sample: { limits: { maxSteps: 5 }, log: { gapFills: true } },
    call: (input: never) => api.resolveConfig(input),
  },
  {
    name: "createRegraft",
    sample: { config: {}, locale: "en" },
    call: (input: object) => api.createRegraft({ store: memoryStore(), ...input }),
  },
  { name: "accessPolicy", sample: example("access-policy"), call: (input: never) => api.accessPolicy(input) },
  {
    name: "defineRollout",
    sample: { waves: [1, 100], minSample: 3 },
    call: (input: never) => api.defineRollout(input),
  },
  { name: "defineContract", sample: example("plan-contract"), call: (input: never) => api.defineContract(input) },
  { name: "checkSnapshot", sample: api.snapshotScenario(v1), call: (input: unknown) => api.checkSnapshot(input) },
  { name: "checkReport", sample: {}, call: (input: unknown) => api.checkReport(input) },
  { name: "fromCloudEvent", sample: {}, call: (input: unknown) => api.fromCloudEvent(input) },
  { name: "isRegraftError", sample: {}, call: (input: unknown) => isRegraftError(input) },
  {
    name: "normaliseValue",
    sample: { name: "x", type: "string", pattern: "^[a-z]+$", min: 1 },
    call: async (input: unknown) => {
      const made = api.defineScenario({ ...v1, fields: [input] });
      for (const value of [`${"a".repeat(40)}!`, input]) await api.normaliseValue(made.fields?.[0] as api.Field, value);
    },
  },
];

/** Everything that is fuzzed. */
export const targets: readonly Target[] = [...values, ...stored, ...texts, ...files, ...validators, ...engine];
