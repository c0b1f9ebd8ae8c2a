import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, hostname, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CliIo } from "../../src/cli/io.js";
import { createRegraft } from "../../src/engine/regraft.js";
import { fileStore } from "../../src/stores/file.js";
import { flow, roll, walk } from "../engine/helpers.js";
import { call } from "./world.js";

let root = "";
let planId = "";

function io(): Partial<CliIo> {
  return {
    cwd: root,
    readFile: (path) => readFile(resolve(root, path), "utf8"),
    writeFile: (path, text) => writeFile(resolve(root, path), text),
  };
}

/** What would tell where something was made: directories of this machine and its name. */
const ofThisMachine = () => [root, process.cwd(), homedir(), hostname()].filter((text) => text.length > 3);

const leaksIn = (text: string): string[] => ofThisMachine().filter((one) => text.includes(one));

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "regraft-where-"));
  const store = fileStore(join(root, "store"), { fsync: false });
  const regraft = createRegraft({ store });
  const [one, two] = [flow(1, "W > C"), flow(2, "W > E:email > C")];
  await regraft.publish(one);
  for (const id of ["s1", "s2"]) await walk(regraft, id, ["C"]);
  await writeFile(join(root, "sessions.json"), JSON.stringify([await regraft.session("s2")]));
  planId = (await roll(regraft, one, two)).id;
  await regraft.reconcile("s1");
  await regraft.provide("s1", { email: "jo@x.example" });
  await store.close();
  await writeFile(join(root, "v1.json"), JSON.stringify(one));
  await writeFile(join(root, "v2.json"), JSON.stringify(two));
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe("what is handed on to others", () => {
  it.each([
    ["a bundle for an audit", ["audit", "bundle", "--store", "STORE", "--out", "bundle.jsonl"], "bundle.jsonl"],
    ["a report", ["report", "plan", "PLAN", "--store", "STORE", "--out", "report.json", "--json"], "report.json"],
    ["a plan of retention", ["retention", "plan", "--store", "STORE", "--out", "retention.json"], "retention.json"],
    [
      "a run",
      ["run", "record", "v1.json", "v2.json", "--sessions", "sessions.json", "--out", "run.jsonl"],
      "run.jsonl",
    ],
    ["a plan", ["plan", "v1.json", "v2.json", "--out", "plan.json"], "plan.json"],
    ["a snapshot", ["audit", "snapshot", "v1.json", "--json"], undefined],
    ["a doctor's report", ["doctor", "--store", "STORE", "--json"], undefined],
  ])("names no place of the machine it was made on: %s", async (_, args, file) => {
    const absolute = args.map((arg) => arg.replace("STORE", join(root, "store")).replace("PLAN", planId));
    const { code, out, err } = await call(absolute, {}, io());
    expect({ code, err }).toEqual({ code: 0, err: expect.any(String) });
    const text = file === undefined ? out : readFileSync(join(root, file), "utf8");
    expect(text.length).toBeGreaterThan(20);
    expect(leaksIn(text)).toEqual([]);
  });

  it("names none in any file of a store either", () => {
    const paths = readdirSync(join(root, "store"), { recursive: true, withFileTypes: true }).filter((one) =>
      one.isFile(),
    );
    const texts = paths.map((one) => readFileSync(join(one.parentPath, one.name), "utf8"));
    expect(texts.length).toBeGreaterThan(5);
    expect(texts.flatMap(leaksIn)).toEqual([]);
  });

  it("would be noticed", () => {
    expect(leaksIn(`made in ${root}/store`)).toEqual([root]);
  });
});
