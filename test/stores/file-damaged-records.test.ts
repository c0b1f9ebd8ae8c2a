import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createRegraft } from "../../src/engine/regraft.js";
import { fileStore } from "../../src/stores/file.js";
import { documentFile, pointerFile } from "../../src/stores/file-layout.js";
import { flow, roll, walk } from "../engine/helpers.js";
import { freshDirectories } from "./file-directories.js";

const freshDirectory = freshDirectories();
const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > B > N > C");

/** A paused plan, which holds its session, in a directory of its own. */
async function world() {
  const directory = freshDirectory();
  const store = fileStore(directory, { fsync: false });
  const regraft = createRegraft({ store });
  await regraft.publish(v1);
  await walk(regraft, "s1", ["B"]);
  const plan = await roll(regraft, v1, v2);
  await regraft.pause(plan, { by: "ana" });
  const subjects = {
    "the live version": { kind: "live", tenantId: "", id: "flow" },
    "the list of plans": { kind: "plan-index", tenantId: "", id: "flow@1" },
    "the plan": { kind: "plan", tenantId: "", id: plan.id },
  };
  /** What another process makes of the session's next message. */
  const message = async () => {
    const other = createRegraft({ store: fileStore(directory, { fsync: false }) });
    const { action, reasons } = await other.reconcile("s1");
    expect(await other.session("s1")).toMatchObject({ scenarioVersion: 1, stepId: "B" });
    return [action, ...reasons];
  };
  return { directory, store, subjects, message };
}

const postponed = ["continue", "MIGRATION.POSTPONED", "STORE.DAMAGED"];

/** What can have become of the file of a pointer. */
const damages: Readonly<Record<string, (whole: string) => string>> = {
  torn: (whole) => whole.slice(0, whole.length / 2),
  empty: () => "",
  "of zero bytes": (whole) => "\0".repeat(whole.length),
  "no object": () => "[]",
  "without a subject": (whole) => whole.replace('"subject"', '"object"'),
  "of another id": (whole) => whole.replace(/"id":"[^"]*"/, '"id":"other"'),
  "of no kind": (whole) => whole.replace(/"kind":"[^"]*"/, '"kind":null'),
};

describe.each(Object.entries(damages))("a pointer's file that is damaged: %s", (_, damage) => {
  it("moves nobody, and is named by a recovery", async () => {
    const { directory, store, subjects, message } = await world();
    expect(await message()).toEqual(["continue", "HOLD.PAUSED"]);
    for (const [name, subject] of Object.entries(subjects)) {
      const path = pointerFile(subject);
      const whole = readFileSync(join(directory, path), "utf8");
      writeFileSync(join(directory, path), damage(whole));
      expect(await message(), name).toEqual(postponed);
      expect((await store.recover()).damaged, name).toMatchObject([{ file: path, code: "STORE.DAMAGED" }]);
      writeFileSync(join(directory, path), whole);
      expect(await message(), name).toEqual(["continue", "HOLD.PAUSED"]);
    }
  });
});

describe("a document that is lost", () => {
  it("is not taken for one that never was: a session is not moved past a plan that holds it", async () => {
    for (const name of ["the list of plans", "the plan"] as const) {
      const { directory, store, subjects, message } = await world();
      const subject = subjects[name];
      const digest = await store.pointer(subject);
      rmSync(join(directory, documentFile(subject, digest ?? "") ?? ""));
      expect(await message(), name).toEqual(postponed);
    }
  });
});
