import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRegraft, type Regraft } from "../engine/regraft.js";
import type { RecordStore } from "../ports/record-store.js";
import type { SessionStore } from "../ports/session-store.js";
import { defineScenario } from "../scenario/parse.js";
import { fileStore } from "../stores/file.js";
import { examineDirectory } from "./doctor.js";

const v1 = {
  id: "drill",
  version: 1,
  entry: "hello",
  steps: [
    { id: "hello", name: "Hello" },
    { id: "pay", name: "Pay", checkpoint: true },
    { id: "offer", name: "Offer" },
  ],
  transitions: [
    { from: "hello", to: "pay" },
    { from: "pay", to: "offer" },
  ],
};

const v2 = {
  ...v1,
  version: 2,
  steps: [...v1.steps, { id: "email", name: "Address", collects: ["email"] }],
  transitions: [
    { from: "hello", to: "email" },
    { from: "email", to: "pay" },
    { from: "pay", to: "offer" },
  ],
  fields: [{ name: "email", type: "string" }],
};

/** Two versions of a small flow. */
export const drillVersions = { v1: defineScenario(v1), v2: defineScenario(v2) };

/** A temporary store with sessions on their way from one version to another. */
export interface DrillWorld {
  readonly directory: string;
  /** Opens the store, does something with it and closes it. */
  use<T>(work: (regraft: Regraft, store: SessionStore & RecordStore) => Promise<T>): Promise<T>;
  /** How many findings of the doctor are worth acting on. */
  findings(options?: { readonly fix?: boolean }): Promise<number>;
}

/** What is expected of a drill did not come true. */
export class DrillFailure extends Error {}

/** Ends the drill unless something holds. */
export function need(holds: boolean, words: string): void {
  if (!holds) throw new DrillFailure(words);
}

async function prepare(regraft: Regraft): Promise<void> {
  await regraft.publish(drillVersions.v1);
  for (const id of ["ana", "ben", "cleo"]) await regraft.startSession({ scenarioId: "drill", id });
  await regraft.recordVisit("ana", "pay", { version: 1 });
  await regraft.recordVisit("ana", "offer", { version: 1 });
  const plan = await regraft.propose({ from: drillVersions.v1, to: drillVersions.v2, by: "ana" });
  await regraft.deploy(await regraft.approve(plan, { by: "ben" }), { by: "ben" });
  await regraft.reconcile("ana");
}

/** Makes a temporary store with work in it, hands it out, and removes it whatever happens. */
export async function inDrillWorld<T>(run: (world: DrillWorld) => Promise<T>): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), "regraft-drill-"));
  const directory = join(root, "store");
  const world: DrillWorld = {
    directory,
    use: async (work) => {
      const store = fileStore(directory, { fsync: false });
      try {
        return await work(createRegraft({ store }), store);
      } finally {
        await store.close();
      }
    },
    findings: async ({ fix = false } = {}) => {
      const { findings } = await examineDirectory(directory, { fix });
      // The schemas of the package are no matter of a store.
      return findings.filter(({ severity, code }) => severity !== "info" && code !== "SCHEMA.PIN_MISMATCH").length;
    },
  };
  try {
    await world.use(prepare);
    need((await world.findings()) === 0, "the store was not whole before the drill");
    return await run(world);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
