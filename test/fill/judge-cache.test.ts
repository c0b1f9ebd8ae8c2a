import { describe, expect, it } from "vitest";
import { verdictIn } from "../../src/fill/judge-verdict.js";
import { cachedJudge, type Judge, type JudgeRequest } from "../../src/index.js";
import { bench, flow, roll, walk } from "../engine/helpers.js";

async function request(condition: string, data: Record<string, unknown>): Promise<JudgeRequest> {
  const { regraft } = bench();
  const scenario = await regraft.publish(flow(1, "A"));
  const session = await regraft.startSession({ scenarioId: "flow", id: "s1" });
  return { session, scenario, condition, data, signal: new AbortController().signal };
}

function counting(answer: () => Promise<unknown>) {
  const asked: string[] = [];
  const judge = {
    judge: async ({ condition }: JudgeRequest) => {
      asked.push(condition);
      return answer();
    },
  } as Judge;
  return { asked, judge };
}

describe("a judge that keeps its verdicts", () => {
  it("asks once for equal conditions and facts, in whatever order they stand, and keeps the latest", async () => {
    const { asked, judge } = counting(async () => true);
    const cached = cachedJudge(judge, 2);
    for (const [condition, data] of [
      ["a", { x: 1, y: 2 }],
      ["a", { y: 2, x: 1 }],
      ["b", {}],
      ["a", { x: 1, y: 2 }],
      ["c", {}],
      ["b", {}],
    ] as const) {
      expect(await cached.judge(await request(condition, data))).toBe(true);
    }
    expect(asked).toEqual(["a", "b", "c", "b"]);
  });

  it("keeps neither failures nor what is no verdict", async () => {
    const broken = counting(async () => "yes");
    const failing = counting(() => Promise.reject(new TypeError("no model")));
    for (const { judge, asked } of [broken, failing]) {
      const cached = cachedJudge(judge);
      for (let i = 0; i < 2; i += 1) await cached.judge(await request("a", {})).catch(() => undefined);
      expect(asked).toHaveLength(2);
    }
  });
});

describe("a verdict", () => {
  it.each([
    [true, true],
    ["unknown", "unknown"],
    [{ verdict: false, confidence: 0.85 }, false],
    [{ verdict: true, confidence: 0.849 }, "unknown"],
    [{ verdict: true }, undefined],
    [{ verdict: true, confidence: Number.NaN }, undefined],
    [{ verdict: "yes", confidence: 1 }, undefined],
    [null, undefined],
  ])("of %j counts as %j", (answer, verdict) => {
    expect(verdictIn(answer, 0.85)).toBe(verdict);
  });
});

describe("a judge in the engine", () => {
  it("is shown neither sensitive fields nor more than the condition names, and below the threshold nothing is decided", async () => {
    const v1 = flow(1, "A > B > C");
    const judged = flow(2, "A > F", "F > R {is angry}", "F > B", "B > C");
    const fields = [
      { name: "iban", type: "string", sensitive: true } as const,
      { name: "mood", type: "integer" } as const,
    ];
    const seen: unknown[] = [];
    const judge: Judge = {
      judge: async ({ data }) => {
        seen.push(data);
        return { verdict: true, confidence: 0.8 };
      },
    };
    const { regraft } = bench({ judge });
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B", "C"], { variables: { mood: 3, iban: "DE00" } });
    await roll(regraft, v1, { ...judged, fields });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "review", reason: "DECISION.UNKNOWN" });
    await regraft.reconcile("s1");
    expect(seen).toEqual([{ mood: 3 }]);
  });
});
