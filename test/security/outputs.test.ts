import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeIo } from "../../src/cli/node-io.js";
import { run } from "../../src/cli/run.js";
import { createRegraft } from "../../src/index.js";
import { fileStore } from "../../src/stores/file.js";
import { sequentialIds } from "../../src/testing/ids.js";
import { flow, roll, walk } from "../engine/helpers.js";

const canary = "zq7canary7zq";
/** The forms that secrets have in free text, and what goes by a telling name. */
const secrets = [
  `token=${canary},def`,
  `{"token": "${canary}"}`,
  `Authorization: Bearer ${canary}.def`,
  `secret: "multi word ${canary}"`,
  `postgres://u:${canary}@h/db`,
  `-----BEGIN PRIVATE KEY-----\n${canary}\n-----END PRIVATE KEY-----`,
] as const;
const byName = { passwd: canary, apiKey: canary, nested: [{ "set-cookie": canary, DB_PASSWORD: canary }] };

const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > E:email > X^ > B > C");

let directory = "";
const store = () => join(directory, "store");

async function call(...args: readonly string[]): Promise<string> {
  const told: string[] = [];
  const { stdout, stderr } = process;
  const keep = (text: unknown) => told.push(String(text)) > 0;
  const streams = { stdout: { ...stdout, write: keep }, stderr: { ...stderr, write: keep } };
  const io = { ...nodeIo({ ...process, ...streams, env: {}, cwd: () => directory } as unknown as NodeJS.Process) };
  await run(args, { ...io, debug: true });
  return told.join("");
}

/** A life that has met every secret where people, hosts and drivers write free text. */
async function life(): Promise<void> {
  let fails: string | undefined;
  const locale = () => {
    if (fails !== undefined) throw Object.assign(new TypeError(`cannot read ${fails}`), { config: byName });
    return undefined;
  };
  const source = { name: "crm", kind: "profile" as const, find: async () => [] };
  const regraft = createRegraft({
    store: fileStore(store(), { fsync: false }),
    ids: sequentialIds(),
    locale,
    fieldSources: [source],
  });
  await regraft.publish(v1);
  for (const [n] of secrets.entries()) await walk(regraft, `s${n}`, ["B", "C"]);
  await roll(regraft, v1, v2);
  for (const [n, secret] of secrets.entries()) {
    const why = { by: `ana ${secret}`, reason: `because ${secret}` };
    fails = secret;
    await regraft.reconcile(`s${n}`);
    await regraft.drain();
    fails = undefined;
    await regraft.hold(`s${n}`, why);
    await regraft.release(`s${n}`, why);
    await regraft.reconcile(`s${n}`);
    await regraft.provide(`s${n}`, { email: "a@example.org" });
    await regraft.completeAction(`s${n}`, "X", { ...why, evidence: { receipt: secret, ...byName } });
    // Documents are refused instead.
    await expect(regraft.legalHolds.place({ sessionId: `s${n}` }, why)).rejects.toThrow("SECURITY.SECRET_DETECTED");
  }
  await regraft.ledger.seal();
}

describe("nothing that is read out of a store afterwards shows a secret that a caller has given", () => {
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "regraft-outputs-"));
    await life();
    for (const [n, secret] of secrets.entries()) {
      writeFileSync(join(directory, `broken${n}.json`), `{ "id": ${secret}`);
      writeFileSync(
        join(directory, `odd${n}.json`),
        JSON.stringify({ id: "x", version: secret, ...byName, steps: secret }),
      );
    }
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it("in what the command line prints about a store", async () => {
    const heads = JSON.parse(await call("ledger", "head", "--json", "--store", store())) as Record<
      "kind" | "id",
      string
    >[];
    const streams = heads.map(({ kind, id }) => `${kind}/${id}`);
    expect(streams.length).toBeGreaterThan(10);
    const [{ id: plan = "" } = {}] = JSON.parse(await call("status", "--json", "--store", store())) as {
      id?: string;
    }[];
    const commands = [
      ...streams.map((stream) => ["ledger", "show", stream]),
      ...["head", "verify"].map((name) => ["ledger", name]),
      ...[["status"], ["status", plan], ["report", "plan", plan], ["dlq", "list"], ["slo"], ["alerts"], ["doctor"]],
      ...[
        ["retention", "plan"],
        ["dlq", "retry", "s0", "--by", `eve ${secrets[0]}`],
      ],
      ["dlq", "drop", "s1", "--by", `eve ${secrets[0]}`, "--reason", secrets[4]],
    ];
    let printed = 0;
    for (const command of commands) {
      for (const form of [[], ["--json"]]) {
        const text = await call(...command, ...form, "--store", store());
        printed += text.length;
        expect([command, text.includes(canary)]).toEqual([command, false]);
      }
    }
    expect(printed).toBeGreaterThan(50_000);
  });

  it("in a bundle for an auditor", async () => {
    await call("audit", "bundle", "--out", "bundle.jsonl", "--store", store());
    const text = readFileSync(join(directory, "bundle.jsonl"), "utf8");
    expect(text).toContain("[REDACTED]");
    expect(text).not.toContain(canary);
  });

  it("in what the command line says about a file that it refuses", async () => {
    for (const [n] of secrets.entries()) {
      for (const file of [`broken${n}.json`, `odd${n}.json`]) {
        for (const form of [[], ["--json"]]) {
          const text = await call("lint", file, ...form);
          expect(text).toMatch(/CLI\.BAD_JSON|SCENARIO\.|SCHEMA\./);
          expect([file, text]).toEqual([file, expect.not.stringContaining(canary)]);
          const faults = await call("schema", "validate", "--kind", "scenario", file, ...form);
          expect([file, faults]).toEqual([file, expect.not.stringContaining(canary)]);
        }
      }
    }
  });

  it("and each session with a secret in what made it fail was set aside", async () => {
    const regraft = createRegraft({ store: fileStore(store(), { fsync: false }) });
    const ids = (await regraft.deadLetters.list()).letters.map(({ id }) => id);
    expect(ids.length).toBeGreaterThanOrEqual(secrets.length - 2);
  });
});
