import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRegraft, defineScenario } from "../../src/index.js";
import { fileStore } from "../../src/stores/file.js";
import { call, v1 } from "./world.js";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "regraft-dlq-"));
});
afterAll(() => rm(root, { recursive: true }));

let stores = 0;

/** A store in which a session was set aside. */
async function workspace() {
  stores += 1;
  const directory = join(root, String(stores));
  const on = (args: readonly string[], files = {}) => call([...args, "--store", directory], files);
  const store = fileStore(directory);
  const locale = (): string => {
    throw new TypeError("no locale");
  };
  const regraft = createRegraft({
    store,
    locale,
    fieldSources: [{ name: "x", kind: "profile", find: async () => [] }],
  });
  const next = {
    ...v1,
    version: 2,
    steps: [...v1.steps, { id: "new", collects: ["income"] }],
    fields: [...v1.fields, { name: "income", type: "number" }],
    transitions: [...v1.transitions.slice(1), { from: "hello", to: "new" }, { from: "new", to: "amount" }],
  };
  await regraft.publish(defineScenario(v1));
  await regraft.startSession({ scenarioId: "loan", id: "s1", variables: { amount: 1 } });
  for (const step of ["amount", "offer"]) await regraft.recordVisit("s1", step, { version: 1 });
  await regraft.publish(defineScenario(next));
  expect((await regraft.reconcile("s1")).reasons).toContain("MIGRATION.POSTPONED");
  await store.close();
  return { on };
}

describe("dead letters on the command line", () => {
  it("are listed, tried again with effect, and gone", async () => {
    const { on } = await workspace();
    const list = await on(["dlq", "list"]);
    expect(list.out).toContain("1 dead letter");
    expect(list.out).toContain("no locale");
    expect(await on(["dlq", "retry", "--by", "ana"])).toMatchObject({ code: 2 });
    expect(await on(["dlq", "retry", "s1", "--by", "ana"])).toMatchObject({ code: 0, err: "" });
    expect((await on(["dlq", "list"])).out).toBe("There is no dead letter.\n");
    expect(await on(["dlq", "retry", "s1", "--by", "ana"])).toMatchObject({ code: 2 });
  });

  it("are given up with a reason, for programs too", async () => {
    const { on } = await workspace();
    expect(await on(["dlq", "drop", "s1", "--by", "ana"])).toMatchObject({ code: 2 });
    const { code, out } = await on(["dlq", "drop", "s1", "--by", "ana", "--reason", "done by hand", "--json"]);
    expect([code, JSON.parse(out)]).toMatchObject([0, { id: "s1", status: "discarded" }]);
    expect(JSON.parse((await on(["dlq", "list", "--json"])).out)).toEqual([]);
  });
});

describe("service levels and alerts on the command line", () => {
  it("end with 1 where something is missed or fires, and say what", async () => {
    const { on } = await workspace();
    const slo = await on(["slo"]);
    expect(slo).toMatchObject({ code: 1, err: "" });
    expect(slo.out).toContain("missed   availability");
    const alerts = await on(["alerts", "--json"]);
    expect(alerts.code).toBe(1);
    expect(JSON.parse(alerts.out)).toMatchObject({ ok: false });
    expect((await on(["alerts"])).out).toContain("regraft dlq list");
  });

  it("end with 0 where all is well, and with 1 in a window of which nothing is known", async () => {
    const { on } = await workspace();
    const rule = { id: "safe", number: "safety", when: "below", limit: 1, severity: "critical", runbook: "stop" };
    const rules = { "rules.json": [rule] };
    expect(await on(["alerts", "--rules", "rules.json"], rules)).toMatchObject({ code: 0 });
    const later = await on(["alerts", "--rules", "rules.json", "--since", "2999-01-01T00:00:00Z"], rules);
    expect(later).toMatchObject({ code: 1, out: expect.stringContaining("nothing measured") as string });
    expect(await on(["alerts", "--rules", "rules.json"], { "rules.json": [{}] })).toMatchObject({ code: 2 });
  });
});
