import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createRegraft, defineScenario, type Regraft, type RegraftOptions, type Session } from "../../src/index.js";
import type { RecordStore } from "../../src/ports/record-store.js";
import type { SessionStore } from "../../src/ports/session-store.js";
import { fileStore } from "../../src/stores/file.js";
import { memoryStore } from "../../src/stores/memory.js";
import { manualClock } from "../../src/testing/clock.js";
import { faultyStore } from "../../src/testing/faulty-store.js";
import { sequentialIds } from "../../src/testing/ids.js";
import { bench, flow, roll, walk } from "../engine/helpers.js";

type Store = SessionStore & RecordStore;

/** A mark that no life may leave anywhere, in each of the forms that secrets have. */
const canary = "zq7canary7zq";
const forms = [
  `token=${canary}`,
  `{"password": "${canary}"}`,
  `Authorization: Bearer ${canary}.x`,
  `secret: "many words ${canary}"`,
  `postgres://u:${canary}@h/db`,
  `-----BEGIN PRIVATE KEY-----\n${canary}\n-----END PRIVATE KEY-----`,
] as const;

const v1 = flow(1, "A > B > C > D");
const v2 = flow(2, "A > E:email > X^ > B > C > D");

const writing = new Set(["put", "append", "cas", "commit", "mark", "lease", "renew", "erase"]);

/** Everything that a store was given to keep, and everything that was told, thrown or logged. */
function recorder() {
  const told: unknown[] = [];
  const line = (fields: object, message: string) => void told.push({ fields, message });
  const logger = { debug: line, info: line, warn: line, error: line };
  const keep = (store: Store): Store =>
    faultyStore(store, { onCall: ({ method, args }) => void (writing.has(method) && told.push({ method, args })) });
  const tried = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      for (let at: unknown = error; at instanceof Error; at = at.cause) told.push(at.message, at.stack, { ...at });
    }
  };
  return { told, logger, keep, tried };
}

/** The text of what was told, without the data of the session, which is the person's and stays. */
function textOf(told: readonly unknown[]): string {
  return JSON.stringify(told, (name, value: unknown) => (name === "variables" ? undefined : value));
}

/** What shows the mark. */
const shown = (told: readonly unknown[]): unknown[] => told.filter((one) => textOf([one]).includes(canary));

/** One life that meets every use case, with a secret in each free text that a caller gives. */
async function life(
  regraft: Regraft,
  tried: (work: () => Promise<unknown>) => Promise<void>,
  secret: string,
): Promise<void> {
  const by = { by: `ana ${secret}` };
  const why = { ...by, reason: `because ${secret}` };
  await regraft.publish(v1);
  await walk(regraft, "s1", ["B", "C"], { variables: { note: "data" } });
  await tried(() => regraft.startSession({ scenarioId: "flow", id: `s ${secret}` }));
  await tried(() => regraft.startSession({ scenarioId: "flow", id: "s2", customerId: `c ${secret}` }));
  await tried(() => regraft.session(`s ${secret}`));
  await tried(() => regraft.reconcile("s1", { messageId: `m ${secret}` }));
  await tried(() => regraft.propose({ from: v1, to: v2, ...by }));
  await tried(() => regraft.publish({ ...v2, metadata: { note: secret } }));
  const plan = await regraft.propose({ from: v1, to: v2, by: "bob" });
  await tried(() => regraft.approve(plan, by));
  await tried(() => regraft.reject(plan, why));
  await regraft.deploy(await regraft.approve(plan, { by: "ana" }));
  await tried(() => regraft.pause(plan, by));
  await regraft.hold("s1", why);
  await regraft.release("s1", by);
  await regraft.reconcile("s1", { messageId: "m1" });
  await tried(() => regraft.provide("s1", { nobody: secret }));
  await tried(() => regraft.provide("s1", { email: secret }));
  await regraft.provide("s1", { email: "a@example.org" });
  await tried(() =>
    regraft.completeAction("s1", "X", {
      ...by,
      evidence: { receipt: secret, apiKey: canary, nested: [{ cookie: canary }] },
    }),
  );
  await tried(() => regraft.resolve("s1", { choose: `C ${secret}` }, by));
  await tried(() => regraft.resolve("s1", { hold: true }, by));
  await tried(() => regraft.undo("s1", why));
  await tried(() => regraft.legalHolds.place({ planId: plan.id }, why));
  await tried(() => regraft.rollback(plan, why));
  await tried(() => regraft.eraseSession("s1", why));
  await tried(() => regraft.ledger.seal());
}

