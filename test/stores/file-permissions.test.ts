import { chmodSync, cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createRegraft } from "../../src/engine/regraft.js";
import { fileStore } from "../../src/stores/file.js";
import { examineDirectory } from "../../src/tools/doctor.js";
import { pinDrift, readSchemaSet } from "../../src/tools/schema-registry.js";
import { flow, walk } from "../engine/helpers.js";
import { freshDirectories } from "./file-directories.js";

const freshDirectory = freshDirectories();

function filesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe("permissions of files", () => {
  it.each([0o600, 0o644, 0o755])("are no content: a store goes on whose files have the mode %o", async (mode) => {
    const directory = freshDirectory();
    const open = () => createRegraft({ store: fileStore(directory, { fsync: false }) });
    const [one, two] = [flow(1, "W > C"), flow(2, "W > C > N")];
    await open().publish(one);
    await walk(open(), "s1", ["C"]);
    const plan = await open().propose({ from: one, to: two });
    for (const file of filesOf(directory)) chmodSync(file, mode);
    const report = await examineDirectory(directory);
    expect(report.findings.filter(({ code }) => code !== "SCHEMA.PIN_MISMATCH")).toEqual([]);
    await open().publish(one);
    await open().deploy(await open().approve(plan, { by: "ana" }));
    expect(await open().reconcile("s1")).toMatchObject({ action: "teleport", stepId: "C", version: 2 });
  });

  it("are in no pin of the schemas", () => {
    const root = freshDirectory();
    for (const part of ["schemas", "examples"]) cpSync(part, join(root, part), { recursive: true });
    const before = pinDrift(readSchemaSet({ root }));
    for (const file of filesOf(join(root, "schemas"))) chmodSync(file, 0o755);
    expect(pinDrift(readSchemaSet({ root }))).toEqual(before);
  });
});
