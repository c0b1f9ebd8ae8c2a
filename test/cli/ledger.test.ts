import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CliIo } from "../../src/cli/io.js";
import { DEFAULTS } from "../../src/config/defaults.js";
import { createRegraft } from "../../src/engine/regraft.js";
import { digestOf } from "../../src/hash/digest.js";
import { fileStore } from "../../src/stores/file.js";
import { manualClock } from "../../src/testing/clock.js";
import { sequentialIds } from "../../src/testing/ids.js";
import { flow, roll, walk } from "../engine/helpers.js";
import { call, files, v1 } from "./world.js";

let root = "";
let planId = "";

/** The real files of a directory. */
function on(directory: string): Partial<CliIo> {
  return {
    cwd: directory,
    readFile: (path) => readFile(resolve(directory, path), "utf8"),
    async *readPieces(path) {
      yield await readFile(resolve(directory, path), "utf8");
    },
    writeFile: (path, text) => writeFile(resolve(directory, path), text),
  };
}

const cli = (...args: string[]) => call(args, {}, on(root));
const codeIn = (err: string): unknown => JSON.parse(err).error.code;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "regraft-ledger-"));
  const clock = manualClock("2026-03-01T09:00:00Z");
  const store = fileStore(join(root, "store"), { clock, fsync: false });
  const regraft = createRegraft({ store, clock, ids: sequentialIds() });
  const [one, two] = [flow(1, "W > C"), flow(2, "W > E:email > C")];
  await regraft.publish(one);
  for (const id of ["s1", "s2", "s3"]) await walk(regraft, id, ["C"]);
  planId = (await roll(regraft, one, two)).id;
  await regraft.reconcile("s1");
  await regraft.provide("s1", { email: "jo@x.example" });
  await regraft.reconcile("s2");
  await store.close();
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe("regraft ledger", () => {
  it("verifies, lists, shows and seals the streams of a store", async () => {
    expect(await cli("ledger", "verify", "--store", "store")).toMatchObject({ code: 0 });
    const sealed = await cli("ledger", "seal", "--store", "store", "--json");
    const heads = JSON.parse((await cli("ledger", "head", "--store", "store", "--json")).out);
    expect(JSON.parse(sealed.out).streams).toBe(heads.length - 1);
    const head = JSON.parse((await cli("ledger", "head", "session/s1", "--store", "store", "--json")).out);
    const shown = await cli("ledger", "show", "session/s1", "--store", "store", "--json");
    const entries = shown.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(head).toMatchObject([{ seq: entries.length, hash: entries.at(-1).hash }]);
    const events = await cli("ledger", "show", "session/s1", "--store", "store", "--cloud-events");
    expect(JSON.parse(events.out.split("\n")[0] ?? "")).toMatchObject({
      specversion: "1.0",
      type: "regraft.session.started",
    });
    expect(JSON.parse((await cli("ledger", "verify", "--store", "store", "--json")).out)).toMatchObject({ ok: true });
    const missing = await cli("ledger", "show", "session/nobody", "--store", "store", "--json");
    expect([missing.code, codeIn(missing.err)]).toEqual([2, "LEDGER.NOT_FOUND"]);
  });

  it("ends with 4 and names the number where a line is missing", async () => {
    const store = fileStore(join(root, "cut"), { fsync: false });
    for (const type of ["a", "b", "c"]) {
      await store.append({ kind: "plan", tenantId: "", id: "p" }, [{ type, at: "2026-03-01T09:00:00.000Z", data: {} }]);
    }
    const { subject } = (await store.streams("", { limit: 1 })).streams[0] ?? {};
    await store.close();
    const { streamFile } = await import("../../src/stores/file-layout.js");
    const path = join(root, "cut", streamFile(subject ?? { kind: "", tenantId: "", id: "" }));
    const lines = (await readFile(path, "utf8")).split("\n");
    await writeFile(path, lines.filter((_, at) => at !== 1).join("\n"));
    const { code, out } = await cli("ledger", "verify", "--store", "cut", "--json");
    expect(code).toBe(4);
    expect(JSON.parse(out).findings).toMatchObject([{ code: "LEDGER.CHAIN_BROKEN", seq: 2 }]);
  });
});

