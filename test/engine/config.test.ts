import { describe, expect, it } from "vitest";
import { createRegraft, type RegraftOptions } from "../../src/index.js";
import { memoryStore } from "../../src/stores/memory.js";
import { bench, flow, roll, walk } from "./helpers.js";

const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > B > C > N");
const forked = flow(2, "W > Age:age", "Age > Rejected [age < 18]", "Age > C");

function recorder() {
  const lines: string[] = [];
  const write = (level: string) => (fields: object, message: string) =>
    void lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  return { lines, logger: { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") } };
}

async function young(config: object, given: object = {}) {
  const made = bench({ config, ...given });
  const old = flow(1, "W > C");
  await made.regraft.publish(old);
  await walk(made.regraft, "s1", ["C"], { variables: { age: 16 } });
  await roll(made.regraft, old, forked);
  return made.regraft;
}

describe("options", () => {
  const store = memoryStore();
  const find = async () => [];
  const names =
    "store, sessions, records, config, clock, ids, logger, telemetry, fieldSources, judge, authorizer, gates, profile, locale, timeZone, prompts, fieldValidators";

  it.each<[unknown, string, string, string]>([
    [undefined, "", "an object", "nothing"],
    [{}, "", "either store, or sessions and records", "none of them"],
    [{ store, sessions: store }, "", "either store, or sessions and records", "store and sessions"],
    [{ store, conifg: {} }, "/conifg", `one of ${names}`, "conifg"],
    [{ store, "a/b": 1 }, "/a~1b", `one of ${names}`, "a/b"],
    [{ store, thresholds: {} }, "/thresholds", `one of ${names}; thresholds belong under config`, "thresholds"],
    [{ store, autoMark: true }, "/autoMark", `one of ${names}; autoMark belongs under config`, "autoMark"],
    [
      { store, logger: { info: () => {} } },
      "/logger",
      "an object with the methods debug, info, warn, error",
      "an object without debug, warn, error",
    ],
    [{ store, judge: 3 }, "/judge", "an object with the method judge", "3"],
    [{ store, fieldSources: {} }, "/fieldSources", "an array", "an object"],
    [
      { store, fieldSources: [{ find, name: "", kind: "profile" }] },
      "/fieldSources/0/name",
      "a text that is not empty",
      '""',
    ],
    [
      { store, fieldSources: [{ find, name: "x", kind: "guess" }] },
      "/fieldSources/0/kind",
      "one of profile, session, tool, conversation",
      '"guess"',
    ],
    [{ store, config: { enabld: true } }, "/config/enabld", "no such property", "true"],
    [{ store, config: { limits: { maxSteps: 0 } } }, "/config/limits/maxSteps", "a number >= 1", "0"],
  ])("are refused with what is wrong where (case %#)", (options, path, expected, received) => {
    const open = () => createRegraft(options as RegraftOptions);
    const details = expect.objectContaining({ path, expected, received });
    expect(open).toThrow(expect.objectContaining({ code: "CONFIG.INVALID", details }));
  });

  it("have defaults: the machine's clock, and ids that rise", async () => {
    const regraft = createRegraft({ store: memoryStore() });
    await regraft.publish(v1);
    const { createdAt } = await regraft.startSession({ scenarioId: "flow", id: "s1" });
    expect(Math.abs(Date.parse(createdAt) - Date.now())).toBeLessThan(60_000);
    const first = await regraft.propose({ from: v1, to: v2 });
    await new Promise((done) => setTimeout(done, 3));
    const second = await regraft.propose({ from: v1, to: flow(3, "A > B") });
    expect(first.id < second.id).toBe(true);
  });

  it("keep sessions and records in two stores", async () => {
    const [sessions, records] = [memoryStore(), memoryStore()];
    const regraft = createRegraft({ sessions, records });
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    await roll(regraft, v1, v2);
    const first = await regraft.reconcile("s1", { messageId: "m1" });
    expect(first.action).toBe("teleport");
    expect((await regraft.reconcile("s1", { messageId: "m1" })).reasons).toContain("MIGRATION.SETTLED");
    expect(await records.get({ tenantId: "", id: "s1" })).toBeUndefined();
    const { entries } = await records.read({ kind: "session", tenantId: "", id: "s1" }, { limit: 9 });
    expect(entries.map(({ type }) => type)).toEqual(["session.started", "session.visited", "session.reconciled"]);
  });
});

describe("switches", () => {
  it.each([true, false])("enabled: %s", async (enabled) => {
    const { regraft } = bench({ config: { enabled } });
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    await roll(regraft, v1, v2);
    const result = await regraft.reconcile("s1");
    expect(result).toMatchObject(
      enabled ? { action: "teleport" } : { action: "continue", reasons: ["MIGRATION.DISABLED"], pending: true },
    );
  });

  it.each([true, false])("reRouting.enabled: %s", async (enabled) => {
    const regraft = await young({ reRouting: { enabled } });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: enabled ? "teleport" : "review" });
  });

  it("notifyOnReRoute and notifyTemplate", async () => {
    const silent = await (await young({ notifyOnReRoute: false })).reconcile("s1");
    expect(silent).not.toHaveProperty("userMessage");
    const told = await (await young({ notifyTemplate: "$& now: {step}!" })).reconcile("s1");
    expect(told).toMatchObject({ userMessage: "$& now: Rejected!" });
  });

  it("historyLimit", async () => {
    const { regraft } = bench({ config: { historyLimit: 2 } });
    const paid = flow(1, "A > Pay! > B > C");
    await regraft.publish(paid);
    await walk(regraft, "s1", ["Pay", "B", "C"]);
    const session = await regraft.session("s1");
    expect(session.stepHistory.map(({ stepId }) => stepId)).toEqual(["B", "C"]);
    expect(session.passedCheckpoints).toHaveLength(1);
    await roll(regraft, paid, flow(2, "A > Pay! > B > C > D"));
    await regraft.reconcile("s1");
    expect((await regraft.session("s1")).stepHistory).toHaveLength(2);
  });

  it("limits", async () => {
    const limited = (limits: object) => bench({ config: { limits } }).regraft;
    await expect(limited({ maxSteps: 2 }).publish(v1)).rejects.toMatchObject({ code: "SCENARIO.TOO_LARGE" });
    await expect(limited({ maxConditionLength: 5 }).publish(forked)).rejects.toMatchObject({
      code: "CONDITION.TOO_COMPLEX",
    });
    const small = limited({ maxVariableBytes: 20 });
    await small.publish(v1);
    await small.startSession({ scenarioId: "flow", id: "s1", variables: { a: 1 } });
    const tooMuch = { b: "x".repeat(20) };
    await expect(small.update("s1", { variables: tooMuch })).rejects.toMatchObject({ code: "INPUT.INVALID" });
    await expect(small.startSession({ scenarioId: "flow", id: "s2", variables: tooMuch })).rejects.toMatchObject({
      code: "INPUT.INVALID",
    });
  });
});

