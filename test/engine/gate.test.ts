import { describe, expect, it } from "vitest";
import type { GateDecision, PlanContract } from "../../src/contracts/types.js";
import { violations } from "../../src/contracts/validate.js";
import type { GateOptions } from "../../src/engine/gate-options.js";
import type { Plan, RegraftOptions } from "../../src/index.js";
import { bench, flow, walk } from "./helpers.js";

const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > E:email > B > C");

/** Three sessions on B of version 1: the new version asks each of them for one field. */
async function proposed(
  given: Partial<Omit<RegraftOptions, "store" | "sessions" | "records">> = {},
  terms: object = {},
) {
  const made = bench(given);
  const { regraft } = made;
  await regraft.publish(v1);
  for (const id of ["s1", "s2", "s3"]) await walk(regraft, id, ["B"]);
  const plan = await regraft.propose({ from: v1, to: v2, by: "ana", ...terms });
  return { ...made, plan };
}

async function stream(store: ReturnType<typeof bench>["store"], kind: string, id: string) {
  const { entries } = await store.read({ kind, tenantId: "", id }, { limit: 100 });
  return entries.map(({ type, data }) => ({ type, gate: data.gate as GateDecision | undefined, by: data.by }));
}

const refused = (decision: string, ...reasons: string[]) =>
  expect.objectContaining({ code: "GATE.REFUSED", details: expect.objectContaining({ decision, reasons }) });