describe("signatures", () => {
  const pem = (key: KeyObject, type: "pkcs8" | "spki") => key.export({ type, format: "pem" }).toString();
  const ours = generateKeyPairSync("ed25519");
  const theirs = generateKeyPairSync("ed25519");
  const secret = pem(ours.privateKey, "pkcs8").split("\n")[1] ?? "";

  beforeAll(async () => {
    await writeFile(join(root, "ours.pem"), pem(ours.privateKey, "pkcs8"));
    await writeFile(join(root, "ours.pub"), pem(ours.publicKey, "spki"));
    await writeFile(join(root, "theirs.pub"), pem(theirs.publicKey, "spki"));
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    await writeFile(join(root, "rsa.pem"), pem(privateKey, "pkcs8"));
    await cli("audit", "bundle", "--store", "store", "--out", "unsigned.jsonl");
  });

  it("are put on seals and checked with the public key, which nobody else's passes", async () => {
    const store = fileStore(join(root, "signed"), { fsync: false });
    await createRegraft({ store }).publish(flow(1, "W > C"));
    await store.close();
    const seal = await cli("ledger", "seal", "--key", "ours.pem", "--store", "signed", "--json");
    expect(seal.code).toBe(0);
    const verify = (key: string) => cli("ledger", "verify", "--public-key", key, "--store", "signed", "--json");
    expect(await verify("ours.pub")).toMatchObject({ code: 0 });
    const other = await verify("theirs.pub");
    expect([other.code, JSON.parse(other.out).findings[0].code]).toEqual([4, "LEDGER.SIGNATURE_INVALID"]);
    const { out } = await cli("ledger", "show", "ledger/seals", "--store", "signed", "--json");
    expect(JSON.parse(out).data.signature.keyId).toMatch(/^ed25519:[0-9a-f]{32}$/);
    expect(out + seal.out + seal.err).not.toContain(secret);
  });

  it("are put on bundles, which are checked offline", async () => {
    const made = await cli("audit", "bundle", "--store", "store", "--key", "ours.pem", "--out", "signed.jsonl");
    expect(made).toMatchObject({ code: 0, out: expect.stringContaining("whole and signed") });
    const verify = (key: string, file = "signed.jsonl") => cli("audit", "verify", file, "--public-key", key, "--json");
    expect(await verify("ours.pub")).toMatchObject({ code: 0, out: expect.stringContaining('"signed": true') });
    expect(await verify("ours.pub")).toMatchObject({ out: expect.stringContaining('"signatureChecked": true') });
    const unheld = await cli("audit", "verify", "signed.jsonl", "--json");
    expect(JSON.parse(unheld.out)).toMatchObject({ signed: true, signatureChecked: false });
    const withoutKey = await cli("audit", "verify", "signed.jsonl");
    expect(withoutKey).toMatchObject({ code: 0, out: expect.stringContaining("was not checked: name the key") });
    expect(withoutKey.out).not.toContain("whole and signed");
    for (const refused of [await verify("theirs.pub"), await verify("ours.pub", "unsigned.jsonl")]) {
      expect([refused.code, codeIn(refused.err)]).toEqual([4, "LEDGER.SIGNATURE_INVALID"]);
    }
    expect(await readFile(join(root, "signed.jsonl"), "utf8")).not.toContain(secret);
  });

  it.each([
    ["ledger seal with no key", ["ledger", "seal", "--store", "store", "--key", "ours.pub"]],
    ["ledger seal with a key of another kind", ["ledger", "seal", "--store", "store", "--key", "rsa.pem"]],
    ["audit verify with a private key", ["audit", "verify", "signed.jsonl", "--public-key", "ours.pem"]],
    ["audit bundle with no key", ["audit", "bundle", "--store", "store", "--key", "theirs.pub", "--out", "n.jsonl"]],
  ])("refuse %s, and never show what is in the file", async (_, args) => {
    const { code, out, err } = await cli(...args, "--json");
    expect([code, codeIn(err)]).toEqual([2, "INPUT.INVALID"]);
    expect(out + err).not.toContain(secret);
    expect(out + err).not.toContain("BEGIN");
  });
});

