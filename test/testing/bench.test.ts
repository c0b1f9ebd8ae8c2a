import { describe, expect, it } from "vitest";
import { testBench } from "../../src/testing/bench.js";
import { flow } from "../../src/testing/flow.js";
import { generatePopulation } from "../../src/testing/population.js";

const v1 = flow(1, "a b(mail) c", "a>b ; b>c");
const key = { tenantId: "", id: "s1" };

describe("a test bench", () => {
  it("lets a call fail before or after it took effect, as often as it is told", async () => {
    const { regraft, kept, calls, fail } = testBench();
    await regraft.publish(v1);
    fail({ method: "commit" });
    await expect(regraft.startSession({ scenarioId: "flow", id: "s1" })).rejects.toMatchObject({
      code: "STORE.UNAVAILABLE",
    });
    expect(await kept.get(key)).toBeUndefined();
    fail({ method: "commit", moment: "after", skip: 1, times: 2 });
    await regraft.startSession({ scenarioId: "flow", id: "s1" });
    for (const stepId of ["b", "c"]) {
      await expect(regraft.recordVisit("s1", stepId, { version: 1 })).rejects.toMatchObject({
        code: "STORE.UNAVAILABLE",
      });
    }
    expect((await kept.get(key))?.stepId).toBe("c");
    await regraft.recordVisit("s1", "a", { version: 1 });
    expect(calls.filter(({ method }) => method === "commit")).toHaveLength(5);
  });

  it("heals, and leaves other methods alone", async () => {
    const { regraft, fail, heal } = testBench();
    await regraft.publish(v1);
    fail({ method: "get", times: 100 });
    await regraft.startSession({ scenarioId: "flow", id: "s1" });
    await expect(regraft.session("s1")).rejects.toMatchObject({ code: "STORE.UNAVAILABLE" });
    heal();
    expect((await regraft.session("s1")).stepId).toBe("a");
  });

  it("has a clock that stands where it is told, ids that count, and takes the engine's options", async () => {
    const { regraft, clock } = testBench({ startAt: "2026-03-01T09:00:00Z", config: { enabled: false } });
    await regraft.publish(v1);
    clock.advance(1000);
    expect((await regraft.startSession({ scenarioId: "flow", id: "s1" })).createdAt).toBe("2026-03-01T09:00:01.000Z");
    expect((await regraft.propose({ from: v1, to: flow(2, "a", "") })).id).toBe("plan-1");
    expect((await regraft.reconcile("s1")).reasons).toEqual(["MIGRATION.DISABLED"]);
  });
});

describe("a population", () => {
  const options = { seed: 4, size: 40, at: "2026-03-01T00:00:00Z", channels: ["web", "phone"], idPrefix: "p-" };

  it("is the same for the same seed, with ids that count and entries an hour apart", () => {
    const sessions = generatePopulation(v1, options);
    expect(sessions).toEqual(generatePopulation(v1, options));
    expect(sessions).not.toEqual(generatePopulation(v1, { ...options, seed: 5 }));
    expect(sessions.slice(0, 2).map(({ id, createdAt }) => [id, createdAt])).toEqual([
      ["p-1", "2026-03-01T00:00:00.000Z"],
      ["p-2", "2026-03-01T01:00:00.000Z"],
    ]);
  });

  it("stands everywhere, under different answers and channels", () => {
    const sessions = generatePopulation(v1, options);
    expect(new Set(sessions.map(({ stepId }) => stepId))).toEqual(new Set(["a", "b", "c"]));
    expect(new Set(sessions.map(({ channel }) => channel))).toEqual(new Set(["web", "phone"]));
    expect(new Set(sessions.map(({ variables }) => variables.mail)).size).toBeGreaterThan(5);
  });

  it("can be imported as it is", async () => {
    const { regraft } = testBench();
    await regraft.publish(v1);
    for (const session of generatePopulation(v1, options)) await regraft.importSession(session);
    expect((await regraft.session("p-40")).scenarioVersion).toBe(1);
  });
});
