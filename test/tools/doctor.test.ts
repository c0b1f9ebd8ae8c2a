import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { DoctorReport } from "../../src/contracts/types.js";
import { createRegraft } from "../../src/engine/regraft.js";
import { recordViolations } from "../../src/ledger/records.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { fileStore } from "../../src/stores/file.js";
import { memoryStore } from "../../src/stores/memory.js";
import { examine, examineDirectory } from "../../src/tools/doctor.js";
import { call, v1 } from "../cli/world.js";
import { directoryOf } from "./state-fixtures.js";

const loan = defineScenario(v1);
const removed: (() => void)[] = [];
afterEach(() => {
  for (const remove of removed.splice(0)) remove();
});

/** What is wrong with the store itself; the schemas of the package are looked at elsewhere. */
function faults({ findings }: DoctorReport): string[] {
  return findings
    .filter(({ code }) => code !== "SCHEMA.PIN_MISMATCH")
    .map(({ severity, code, subject }) => `${severity} ${code} ${subject}`);
}

async function store() {
  const { path, remove } = directoryOf({});
  removed.push(remove);
  const directory = join(path, "store");
  const kept = fileStore(directory, { fsync: false });
  const regraft = createRegraft({ store: kept });
  await regraft.publish(loan);
  await regraft.startSession({ scenarioId: "loan", id: "s1" });
  return { directory, kept, regraft };
}

describe("the doctor of a directory", () => {
  it("finds nothing wrong with a store that is in order, and tells it in figures that follow their schema", async () => {
    const { directory } = await store();
    const report = await examineDirectory(directory);
    expect(faults(report)).toEqual([]);
    expect(report.health).toMatchObject({ validRatio: 1, gaps: 0, chainOk: true, staleLocks: 0, openTransactions: 0 });
    expect(report.health.documents).toBe(2);
    expect(recordViolations("record-doctor-report", report)).toEqual([]);
  });

  it("ends with 1 where there is no store and makes none; --fix makes an empty one", async () => {
    const { path, remove } = directoryOf({});
    removed.push(remove);
    const at = join(path, "none");
    expect((await call(["doctor", "--store", at], {})).code).toBe(1);
    expect(existsSync(at)).toBe(false);
    expect(faults(await examineDirectory(at, { fix: true }))).toEqual([]);
    expect(faults(await examineDirectory(at))).toEqual([]);
  });

  it("makes a directory that is missing, and takes no file for a directory", async () => {
    const { directory } = await store();
    rmSync(join(directory, "leases"), { recursive: true, force: true });
    expect(faults(await examineDirectory(directory))).toEqual(["error STORE.DAMAGED leases"]);
    const mended = await examineDirectory(directory, { fix: true });
    expect([faults(mended), mended.fixed]).toEqual([[], ["made the directory leases"]]);
    rmSync(join(directory, "leases"), { recursive: true });
    writeFileSync(join(directory, "leases"), "");
    expect(faults(await examineDirectory(directory, { fix: true }))).toEqual(["error STORE.DAMAGED leases"]);
    expect((await call(["doctor", "--store", directory], {})).code).toBe(1);
  });

  it("finds a changed byte of any document and pointer, also of one that nothing names any more; verify ends with 4", async () => {
    const { directory, kept, regraft } = await store();
    await regraft.reject(
      await regraft.propose({ from: 1, to: { ...loan, version: 2, name: "new" }, scenarioId: loan.id, by: "ana" }),
      { by: "bo" },
    );
    await kept.close();
    const files = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((name) =>
      /^(documents|pointers).*\.json$/.test(name),
    );
    expect(files.length).toBeGreaterThan(8);
    expect(faults(await examineDirectory(directory))).toEqual([]);
    const missed: string[] = [];
    for (const name of files) {
      const whole = readFileSync(join(directory, name));
      const bodyAt = whole.indexOf('"body"') + 10;
      const idAt = whole.indexOf('"id":"') + 7;
      const digestAt = whole.length - 10;
      for (const at of name.startsWith("documents") ? [0, idAt, bodyAt, digestAt] : [0, idAt]) {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ 1;
        writeFileSync(join(directory, name), changed);
        const report = await examineDirectory(directory);
        if (!report.findings.some(({ severity }) => severity === "error")) missed.push(`${name} ${at}`);
      }
      writeFileSync(join(directory, name), whole);
    }
    expect(missed).toEqual([]);
    const last = files.at(-1) ?? "";
    writeFileSync(join(directory, last), `${readFileSync(join(directory, last), "utf8")}x`);
    expect((await call(["verify", "--store", directory], {})).code).toBe(4);
  });

  it("finds documents whose tags were changed, and what decides by tags refuses them", async () => {
    const { directory, kept, regraft } = await store();
    const plan = await regraft.propose({
      ...{ from: 1, scenarioId: loan.id, by: "ana" },
      to: { ...loan, version: 2, name: "new" },
    });
    await regraft.approve(plan, { by: "bo" });
    await kept.close();
    const files = readdirSync(join(directory, "documents"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".json"))
      .map((name) => join(directory, "documents", name))
      // What no pointer names any more is not found by its tags.
      .filter((file) => !readFileSync(file, "utf8").includes('"status":"pending"'));
    const changes = [
      ['"status":"approved"', '"status":"rejected"'],
      ['"scenarioId":"loan"', '"scenarioId":"loam"'],
      ['"version":"1"', '"version":"7"'],
    ] as const;
    let changed = 0;
    for (const file of files) {
      const whole = readFileSync(file, "utf8");
      const { tags, ...rest } = JSON.parse(whole) as { tags: object };
      for (const [from, to] of changes) {
        const text = JSON.stringify(tags).replace(from, to);
        if (text === JSON.stringify(tags)) continue;
        changed += 1;
        writeFileSync(file, JSON.stringify({ ...rest, tags: JSON.parse(text) as object }));
        const found = await examineDirectory(directory);
        expect([whole, from, faults(found).length > 0]).toEqual([whole, from, true]);
        writeFileSync(file, whole);
      }
    }
    expect(changed).toBeGreaterThan(3);
    expect(faults(await examineDirectory(directory))).toEqual([]);
    for (const file of files) {
      const whole = readFileSync(file, "utf8");
      if (whole.includes('"tags":{"')) writeFileSync(file, whole.replace('"scenarioId":"loan"', '"scenarioId":"loam"'));
    }
    const again = createRegraft({ store: fileStore(directory, { fsync: false }) });
    await expect(again.planRetention()).rejects.toMatchObject({ code: "ARTIFACT.INVALID", details: { path: "/tags" } });
  });

  it("refuses a file as a store, another program's directory, and a link within a store", async () => {
    const { path, remove } = directoryOf({ file: "x", "other/readme.txt": "mine" });
    removed.push(remove);
    expect(faults(await examineDirectory(join(path, "file"), { fix: true }))).toEqual(["error STORE.LAYOUT_UNKNOWN ."]);
    const other = await examineDirectory(join(path, "other"), { fix: true });
    expect(faults(other)).toEqual(["error STORE.LAYOUT_UNKNOWN regraft-store.json"]);
    expect(readdirSync(join(path, "other"))).toEqual(["readme.txt"]);
    const { directory } = await store();
    symlinkSync(path, join(directory, "documents", "zz"));
    expect(faults(await examineDirectory(directory))).toContain("error STORE.DAMAGED documents/zz");
  });

  it("names a session and a document that were edited on the disk", async () => {
    const { directory } = await store();
    const names = readdirSync(join(directory, "sessions"), { recursive: true, encoding: "utf8" });
    const file = join(directory, "sessions", names.find((name) => name.endsWith(".json")) ?? "");
    writeFileSync(file, readFileSync(file, "utf8").slice(0, -9));
    expect(faults(await examineDirectory(directory))).toContain(`error STORE.DAMAGED ${relative(directory, file)}`);
    mkdirSync(join(directory, "tmp"), { recursive: true });
    writeFileSync(file, "{}");
    expect((await examineDirectory(directory)).ok).toBe(false);
  });
});