describe("regraft audit", () => {
  it("makes a bundle that is verified offline, and names what one flipped byte has changed", async () => {
    await cli("ledger", "seal", "--store", "store");
    expect((await cli("audit", "bundle", "--store", "store", "--plan", planId, "--out", "bundle.jsonl")).code).toBe(0);
    const whole = await cli("audit", "verify", "bundle.jsonl", "--json");
    expect(whole.code).toBe(0);
    expect(JSON.parse(whole.out)).toMatchObject({ scope: { planId } });
    expect(JSON.parse(whole.out).sealed).toBeGreaterThan(1);
    const text = await readFile(join(root, "bundle.jsonl"), "utf8");
    const names: string[] = JSON.parse(text.split("\n")[0] ?? "").body.parts.map(({ name }: { name: string }) => name);
    const wrong: string[] = [];
    for (let at = 0; at < text.length; at += 97) {
      const flipped = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
      const { code, err } = await call(["audit", "verify", "b", "--json"], { b: flipped });
      const line = text.slice(0, at).split("\n").length - 1;
      const expected = line === 0 ? "manifest" : (names[line - 1] ?? "end");
      if (code !== 4 || JSON.parse(err).error.path !== expected) wrong.push(`${at}: ${code} ${err}`);
    }
    expect(wrong).toEqual([]);
    for (const cut of [text.slice(0, -1), `${text}x`, text.split("\n").slice(1).join("\n"), ""]) {
      expect((await call(["audit", "verify", "b"], { b: cut })).code).toBe(4);
    }
  });

  it("makes no bundle of what the ledger does not have", async () => {
    const { code } = await cli("audit", "bundle", "--store", "store", "--session", "nobody", "--out", "none.jsonl");
    expect(code).toBe(2);
  });

  it("prints the same snapshot however steps and ways are listed, and refuses one in another order", async () => {
    const shuffled = { ...v1, steps: [...v1.steps].reverse(), fields: [...v1.fields].reverse() };
    const { out } = await call(["audit", "snapshot", "v1.json"], files);
    expect((await call(["audit", "snapshot", "x.json"], { "x.json": shuffled })).out).toBe(out);
    expect((await call(["audit", "snapshot", "s.json"], { "s.json": out })).out).toBe(out);
    const snapshot = JSON.parse(out);
    const body = { ...snapshot.body, steps: [...snapshot.body.steps].reverse() };
    const unordered = { header: { ...snapshot.header, digest: digestOf(body) }, body };
    const refused = await call(["audit", "snapshot", "s.json", "--json"], { "s.json": unordered });
    expect([refused.code, codeIn(refused.err)]).toEqual([1, "SNAPSHOT.UNORDERED"]);
    const changed = { ...snapshot, body: { ...snapshot.body, version: 2 } };
    expect((await call(["audit", "snapshot", "s.json"], { "s.json": changed })).code).toBe(4);
  });
});