describe("gates of plans", () => {
  it("cost nothing where nobody asks: no entry, no word of a gate", async () => {
    const { regraft, store, plan } = await proposed();
    await regraft.deploy(await regraft.approve(plan, { by: "bo" }));
    expect((await stream(store, "plan", plan.id)).map(({ gate }) => gate).filter(Boolean)).toEqual([]);
    expect((await store.read({ kind: "gate", tenantId: "", id: plan.id }, { limit: 1 })).head).toBe(0);
  });

  it("stand in the ledger entry of the approval and of the deployment that they let through, with what was measured", async () => {
    const contract: PlanContract = {
      budgets: { maxSessions: 3, maxQuestionsPerSession: 1, maxBlockedRatio: 0, maxFailureRatio: 0 },
    };
    const { regraft, store, plan } = await proposed({}, { contract });
    await regraft.deploy(await regraft.approve(plan, { by: "bo" }), { by: "bo" });
    const entries = (await stream(store, "plan", plan.id)).filter(({ gate }) => gate !== undefined);
    expect(entries.map(({ type, by, gate }) => [type, by, gate?.decision, gate?.stage])).toEqual([
      ["plan.approved", "bo", "allow", "plan.approve"],
      ["plan.deployed", "bo", "allow", "deploy"],
    ]);
    for (const { gate } of entries) {
      expect(violations("gate-decision", gate)).toEqual([]);
      expect(gate?.metrics).toEqual({
        sessions: { value: 3, sample: 3 },
        questionsPerSession: { value: 1, sample: 3 },
        blockedRatio: { value: 0, sample: 3 },
        failureRatio: { value: 0, sample: 3 },
      });
      expect(gate?.contracts).toHaveLength(1);
    }
  });

  it.each<[string, PlanContract, string, string]>([
    ["too many sessions", { budgets: { maxSessions: 2 } }, "deny", "BUDGET.SESSIONS_EXCEEDED"],
    ["too many questions", { budgets: { maxQuestionsPerSession: 0 } }, "deny", "BUDGET.QUESTIONS_EXCEEDED"],
    ["too small a sample", { budgets: { maxBlockedRatio: 1, minSample: 4 } }, "hold", "EVIDENCE.SAMPLE_TOO_SMALL"],
    ["a forbidden target", { forbiddenTargets: ["B"] }, "deny", "SCOPE.FORBIDDEN_TARGET"],
    ["evidence that nobody shows", { requiredEvidence: ["review.md"] }, "deny", "EVIDENCE.MISSING"],
  ])("refuse %s, leave the plan as it was and keep the refusal on record", async (_name, contract, decision, reason) => {
    const { regraft, store, plan } = await proposed({}, { contract });
    await expect(regraft.approve(plan, { by: "bo" })).rejects.toThrow(refused(decision, reason));
    expect(await regraft.plans.get(plan.id)).toEqual(plan);
    const [entry, ...more] = await stream(store, "gate", plan.id);
    expect(entry).toMatchObject({ type: "gate.decided", by: "bo", gate: { decision, reasons: [reason] } });
    expect(violations("gate-decision", entry?.gate)).toEqual([]);
    expect(more).toEqual([]);
  });

  it("refuse a plan that changes or drops a protected step", async () => {
    const contract = { protectedSteps: ["A", "B"] };
    const kept = await proposed({}, { contract });
    expect((await kept.regraft.approve(kept.plan, { by: "bo" })).status).toBe("approved");
    const { regraft } = bench({ gates: { contract } });
    await regraft.publish(v1);
    const plan = await regraft.propose({ from: v1, to: flow(2, "A > C") });
    await expect(regraft.approve(plan, { by: "bo" })).rejects.toThrow(refused("deny", "SCOPE.PROTECTED_STEP"));
  });

  it("count blocked sessions and those whose outcome only a model could tell", async () => {
    const { regraft } = bench();
    const judged = flow(2, "A > P", "P > B > C", "P > D {wants to leave}", "D > C");
    await regraft.publish(v1);
    for (const id of ["s1", "s2"]) await walk(regraft, id, ["B"]);
    const plan = await regraft.propose({ from: v1, to: judged });
    const { metrics } = await regraft.gate(plan, { stage: "plan.approve", contract: { budgets: { maxSessions: 9 } } });
    expect(metrics.failureRatio?.sample).toBe(2);
    const rehearsal = await regraft.rehearse(plan);
    expect(metrics.failureRatio?.value).toBe(rehearsal.unknown / 2);
    const walled = flow(2, "A > pay! > B > C");
    const second = bench();
    await second.regraft.publish(v1);
    for (const id of ["s1", "s2"]) await walk(second.regraft, id, ["B"]);
    const blocking = await second.regraft.propose({
      from: v1,
      to: walled,
      contract: { budgets: { maxBlockedRatio: 0.9 } },
    });
    await expect(second.regraft.approve(blocking, { by: "bo" })).rejects.toThrow(
      refused("deny", "BUDGET.BLOCKED_EXCEEDED"),
    );
  });

  it("keep the digests of what was shown, never its text, and know it again at the deployment", async () => {
    const contract = { requiredEvidence: ["reviews/legal.md"] };
    const { regraft, store, plan } = await proposed({ gates: { contract } });
    await expect(regraft.approve(plan, { by: "bo", evidence: { "reviews/legal.md": " \n" } })).rejects.toThrow(
      refused("deny", "EVIDENCE.MISSING"),
    );
    const approved = await regraft.approve(plan, { by: "bo", evidence: { "reviews/legal.md": "secret opinion" } });
    expect(approved.evidence).toEqual([{ name: "reviews/legal.md", digest: expect.stringMatching(/^sha256:/) }]);
    expect((await regraft.deploy(approved)).status).toBe("deployed");
    expect(JSON.stringify(await store.read({ kind: "plan", tenantId: "", id: plan.id }, { limit: 100 }))).not.toContain(
      "opinion",
    );
  });

  it.each([
    { "../x": "a" },
    { "/x": "a" },
    { "a/..": "a" },
  ])("refuse evidence under a path that leads outside", async (evidence) => {
    const { regraft, plan } = await proposed({ gates: { contract: { requiredEvidence: ["x"] } } });
    await expect(regraft.approve(plan, { by: "bo", evidence })).rejects.toThrow(
      expect.objectContaining({ code: "INPUT.INVALID" }),
    );
  });

  it("stand before the deployment anew: sessions that came after the approval count", async () => {
    const contract = { budgets: { maxSessions: 3 } };
    const { regraft, plan } = await proposed({}, { contract });
    const approved = await regraft.approve(plan, { by: "bo" });
    await walk(regraft, "s4", ["B"]);
    await expect(regraft.deploy(approved)).rejects.toThrow(refused("deny", "BUDGET.SESSIONS_EXCEEDED"));
    expect((await regraft.plans.get(plan.id))?.status).toBe("approved");
    expect((await regraft.session("s1")).pendingMigration).toBeUndefined();
    expect(await regraft.liveVersion("flow")).toBe(1);
  });

  it("ask guards of the host before and after measuring", async () => {
    const seen: string[] = [];
    const gates: GateOptions = {
      contract: { budgets: { maxSessions: 3 } },
      before: [
        {
          id: "early",
          reason: "POLICY.NEEDS_HUMAN",
          check: ({ metrics }) => {
            seen.push(`early ${metrics === undefined}`);
            return "pass";
          },
        },
      ],
      after: [
        {
          id: "late",
          reason: "POLICY.NEEDS_HUMAN",
          stages: ["deploy"],
          check: async ({ metrics }) => {
            seen.push(`late ${metrics?.sessions?.value}`);
            return { answer: "fail", note: "not on a Sunday" };
          },
        },
      ],
    };
    const { regraft, plan } = await proposed({ gates });
    const approved = await regraft.approve(plan, { by: "bo" });
    await expect(regraft.deploy(approved)).rejects.toThrow(refused("hold", "POLICY.NEEDS_HUMAN"));
    expect(seen).toEqual(["early true", "early true", "late 3"]);
  });

  it("take a host's guard that fails, rejects or is late for failed", async () => {
    const never = new Promise<"pass">(() => undefined);
    const guards = [() => Promise.reject(new TypeError("x")), () => never, () => undefined as unknown as "pass"];
    for (const check of guards) {
      const gates: GateOptions = { before: [{ id: "g", reason: "POLICY.NEEDS_HUMAN", check }] };
      const { regraft, plan } = await proposed({ gates, config: { limits: { sourceTimeoutMs: 5 } } });
      await expect(regraft.approve(plan, { by: "bo" })).rejects.toThrow(refused("hold", "POLICY.NEEDS_HUMAN"));
    }
  });

  it("are refused with an unknown reason before anything else happens", () => {
    const wrong = { before: [{ id: "g", reason: "MADE.UP", check: () => "pass" }] } as unknown as GateOptions;
    const details = expect.objectContaining({ path: "/gates/before/guards/0/reason" });
    expect(() => bench({ gates: wrong })).toThrow(expect.objectContaining({ code: "CONFIG.INVALID", details }));
    const contract = { budgets: { maxBlockedRatio: 2 } };
    expect(() => bench({ gates: { contract } })).toThrow(
      expect.objectContaining({
        details: expect.objectContaining({ path: "/gates/contract/budgets/maxBlockedRatio" }),
      }),
    );
    expect(() => bench({ gates: { guards: [] } as GateOptions })).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ path: "/gates/guards" }) }),
    );
  });

  it("can be looked at without writing, with a further contract", async () => {
    const { regraft, store, plan } = await proposed();
    const before = JSON.stringify(await store.read({ kind: "plan", tenantId: "", id: plan.id }, { limit: 100 }));
    const contract = { budgets: { maxQuestionsPerSession: 0 } };
    expect(await regraft.gate(plan, { stage: "plan.approve", contract })).toMatchObject({
      decision: "deny",
      reasons: ["BUDGET.QUESTIONS_EXCEEDED"],
    });
    expect((await regraft.gate(plan.id, { stage: "plan.approve" })).decision).toBe("allow");
    expect((await regraft.gate(plan, { stage: "deploy" })).reasons).toEqual(["STATE.ILLEGAL_TRANSITION"]);
    expect(JSON.stringify(await store.read({ kind: "plan", tenantId: "", id: plan.id }, { limit: 100 }))).toBe(before);
    await expect(regraft.gate(plan, { stage: "lunch" as "deploy" })).rejects.toThrow(
      expect.objectContaining({ code: "INPUT.INVALID" }),
    );
  });
});

describe("contract of a plan", () => {
  it("is part of what is approved, can be amended, and survives being stored", async () => {
    const plain = await proposed();
    const { regraft, plan } = await proposed({}, { contract: { budgets: { maxSessions: 1 } } });
    expect(plan.digest).not.toBe(plain.plan.digest);
    const amended: Plan = await regraft.amend(plan, { contract: { budgets: { maxSessions: 3 } } }, { by: "cy" });
    expect(amended.digest).not.toBe(plan.digest);
    expect(amended.amendedBy).toEqual(["cy"]);
    await expect(regraft.approve(plan, { by: "bo" })).rejects.toThrow(
      expect.objectContaining({ code: "PLAN.CHANGED" }),
    );
    const stored = await regraft.plans.get(plan.id);
    expect(stored?.contract).toEqual({ budgets: { maxSessions: 3 } });
    expect(violations("plan", stored)).toEqual([]);
    expect((await regraft.approve(amended, { by: "bo" })).status).toBe("approved");
  });
});
