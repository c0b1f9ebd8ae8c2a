import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CliIo } from "../../src/cli/io.js";
import * as regraftExports from "../../src/index.js";
import { createRegraft, type Scenario } from "../../src/index.js";
import { fileStore } from "../../src/stores/file.js";
import { call } from "../cli/world.js";
import { flow, roll, walk } from "../engine/helpers.js";

let root = "";
let planId = "";
let nextId = "";
let waveId = "";

const page = readFileSync("docs/capabilities.md", "utf8");
const rows = page.split("\n").flatMap((line) => {
  const [, what = "", where = ""] = /^\| ([^|]+) \| (`.+) \|$/.exec(line) ?? [];
  return what === "" ? [] : [{ what, where }];
});
const spans = rows.flatMap(({ what, where }) =>
  [...where.matchAll(/`([^`]+)`(?: (\d+))?/g)].map(([, code = "", ends = "0"]) => ({ what, code, ends: Number(ends) })),
);
const commands = spans.filter(({ code }) => code.startsWith("regraft "));

function io(): Partial<CliIo> {
  const at = (path: string) => resolve(root, path);
  return {
    cwd: root,
    readFile: async (path) => readFileSync(at(path), "utf8"),
    async *readPieces(path) {
      yield readFileSync(at(path), "utf8");
    },
    writeFile: async (path, text) => writeFile(at(path), text),
    now: () => new Date().toISOString(),
  };
}

function put(name: string, value: unknown): void {
  const path = join(root, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, typeof value === "string" ? value : JSON.stringify(value));
}

function ownKinds(folder: string): void {
  const note = {
    schema: "note.schema.json",
    version: "1.0",
    owner: "us",
    example: "ok.json",
    invalidExamples: ["no.json"],
  };
  put(`${folder}/registry.json`, { artifacts: { note } });
  put(`${folder}/note.schema.json`, { type: "string", maxLength: 9 });
  put(`${folder}/ok.json`, '"hi"');
  put(`${folder}/no.json`, "7");
}

/** What is refused: each differs in one place from something that is taken. */
async function putSpoilt(one: object, session: object): Promise<void> {
  const codes = JSON.parse(readFileSync("schemas/reason-codes.json", "utf8"));
  codes.codes["PLAN.CHANGED"].class = "odd";
  put("unknown-class.json", codes);
  const store = join(root, "store");
  const report = JSON.parse((await call(["report", "plan", planId, "--store", store, "--json"], {}, io())).out);
  report.body.summary = { ...report.body.summary, moved: 9, total: 9 };
  put("miscounted.json", report);
  await call(["ledger", "seal", "--store", store], {}, io());
  await call(["audit", "bundle", "--store", store, "--out", "whole.jsonl"], {}, io());
  put("flipped.jsonl", readFileSync(join(root, "whole.jsonl"), "utf8").replace("s1", "s0"));
  put("changed/versions/v1.json", { ...one, name: "another" });
  put(
    "changed/sessions/all.jsonl",
    JSON.stringify({ ...session, variables: { email: "a@x.example" }, pendingMigration: undefined }),
  );
  cpSync(store, join(root, "blocked"), { recursive: true });
  rmSync(join(root, "blocked/streams"), { recursive: true });
  put("blocked/streams", "a file");
  const golden = JSON.parse(readFileSync("examples/golden-own/loan.json", "utf8"));
  golden.cases[0].expect.sessions.ana.stepId = "hello";
  put("wrong.json", golden);
}

function putKeys(): void {
  const pem = (key: KeyObject, type: "pkcs8" | "spki") => key.export({ type, format: "pem" }).toString();
  const [ours, theirs] = [generateKeyPairSync("ed25519"), generateKeyPairSync("ed25519")];
  put("ours.pem", pem(ours.privateKey, "pkcs8"));
  put("ours.pub", pem(ours.publicKey, "spki"));
  put("theirs.pub", pem(theirs.publicKey, "spki"));
}

/** A store with a plan in the first of two waves, and one whose only fault is a model's value that names no gate. */
async function putStores(one: Scenario, two: Scenario): Promise<void> {
  const rollout = { waves: [50, 100], minSample: 0, bakeMs: 0 };
  put("waves.json", rollout);
  const waves = fileStore(join(root, "waves"), { fsync: false });
  const regraft = createRegraft({ store: waves });
  await regraft.publish(one);
  for (const id of ["s1", "s2", "s3"]) await walk(regraft, id, ["C"]);
  waveId = (await roll(regraft, one, two, { rollout })).id;
  await waves.close();
  cpSync(join(root, "store"), join(root, "signed"), { recursive: true });
  cpSync(join(root, "store"), join(root, "ungated"), { recursive: true });
  const ungated = fileStore(join(root, "ungated"), { fsync: false });
  const stream = { kind: "session", tenantId: "", id: "s1" };
  const { entries } = await ungated.read(stream, { limit: 100 });
  const { type, at, data } = entries.at(-1) ?? { type: "", at: "", data: {} };
  const found = [{ field: "email", source: "chat", kind: "conversation", confidence: 0.99 }];
  await ungated.append(stream, [{ type, at, data: { ...data, found } }]);
  await ungated.close();
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "regraft-capabilities-"));
  const store = fileStore(join(root, "store"), { fsync: false });
  const regraft = createRegraft({ store });
  const [one, two] = [flow(1, "W > C"), flow(2, "W > E:email > C")];
  await regraft.publish(one);
  for (const id of ["s1", "s2"]) await walk(regraft, id, ["C"]);
  const before = await regraft.session("s2");
  planId = (await roll(regraft, one, two)).id;
  await regraft.reconcile("s1");
  await regraft.provide("s1", { email: "jo@x.example" });
  nextId = (await regraft.propose({ from: two, to: flow(3, "W > E:email > N > C"), by: "ana" })).id;
  await store.close();
  put("v1.json", one);
  put("v2.json", two);
  put("empty.json", {});
  put("sessions.json", [before]);
  put("reason-codes.json", readFileSync("schemas/reason-codes.json", "utf8"));
  putKeys();
  await putStores(one, two);
  put("asks-nothing.json", { card: { what: "a new step" } });
  put("escapes.json", { requiredEvidence: ["../secret.md"] });
  put("contract.json", { budgets: { maxSessions: 50 } });
  put("export/versions/v1.json", one);
  put("export/sessions/all.jsonl", JSON.stringify({ ...before, pendingMigration: undefined }));
  for (const file of ["loan.json", "loan-v1.json", "loan-v2.json"])
    cpSync(`examples/golden-own/${file}`, join(root, file));
  ownKinds("own");
  ownKinds("drifted");
  await call(["schema", "pin", "--registry", join(root, "drifted/registry.json")], {}, io());
  ownKinds("gap");
  rmSync(join(root, "gap/no.json"));
  await putSpoilt(one, before);
  put("drifted/note.schema.json", { type: "number" });
  const snapshot = JSON.parse((await call(["audit", "snapshot", "v1.json", "--json"], {}, io())).out);
  const turned = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turned).reverse();
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, turned(part)]));
  };
  put("shuffled.json", { ...snapshot, body: turned(snapshot.body) });
  await call(
    ["run", "record", "v1.json", "v2.json", "--sessions", "sessions.json", "--out", "changed.jsonl"],
    {},
    io(),
  );
  put("changed.jsonl", readFileSync(join(root, "changed.jsonl"), "utf8").replace("s2", "s3"));
  cpSync(join(root, "store"), join(root, "cut"), { recursive: true });
  const streams = readdirSync(join(root, "cut/streams"), { recursive: true, encoding: "utf8" });
  const longest = streams
    .filter((name) => name.endsWith(".jsonl"))
    .map((name) => join("cut/streams", name))
    .sort((a, b) => readFileSync(join(root, b), "utf8").length - readFileSync(join(root, a), "utf8").length)[0];
  put(
    longest ?? "",
    readFileSync(join(root, longest ?? ""), "utf8")
      .split("\n")
      .slice(1)
      .join("\n"),
  );
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("the page about capabilities", () => {
  it("has a row for each thing that has to be possible", () => {
    expect(rows.length).toBeGreaterThan(35);
    expect(commands.length).toBeGreaterThan(40);
  });

  // In the order of the page: later commands use what earlier ones have written.
  it.each(commands.map(({ code, ends }) => [code, ends] as const))("%s ends with %i", async (code, ends) => {
    const args = code
      .replaceAll("PLAN", planId)
      .replaceAll("NEXT", nextId)
      .replaceAll("WAVE", waveId)
      .split(" ")
      .slice(1);
    const at = args.flatMap((arg, n) =>
      args[n - 1] === "--store" || args[n - 1] === "--registry" ? [join(root, arg)] : [arg],
    );
    const ended = await call(at, {}, io());
    expect({ code: ended.code, err: ends === 0 ? ended.err : "" }).toEqual({ code: ends, err: "" });
  });

  it("names only functions, scripts and files that exist", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
    const missing = spans
      .map(({ code }) => code)
      .filter((code) => {
        if (code.startsWith("regraft ")) return false;
        if (code.startsWith("npm run ")) return !(code.slice("npm run ".length) in scripts);
        return code.includes("/") ? !existsSync(code) : !(code in regraftExports);
      });
    expect(missing).toEqual([]);
  });
});
