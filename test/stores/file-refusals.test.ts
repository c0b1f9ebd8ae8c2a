import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { createRegraft } from "../../src/engine/regraft.js";
import { fileStore } from "../../src/stores/file.js";
import { manualClock } from "../../src/testing/clock.js";
import { flow, walk } from "../engine/helpers.js";
import { freshDirectories } from "./file-directories.js";

const freshDirectory = freshDirectories();

/** Every file of a directory with its content, but for locks and leases: they say who had them last. */
function treeOf(directory: string): Record<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !/^(locks|leases)\b/.test(relative(directory, path)))
      .map((path) => [relative(directory, path), readFileSync(path, "utf8")])
      .sort(),
  );
}

async function store() {
  const directory = freshDirectory();
  const regraft = createRegraft({
    store: fileStore(directory, { fsync: false }),
    clock: manualClock("2026-03-01T09:00:00Z"),
  });
  const [one, two] = [flow(1, "W > C"), flow(2, "W > C > N")];
  await regraft.publish(one);
  await walk(regraft, "s1", ["C"]);
  return { directory, regraft, one, two, plan: await regraft.propose({ from: one, to: two, by: "ana" }) };
}

describe("a file store", () => {
  it.each([
    [{ directory: "data" }, "an object"],
    [undefined, "nothing"],
    ["", '""'],
  ])("is refused with an example where its directory is %j", (directory, received) => {
    expect(() => fileStore(directory as string)).toThrow(
      expect.objectContaining({
        code: "INPUT.INVALID",
        details: { path: "/directory", expected: 'a text, as in fileStore("./data")', received },
      }),
    );
  });
});

describe("what is refused leaves the directory of a store as it was, however often", () => {
  it("a version under a number that is taken", async () => {
    const { directory, regraft } = await store();
    const before = treeOf(directory);
    for (let n = 0; n < 3; n += 1) {
      const refused = regraft.publish(flow(1, "W > X"));
      await expect(refused).rejects.toMatchObject({ code: "SCENARIO.VERSION_TAKEN" });
    }
    expect(treeOf(directory)).toEqual(before);
  });

  it("an approval of a plan that has changed since it was read", async () => {
    const { directory, regraft, plan } = await store();
    await regraft.amend(plan, { policies: { "*": { updateDownstream: false } } });
    const before = treeOf(directory);
    for (let n = 0; n < 3; n += 1) {
      await expect(regraft.approve(plan, { by: "ben" })).rejects.toMatchObject({ code: "PLAN.CHANGED" });
    }
    expect(treeOf(directory)).toEqual(before);
  });

  it("a deployment of what nobody has approved, and a second plan for two versions", async () => {
    const { directory, regraft, one, two, plan } = await store();
    const before = treeOf(directory);
    for (let n = 0; n < 3; n += 1) {
      await expect(regraft.deploy(plan)).rejects.toMatchObject({ code: "PLAN.NOT_APPROVED" });
      await expect(regraft.propose({ from: one, to: two })).rejects.toMatchObject({ code: "PLAN.DUPLICATE" });
    }
    expect(treeOf(directory)).toEqual(before);
    await regraft.deploy(await regraft.approve(plan, { by: "ben" }));
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", version: 2 });
  });
});