describe("nothing that the engine writes shows a secret that a caller has given", () => {
  it.each(forms)("in the form %j: one store", async (secret) => {
    const { told, logger, keep, tried } = recorder();
    const { regraft } = bench({ logger, config: { log: { cleanGrafts: true } } }, keep);
    await life(regraft, tried, secret);
    const appended = told.filter(
      (one) => typeof one === "object" && one !== null && "method" in one && one.method === "commit",
    );
    expect(appended.length).toBeGreaterThan(5);
    expect(textOf(told)).toContain("[REDACTED]");
    expect(shown(told)).toEqual([]);
  });

  it("with sessions and records in two stores", async () => {
    const { told, logger, keep, tried } = recorder();
    const clock = manualClock("2026-03-01T09:00:00Z");
    const [sessions, records] = [keep(memoryStore({ clock })), keep(memoryStore({ clock }))];
    const regraft = createRegraft({ sessions, records, clock, ids: sequentialIds(), logger });
    await life(regraft, tried, forms[0]);
    expect(shown(told)).toEqual([]);
    expect((await regraft.ledger.verify()).findings).toEqual([]);
  });

  it("in any file of a directory", async () => {
    const directory = mkdtempSync(join(tmpdir(), "regraft-boundary-"));
    const { told, logger, tried } = recorder();
    const regraft = createRegraft({ store: fileStore(directory, { fsync: false }), ids: sequentialIds(), logger });
    await life(regraft, tried, forms[3]);
    const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const bytes = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8"));
    rmSync(directory, { recursive: true });
    expect(files.length).toBeGreaterThan(10);
    expect(bytes.join("\n")).not.toContain(canary);
    expect(shown(told)).toEqual([]);
  });

  it("when stores, judges and sources fail with one", async () => {
    const { told, logger, tried } = recorder();
    const driver = Object.assign(new Error(`connect postgres://u:${canary}@h/db`), { config: { password: canary } });
    const fail = async () => Promise.reject(new Error("query failed", { cause: driver }));
    const source: NonNullable<RegraftOptions["fieldSources"]>[number] = { name: "crm", kind: "profile", find: fail };
    const broken = bench({ logger, fieldSources: [source], judge: { judge: fail } });
    await broken.regraft.publish(v1);
    await walk(broken.regraft, "s1", ["B"]);
    await roll(broken.regraft, v1, v2);
    await broken.regraft.reconcile("s1");
    const { capabilities, ...methods } = memoryStore();
    const failing = Object.keys(methods).map((name) => [name, fail]);
    const dead: Store = { capabilities, ...Object.fromEntries(failing) };
    const down = createRegraft({ store: dead, logger });
    for (const work of [
      () => down.session("s1"),
      () => down.publish(v1),
      () => down.startSession({ scenarioId: "flow", id: "s" }),
      () => down.plans.get("plan-1"),
      () => down.reconcile("s1"),
      () => down.ledger.verify(),
    ])
      await tried(work);
    expect(told.length).toBeGreaterThan(10);
    expect(shown(told)).toEqual([]);
  });

  it("to telemetry", async () => {
    const told: unknown[] = [];
    const telemetry: NonNullable<RegraftOptions["telemetry"]> = {
      span: (name, attributes, work) => {
        told.push({ name, attributes });
        return work({ set: (more) => void told.push(more) }).catch((error: unknown) => {
          told.push(String(error), error);
          throw error;
        });
      },
      measure: (name, value, attributes) => void told.push({ name, value, attributes }),
    };
    const { tried } = recorder();
    const { regraft } = bench({ telemetry });
    await life(regraft, tried, forms[1]);
    expect(told.length).toBeGreaterThan(5);
    expect(shown(told)).toEqual([]);
  });
});

describe("places that lost a secret", () => {
  /** What is counted by where it was on its way to. */
  async function counted(work: (regraft: Regraft) => Promise<unknown>) {
    const counts: Record<string, number> = {};
    const telemetry: NonNullable<RegraftOptions["telemetry"]> = {
      span: (_, __, run) => run({ set: () => undefined }),
      measure: (name, value, { target }) => {
        if (name === "regraft.security.redactions") counts[String(target)] = (counts[String(target)] ?? 0) + value;
      },
    };
    const line = () => undefined;
    const away = { name: "crm", kind: "profile" as const, find: () => Promise.reject(new Error(`token=${canary}`)) };
    const logger = { debug: line, info: line, warn: line, error: line };
    const { regraft } = bench({ telemetry, logger, fieldSources: [away] });
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B", "C"]);
    await work(regraft);
    return counts;
  }

  it("are none where there was no secret", async () => {
    expect(await counted((regraft) => regraft.hold("s1", { by: "ana", reason: "asked" }))).toEqual({});
  });

  it("are counted on the way into the ledger, each once", async () => {
    const twice = `token=${canary} and Authorization: Bearer ${canary}.x`;
    expect(await counted((regraft) => regraft.hold("s1", { by: "ana", reason: twice }))).toEqual({ ledger: 2 });
  });

  it("are counted on the way into the record of decisions, and into log lines", async () => {
    const done = async (regraft: Regraft) => {
      await roll(regraft, v1, v2);
      await regraft.reconcile("s1");
      await regraft.completeAction("s1", "X", { by: "ana", evidence: { note: `token=${canary}` } });
    };
    const counts = await counted(done);
    expect(counts.session).toBe(1);
    expect(counts.log).toBeGreaterThan(0);
  });
});