describe("the doctor of a store", () => {
  it("finds sessions on a step or version that does not exist, and only them", async () => {
    const kept = memoryStore();
    const regraft = createRegraft({ store: kept });
    await regraft.publish(loan);
    for (const id of ["a", "b", "c"]) await regraft.startSession({ scenarioId: "loan", id });
    const change = async (id: string, part: object) => {
      const session = await regraft.session(id);
      await kept.commit({ session: { ...session, ...part }, expectedRevision: session.revision });
    };
    await change("a", { stepId: "nowhere" });
    await change("b", { scenarioVersion: 9 });
    expect(faults(await examine(kept)).sort()).toEqual([
      "error SCENARIO.NOT_FOUND session/b",
      "error SESSION.STEP_UNKNOWN session/a",
    ]);
    expect(faults(await examine(kept, { tenantId: "other" }))).toEqual([]);
  });

  it("warns of a history that cannot tell whether a checkpoint was passed, not of one that can", async () => {
    const flow = defineScenario({
      id: "pay",
      version: 1,
      entry: "start",
      steps: [{ id: "start" }, { id: "paid", checkpoint: true }, { id: "free" }, { id: "end" }],
      transitions: [
        { from: "start", to: "paid", condition: "n > 0" },
        { from: "start", to: "free", else: true },
        { from: "paid", to: "end" },
        { from: "free", to: "end" },
      ],
      fields: [{ name: "n", type: "integer" }],
    });
    const kept = memoryStore();
    const regraft = createRegraft({ store: kept });
    await regraft.publish(flow);
    for (const id of ["thin", "whole"]) {
      await regraft.startSession({ scenarioId: "pay", id });
      await regraft.recordVisit(id, "free", { version: 1 });
      await regraft.recordVisit(id, "end", { version: 1 });
    }
    const session = await regraft.session("thin");
    await kept.commit({ session: { ...session, stepHistory: [] }, expectedRevision: session.revision });
    const report = await examine(kept);
    expect(faults(report)).toEqual(["warning HISTORY.MISSING session/thin"]);
  });

  it("completes a version that was archived and did not become live, and is clean then", async () => {
    const kept = memoryStore();
    const regraft = createRegraft({ store: kept });
    await regraft.publish(loan);
    const subject = { kind: "scenario", tenantId: "", id: "loan@2" };
    const body = { ...v1, version: 2 };
    const { digest } = await kept.put({ ...subject, tags: { scenarioId: "loan", version: "2" }, body });
    await kept.cas(subject, undefined, digest);
    expect(faults(await examine(kept))).toEqual(["error STORE.TRANSACTION_OPEN scenario/loan@2"]);
    expect(await regraft.liveVersion("loan")).toBe(1);
    const mended = await examine(kept, { fix: true });
    expect([faults(mended), mended.fixed]).toEqual([[], ["published loan version 2"]]);
    expect(await regraft.liveVersion("loan")).toBe(2);
  });
});
