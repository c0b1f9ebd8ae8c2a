import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Plan } from "../../src/contracts/types.js";
import { examineDirectory } from "../../src/tools/doctor.js";
import { call, files, v1 } from "./world.js";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const cwd = fileURLToPath(new URL("../..", import.meta.url));
const timeout = 120_000;
const later = { ...v1, version: 2, steps: [...v1.steps, { id: "more", name: "More" }] };

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "regraft-processes-"));
  const other = { ...v1, steps: [...v1.steps, { id: "other", name: "Other" }] };
  for (const [name, json] of Object.entries({ "v1.json": v1, "other.json": other, "v2.json": later })) {
    writeFileSync(join(root, name), JSON.stringify(json));
  }
});
afterAll(() => rmSync(root, { recursive: true }));

/** A command in a process of its own. */
function started(args: readonly string[]) {
  const whole = args.map((arg) => (arg.endsWith(".json") ? join(root, arg) : arg));
  // The directory of the package: there the loader is found.
  const child = spawn(process.execPath, ["--import", "tsx", main, ...whole], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let told = "";
  child.stderr.on("data", (data) => {
    told += String(data);
  });
  const ended = once(child, "close").then(([code]) => {
    return `${String(code)}${/[A-Z]+\.[A-Z_]+/.exec(told)?.map((found) => ` ${found}`) ?? ""}`;
  });
  return { child, ended };
}

/** What several commands at once end with, sorted. */
async function atOnce(...commands: readonly (readonly string[])[]): Promise<string[]> {
  return (await Promise.all(commands.map((args) => started(args).ended))).sort();
}

async function findings(directory: string): Promise<string[]> {
  return (await examineDirectory(directory)).findings.flatMap(({ code, subject }) =>
    code.startsWith("SCHEMA.") ? [] : [`${code} ${subject}`],
  );
}

const on = (directory: string, ...args: string[]) => [...args, "--store", directory];

async function approved(directory: string): Promise<Plan> {
  const all = { ...files, "v2.json": later };
  expect((await call(on(directory, "publish", "v1.json"), all)).code).toBe(0);
  const plan = JSON.parse((await call(on(directory, "plan", "v1.json", "v2.json", "--json"), all)).out) as Plan;
  await call(on(directory, "approve", plan.id, "--by", "ana", "--digest", plan.digest), all);
  return plan;
}

describe("processes of the command line at one directory", () => {
  it(
    "publish one content for a version and refuse the other",
    async () => {
      const directory = join(root, "publish");
      const ends = await atOnce(on(directory, "publish", "v1.json"), on(directory, "publish", "other.json"));
      expect(ends).toEqual(["0", "4 SCENARIO.VERSION_TAKEN"]);
      expect(await findings(directory)).toEqual([]);
    },
    timeout,
  );

  it(
    "deploy a plan once",
    async () => {
      const directory = join(root, "deploy");
      const plan = await approved(directory);
      const ends = await atOnce(on(directory, "deploy", plan.id), on(directory, "deploy", plan.id));
      expect(ends[0]).toBe("0");
      expect(["2 PLAN.ALREADY_DEPLOYED", "3 STORE.LEASE_HELD"]).toContain(ends[1]);
      const { out } = await call(on(directory, "ledger", "show", `plan/${plan.id}`), files);
      expect(out.match(/plan\.deployed/g)).toHaveLength(1);
      expect(await findings(directory)).toEqual([]);
    },
    timeout,
  );

  it(
    "that are killed in the middle of a deployment leave one that goes on",
    async () => {
      const directory = join(root, "kill");
      const plan = await approved(directory);
      const { child, ended } = started(on(directory, "deploy", plan.id));
      // The lease is the first thing that a deployment writes.
      const isBegun = () => readdirSync(join(directory, "leases")).length > 0;
      while (!isBegun() && child.exitCode === null) await new Promise(setImmediate);
      expect([isBegun(), child.kill("SIGKILL")]).toEqual([true, true]);
      await ended;
      // The lease of the process that has ended runs out by the clock.
      const tomorrow = { now: () => "2126-03-02T09:00:00.000Z" };
      const again = await call(on(directory, "deploy", plan.id), files, tomorrow);
      expect([again.code, again.err]).toEqual([0, ""]);
      expect(again.out).toContain("is deployed");
      await call(on(directory, "doctor", "--fix"), files);
      expect(await findings(directory)).toEqual([]);
    },
    timeout,
  );
});