describe("the log", () => {
  const asking = flow(2, "A > N:email > B > C");

  async function linesOf(to: typeof v2, log: object, from = v1, steps = ["B", "C"]) {
    const { lines, logger } = recorder();
    const { regraft } = bench({ logger, config: { log } });
    await regraft.publish(from);
    await walk(regraft, "s1", steps);
    await roll(regraft, from, to);
    const result = await regraft.reconcile("s1");
    if (result.action === "collect") await regraft.provide("s1", { email: "jo@x.example" });
    return lines;
  }

  it("has clean grafts only where the configuration says so", async () => {
    expect(await linesOf(v2, {})).toEqual([]);
    expect(await linesOf(v2, { cleanGrafts: true })).toEqual([expect.stringContaining("info session grafted")]);
  });

  it("has gap fills unless the configuration says otherwise, without values", async () => {
    const lines = await linesOf(asking, {});
    expect(lines).toEqual([expect.stringContaining("session waits"), expect.stringContaining("session gap-filled")]);
    expect(lines.join()).not.toContain("jo@x.example");
    expect(await linesOf(asking, { gapFills: false })).toEqual([]);
  });

  it("has re-routes and exits unless the configuration says otherwise", async () => {
    const gone = flow(2, "X > Y");
    expect(await linesOf(gone, {})).toEqual([expect.stringContaining("session left the flow")]);
    expect(await linesOf(gone, { reRoutes: false })).toEqual([]);
    const { lines, logger } = recorder();
    await (await young({}, { logger })).reconcile("s1");
    expect(lines).toEqual([expect.stringContaining("session re-routed")]);
    const { lines: none, logger: quiet } = recorder();
    await (await young({ log: { reRoutes: false } }, { logger: quiet })).reconcile("s1");
    expect(none).toEqual([]);
  });

  it("always has blocks, with the text of the checkpoint, and reviews", async () => {
    const off = { cleanGrafts: false, gapFills: false, reRoutes: false };
    const blocked = await linesOf(flow(2, "W > C > Pay!"), off, flow(1, "W > Pay! > C"), ["Pay", "C"]);
    expect(blocked).toEqual([expect.stringMatching(/^warn session blocked .*"checkpointDescription":"Pay done"/)]);
    const review = await linesOf(flow(2, "W > C"), off, flow(1, "W > Pay! > C"), ["Pay"]);
    expect(review).toEqual([expect.stringContaining("warn session needs review")]);
  });
});
