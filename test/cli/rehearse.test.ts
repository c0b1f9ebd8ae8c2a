import { describe, expect, it } from "vitest";
import { validate } from "../../src/contracts/validate.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { recordVisit, startSession } from "../../src/session/visits.js";
import { call, files, v1 } from "./world.js";

const at = "2026-02-01T08:00:00Z";
const scenario = defineScenario(v1);

function walked(id: string, steps: readonly string[], variables: Record<string, unknown> = {}) {
  const session = startSession(scenario, { id, at, variables });
  return steps.reduce((walker, step) => recordVisit(walker, scenario, step, { at }), session);
}

const sessions = [
  walked("early", []),
  walked("late", ["amount", "offer"], { amount: 100 }),
  walked("rich", ["amount", "offer"], { amount: 100, income: 5000 }),
  walked("poor", ["amount", "offer"], { amount: 100, income: 10 }),
  walked("sent", ["amount", "offer", "sent"], { amount: 100, income: 10 }),
];
const given = { ...files, "s.jsonl": sessions.map((session) => JSON.stringify(session)).join("\n") };
const rehearse = (...more: string[]) =>
  call(["rehearse", "v1.json", "v2.json", "--sessions", "s.jsonl", ...more], given, { columns: Infinity });

interface Line {
  readonly sessionId: string;
  readonly stepId: string;
  readonly decision: { readonly action: string; readonly kind?: string };
}

describe("regraft rehearse", () => {
  it("shows totals, what happens on each step, and one explained session of each outcome", async () => {
    const { code, out, err } = await rehearse();
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^Rehearsal {2}loan to version 2: 5 sessions, nothing was changed/);
    expect(out).toMatch(/^clean_graft +1 +20 %/m);
    expect(out).toMatch(/^gap_fill +1 +20 %/m);
    expect(out).toMatch(/^blocked +1 +20 % .*CHECKPOINT.OFF_RUN$/m);
    expect(out).toMatch(/^offer +3 +/m);
    expect(out).toContain("collect  session late, on offer");
    expect(out).toContain("Question: What do you earn a month?");
    expect(out).toContain("Income: its values are known (income)");
    expect(out).toContain("Offer sent was passed, and no run to refusal contains it.");
  });

  it("gives machines totals and all results in the order of the file", async () => {
    const { out } = await rehearse("--json");
    const { totals, results } = JSON.parse(out) as { totals: { total: number }; results: Line[] };
    expect(totals).toMatchObject({ total: 5, byAction: { teleport: 3, collect: 1, blocked: 1 }, unknown: 0 });
    expect(results.map(({ sessionId, decision }) => [sessionId, decision.kind ?? decision.action])).toEqual([
      ["early", "clean_graft"],
      ["late", "collect"],
      ["rich", "gap_fill"],
      ["poor", "re_route"],
      ["sent", "blocked"],
    ]);
    for (const { decision } of results) validate("decision", decision);
  });

  it("writes one result a line", async () => {
    const { written } = await rehearse("--out", "r.jsonl");
    const lines = (written["/cwd/r.jsonl"] ?? "").trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as Line).stepId)).toEqual([
      "hello",
      "offer",
      "offer",
      "offer",
      "sent",
    ]);
  });

  it("ends with 1 if an outcome is one that it was told to fail on", async () => {
    expect((await rehearse("--fail-on", "review")).code).toBe(0);
    expect((await rehearse("--fail-on", "review,blocked")).code).toBe(1);
  });

  it("holds sessions that the policies leave out", async () => {
    const policies = { offer: { updateDownstream: false }, "*": { scope: { excludeSessions: ["early"] } } };
    const { out } = await call(
      ["rehearse", "v1.json", "v2.json", "--sessions", "s.jsonl", "--policies", "p.json", "--json"],
      {
        ...given,
        "p.json": policies,
      },
    );
    const { results } = JSON.parse(out) as { results: { decision: { action: string; reasons: string[] } }[] };
    expect(results.slice(0, 4).map(({ decision }) => [decision.action, decision.reasons[0]])).toEqual([
      ["continue", "POLICY.OUT_OF_SCOPE"],
      ["continue", "POLICY.NOT_UPDATED"],
      ["continue", "POLICY.NOT_UPDATED"],
      ["continue", "POLICY.NOT_UPDATED"],
    ]);
  });

  it("names the flag that decides about an edited effect until it is given", async () => {
    const edited = v1.steps.map((step) => (step.id === "sent" ? { ...step, checkpointDescription: "Sent out" } : step));
    const world = { ...given, "b.json": { ...v1, version: 2, steps: edited }, "e.json": { sent: "same" } };
    const args = ["rehearse", "v1.json", "b.json", "--sessions", "s.jsonl"];
    const open = await call(args, world);
    expect(open.out.trimEnd().split("\n").at(-1)).toBe(
      'Not decided: is it still the same effect? Say "same" or "other" in --effects for sent.',
    );
    const decided = await call([...args, "--effects", "e.json"], world);
    expect(decided.out).not.toContain("--effects");
  });

  it("takes sessions of several tenants, and refuses two of one id", async () => {
    const [early] = sessions;
    const two = [early, { ...early, tenantId: "acme" }];
    const { out } = await call(["rehearse", "v1.json", "v2.json", "--sessions", "s.json", "--json"], {
      ...files,
      "s.json": two,
    });
    expect(JSON.parse(out)).toMatchObject({ totals: { total: 2 }, results: [{ tenantId: "" }, { tenantId: "acme" }] });
    const { code, err } = await call(["rehearse", "v1.json", "v2.json", "--sessions", "s.json"], {
      ...files,
      "s.json": [early, early],
    });
    expect(code).toBe(2);
    expect(err).toContain("error SESSION.EXISTS");
  });

  it("says nothing more than that where no session walks the old version", async () => {
    const { code, out } = await call(["rehearse", "v1.json", "v2.json", "--sessions", "s.json"], {
      ...files,
      "s.json": [],
    });
    expect({ code, out }).toEqual({ code: 0, out: "Rehearsal  loan to version 2: 0 sessions, nothing was changed\n" });
  });

  it("prints the same bytes every time", async () => {
    expect(await rehearse()).toEqual(await rehearse());
    expect(await rehearse("--json")).toEqual(await rehearse("--json"));
  });
});