describe("regraft run", () => {
  const session = {
    tenantId: "",
    id: "s1",
    scenarioId: "loan",
    scenarioVersion: 1,
    scenarioChecksum: "",
    stepId: "offer",
    stepHistory: [],
    passedCheckpoints: [],
    variables: { amount: 100 },
    status: "active",
    createdAt: "2026-01-01T00:00:00.000Z",
    updatedAt: "2026-01-01T00:00:00.000Z",
    lastActivityAt: "2026-01-01T00:00:00.000Z",
    revision: 1,
  };

  async function recorded(name = "s.json", ...options: string[]) {
    const { scenarioChecksum, defineScenario } = await import("../../src/index.js");
    const sessions = [{ ...session, scenarioChecksum: scenarioChecksum(defineScenario(v1)) }];
    const given = { ...files, [name]: sessions };
    const made = await call(
      ["run", "record", "v1.json", "v2.json", "--sessions", name, "--out", "run.json", ...options],
      given,
    );
    return { ...made, text: Object.values(made.written)[0] ?? "" };
  }

  it("keeps inputs and decisions in one file, with no path of the host, and makes the same decisions again", async () => {
    const { code, text } = await recorded("/somewhere/secret-place.json");
    expect(code).toBe(0);
    expect(text).not.toContain("secret-place");
    expect(text).not.toContain("/cwd");
    const again = await call(["run", "reproduce", "run.json", "--json"], { "run.json": text });
    expect(again.code).toBe(0);
    const shown = await call(["run", "show", "run.json", "--json"], { "run.json": text });
    expect(JSON.parse(shown.out)).toEqual(JSON.parse(again.out));
    expect(JSON.parse(shown.out).body).toMatchObject({ operation: "rehearse", status: "succeeded", sessions: 1 });
    expect((await recorded("/somewhere/secret-place.json")).text).toBe(text);
  });

  it("keeps the configuration that was in force, without what is secret in it, and decides by it again", async () => {
    const said = "We go on. token=abc123def456";
    const { text } = await recorded("s.json", "--set", "reRouting.enabled=false", "--set", `notifyTemplate=${said}`);
    const { manifest, files: kept } = JSON.parse(text.split("\n")[0] ?? "");
    const config = JSON.parse(kept["config.json"]);
    expect(config).toEqual({ ...DEFAULTS, reRouting: { enabled: false }, notifyTemplate: config.notifyTemplate });
    expect(manifest.body.configDigest).toBe(digestOf(config));
    expect(manifest.body.inputs["config.json"].bytes).toBeGreaterThan(0);
    expect(text).not.toContain("abc123def456");
    expect((await call(["run", "reproduce", "run.json"], { "run.json": text })).code).toBe(0);
    const usual = await recorded();
    expect(JSON.parse(usual.text.split("\n")[0] ?? "").manifest.body.configDigest).toBe(digestOf(DEFAULTS));
    expect(usual.text).not.toContain("We go on");
  });

  it("decides by the configuration of the run, not by the one around it", async () => {
    const { text } = await recorded("s.json", "--set", "limits.maxSteps=3");
    expect(text).toBe("");
    const { text: usual } = await recorded();
    const env = { REGRAFT_SET_LIMITS_MAX_STEPS: "3" };
    expect((await call(["run", "reproduce", "run.json"], { "run.json": usual }, { env })).code).toBe(0);
    const [line = ""] = usual.split("\n");
    const document = JSON.parse(line);
    document.files["config.json"] = document.files["config.json"].replace('"maxAttempts":3', '"maxAttempts":4');
    const { createHash } = await import("node:crypto");
    const digest = (value: string) => `sha256:${createHash("sha256").update(value).digest("hex")}`;
    document.manifest.body.inputs["config.json"].digest = digest(document.files["config.json"]);
    document.manifest.header.digest = digestOf(document.manifest.body);
    const forged = JSON.stringify(document);
    const again = await call(["run", "reproduce", "run.json", "--json"], {
      "run.json": `${forged}\n${digest(forged)}\n`,
    });
    expect([again.code, codeIn(again.err)]).toEqual([4, "VERIFY.REPRODUCE_MISMATCH"]);
  });

  it("makes a sample of many runs again, always the same one, and says which differ", async () => {
    const { text } = await recorded();
    const flipped = text.replace("manifest", "manifesT");
    const names = ["1.json", "2.json", "3.json", "4.json", "5.json"];
    const files = Object.fromEntries(names.map((name) => [name, name === "3.json" ? flipped : text]));
    const reproduce = (...args: string[]) => call(["run", "reproduce", ...names, ...args, "--json"], files);
    const all = await reproduce();
    expect([all.code, JSON.parse(all.out)]).toMatchObject([
      4,
      { runs: 5, total: 5, good: 4, value: 0.8, failed: [{ file: "3.json", code: "ARTIFACT.DIGEST_MISMATCH" }] },
    ]);
    const ends = await reproduce("--sample", "2");
    expect([ends.code, JSON.parse(ends.out)]).toEqual([0, { runs: 5, total: 2, good: 2, value: 1, failed: [] }]);
    expect(JSON.parse((await reproduce("--sample", "3")).out).failed).toHaveLength(1);
    expect(JSON.parse((await reproduce("--sample", "9")).out).total).toBe(5);
    expect((await reproduce("--sample", "1")).code).toBe(0);
    expect((await reproduce("--sample", "0")).code).toBe(2);
    const gone = await call(["run", "reproduce", "1.json", "nowhere.json"], files);
    expect(gone.code).toBe(2);
  });

  it("ends with 4 where one byte of an input or a decision is another", async () => {
    const { text } = await recorded();
    for (let at = 0; at < text.length; at += 101) {
      const flipped = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
      expect((await call(["run", "reproduce", "run.json"], { "run.json": flipped })).code).toBe(4);
    }
  });
});

describe("regraft report", () => {
  it("counts what became of a plan, from its ledger", async () => {
    const json = await cli("report", "plan", planId, "--store", "store", "--json");
    const { body } = JSON.parse(json.out);
    expect(body).toMatchObject({ planId, status: "deployed", summary: { sessions: 2 } });
    expect(body.summary.byAction).toEqual({ collect: 2, teleport: 1 });
    expect(body.summary.operations).toBe(body.operations.length);
    const markdown = await cli("report", "plan", planId, "--store", "store");
    expect(markdown.out).toContain(`# Migration ${planId}`);
    expect(markdown.out).toContain("| collect | 2 |");
    expect((await call(["report", "check", "r.json"], { "r.json": json.out })).code).toBe(0);
  });

  it("is refused with counts that are not those of its operations", async () => {
    const report = JSON.parse((await cli("report", "plan", planId, "--store", "store", "--json")).out);
    const body = { ...report.body, summary: { ...report.body.summary, byAction: { collect: 1, teleport: 2 } } };
    const forged = { header: { ...report.header, digest: digestOf(body) }, body };
    const { code, err } = await call(["report", "check", "r.json", "--json"], { "r.json": forged });
    expect([code, codeIn(err)]).toEqual([1, "REPORT.COUNT_MISMATCH"]);
    const { summary: _, ...rest } = report.body;
    const without = await call(["report", "check", "r.json", "--json"], { "r.json": { ...report, body: rest } });
    expect([without.code, codeIn(without.err)]).toEqual([1, "ARTIFACT.INVALID"]);
  });

  it("is not made of a plan that the ledger does not know", async () => {
    expect((await cli("report", "plan", "nobody", "--store", "store")).code).toBe(2);
  });
});