describe("documents that are approved by their digest", () => {
  const refused = (path: string) =>
    expect.objectContaining({ code: "SECURITY.SECRET_DETECTED", details: expect.objectContaining({ path }) });
  const scenario = (more: object) =>
    defineScenario({ id: "doc", version: 1, entry: "a", steps: [{ id: "a" }], transitions: [], ...more });

  it.each([
    [{ description: `see postgres://u:${canary}@h/db` }, "/description"],
    [{ description: `password: ${canary}` }, "/description"],
    [{ metadata: { apiKey: "k" } }, "/metadata/apiKey"],
    [{ metadata: { deep: [{ note: "Bearer abc.def.ghi" }] } }, "/metadata/deep/0/note"],
    [{ steps: [{ id: "a", rules: [`AKIA${"A1B2C3D4".repeat(2)}`] }] }, "/steps/0/rules/0"],
  ])("%j are refused whole, and nothing is kept", async (more, path) => {
    const { regraft, store } = bench();
    await expect(regraft.publish(scenario(more))).rejects.toThrow(refused(path));
    expect((await store.find({ kind: "scenario", tenantId: "" }, { limit: 10 })).records).toEqual([]);
    expect(await regraft.versions("doc")).toEqual([]);
  });

  it.each([
    { description: "Password: at least eight letters, and a token: it is in the mail." },
    { steps: [{ id: "a", name: "Basic information", intent: "ask for the password" }] },
    {
      fields: [{ name: "token", type: "string" }],
      steps: [{ id: "a", collects: ["token"], skipWhen: 'has(token) ? token == "abc12345" : false' }],
    },
    { steps: [{ id: "password" }], entry: "password", metadata: { password: { x: 1 } } },
  ])("%j may speak about secrets", async (more) => {
    const { regraft } = bench();
    expect(await regraft.publish(scenario(more))).toMatchObject({ id: "doc" });
  });
});

describe("fields that are marked sensitive", () => {
  const to = (version: number, ...first: object[]) =>
    defineScenario({
      id: "flow",
      version,
      entry: "A",
      steps: [{ id: "A" }, ...first, { id: "B" }] as { id: string }[],
      transitions: [
        { from: "A", to: first.length > 0 ? "X" : "B" },
        ...(first.length > 0 ? [{ from: "X", to: "B" }] : []),
      ],
      fields: [{ name: "ssn", type: "string", sensitive: true }],
    });

  it("leave a digest in the evidence of an action, and their value in the data alone", async () => {
    const { regraft, store } = bench();
    const old = to(1);
    await regraft.publish(old);
    await walk(regraft, "s1", ["B"], { variables: { ssn: canary } });
    await roll(regraft, old, to(2, { id: "X", requiredAction: true }));
    await regraft.reconcile("s1");
    await regraft.completeAction("s1", "X", { evidence: { ssn: canary, ref: "r1" } });
    const session: Session = await regraft.session("s1");
    expect(session.variables.ssn).toBe(canary);
    expect(session.completedActions?.[0]?.evidence).toEqual({
      ssn: { redacted: true, digest: expect.stringMatching(/^sha256:/) },
      ref: "r1",
    });
    const { entries } = await store.read({ kind: "session", tenantId: "", id: "s1" }, { limit: 100 });
    expect(textOf([session, entries])).not.toContain(canary);
  });
});

describe("what the engine keeps for a replay", () => {
  it("is what it keeps in the session, although names of fields look like those of secrets", async () => {
    const { regraft, store } = bench();
    const one = flow(1, "A > B");
    await regraft.publish(one);
    await walk(regraft, "s1", ["B"]);
    await roll(regraft, one, flow(2, "A > P:password > B"));
    await regraft.reconcile("s1");
    await regraft.provide("s1", { password: "kept as data" });
    expect((await regraft.session("s1")).variables).toEqual({ password: "kept as data" });
    const { entries } = await store.read({ kind: "session", tenantId: "", id: "s1" }, { limit: 100 });
    expect(JSON.stringify(entries)).not.toContain("kept as data");
    expect((await regraft.ledger.verify()).findings).toEqual([]);
  });
});
