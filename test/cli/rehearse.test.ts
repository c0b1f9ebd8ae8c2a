import { describe, expect, it } from "vitest";
import type { CliIo } from "../../src/cli/io.js";
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

const rehearseOn = (redraws: CliIo["redraws"], ...more: string[]) =>
  call(["rehearse", "v1.json", "v2.json", "--sessions", "s.jsonl", ...more], given, { columns: Infinity, redraws });

const linesOf = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

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

  it("writes one result a line, and the totals in the last one", async () => {
    const { written, out } = await rehearse("--out", "r.jsonl");
    expect(out).toMatch(/^Rehearsal/);
    const lines = linesOf(written["/cwd/r.jsonl"] ?? "");
    expect(lines.map(({ type, stepId }) => [type, stepId])).toEqual([
      ["session", "hello"],
      ["session", "offer"],
      ["session", "offer"],
      ["session", "offer"],
      ["session", "sent"],
      ["summary", undefined],
    ]);
    expect(lines[1]).toMatchObject({
      sessionId: "late",
      version: 1,
      revision: 1,
      model: "none",
      unjudged: [],
      unread: [],
    });
    expect(lines.at(-1)).toMatchObject({
      total: 5,
      byAction: { teleport: 3, collect: 1, blocked: 1 },
      samples: { byAction: { blocked: ["sent"] }, byStep: { offer: { collect: ["late"] } } },
    });
  });

  it("prints the same lines instead of tables with --jsonl", async () => {
    const both = await rehearse("--jsonl", "--out", "r.jsonl");
    expect(both.err).toBe("");
    expect(both.out).toBe(both.written["/cwd/r.jsonl"]);
    expect(linesOf(both.out)).toHaveLength(6);
    expect(both.out).toBe((await rehearse("--jsonl")).out);
    expect((await rehearse("--jsonl", "--json")).code).toBe(2);
  });

  it("writes a file of many sessions in pieces, as they are decided", async () => {
    const many = Array.from({ length: 500 }, (_, n) => walked(`s-${n}`, ["amount", "offer"], { amount: 100 }));
    const pieces: string[] = [];
    let closed = 0;
    const openFile = async () => ({
      write: async (text: string) => void pieces.push(text),
      close: async () => {
        closed += 1;
      },
    });
    const args = ["rehearse", "v1.json", "v2.json", "--sessions", "s.json", "--out", "r.jsonl"];
    const { code } = await call(args, { ...files, "s.json": many }, { openFile });
    expect([code, closed, linesOf(pieces.join("")).length]).toEqual([0, 1, 501]);
    expect(pieces.length).toBeGreaterThan(2);
  });

  it("says that a file cannot be written, when it is opened and while it is written", async () => {
    const full = async () => {
      throw new Error("disk full");
    };
    for (const openFile of [full, async () => ({ write: full, close: async () => undefined })]) {
      const args = ["rehearse", "v1.json", "v2.json", "--sessions", "s.jsonl", "--out", "r.jsonl"];
      const { code, err } = await call(args, given, { openFile });
      expect([code, err]).toEqual([2, expect.stringContaining("error CLI.NOT_WRITTEN in r.jsonl")]);
    }
  });

  it("closes the file and takes the bar away where the rehearsal fails, and writes no summary", async () => {
    const args = ["rehearse", "v1.json", "v2.json", "--sessions", "s.jsonl", "--out", "r.jsonl", "--mapping", "m.json"];
    const { code, written } = await call(args, { ...given, "m.json": { nowhere: "offer" } }, { redraws: { err: 80 } });
    expect([code, written["/cwd/r.jsonl"]]).toEqual([2, ""]);
  });

  it("shows a bar on standard error where that is a terminal, and takes it away", async () => {
    const { err, out } = await rehearseOn({ err: 80 });
    const frames = err.split("\r").slice(1);
    expect(frames.slice(0, 5).map((frame) => frame.replace(/[[\]#.]/g, "").replace(/ +/g, " "))).toEqual([
      "rehearsing 20 %, 1 of 5 sessions",
      "rehearsing 40 %, 2 of 5 sessions",
      "rehearsing 60 %, 3 of 5 sessions",
      "rehearsing 80 %, 4 of 5 sessions",
      "rehearsing 100 %, 5 of 5 sessions",
    ]);
    expect(frames[1]).toContain("[############..................]");
    expect(frames.slice(5)).toEqual(["\u001b[2K"]);
    expect(out).toBe((await rehearse()).out);
    const narrow = await rehearseOn({ err: 20 });
    expect(Math.max(...narrow.err.split("\r").map((frame) => frame.length))).toBe(19);
  });

  it("draws at most one bar a per cent, however many sessions there are", async () => {
    const many = Array.from({ length: 1000 }, (_, n) => walked(`s-${n}`, []));
    const args = ["rehearse", "v1.json", "v2.json", "--sessions", "s.json"];
    const { err } = await call(args, { ...files, "s.json": many }, { redraws: { err: 80 } });
    expect(err.split("\r").length).toBeLessThanOrEqual(103);
  });

  it("shows no bar in a pipe, with --quiet, or beside lines on the same terminal", async () => {
    expect((await rehearseOn({ err: false })).err).toBe("");
    expect((await rehearseOn({ err: 80 }, "--quiet")).err).toBe("");
    expect((await rehearseOn({ err: 80 }, "--jsonl")).err).not.toBe("");
    const args = ["rehearse", "v1.json", "v2.json", "--sessions", "s.jsonl", "--jsonl"];
    expect((await call(args, given, { redraws: { err: 80 }, columns: 80 })).err).toBe("");
  });

  it("gives no notes with --quiet, but errors", async () => {
    const other = { ...sessions[0], id: "other", scenarioVersion: 7 };
    const args = ["rehearse", "v1.json", "v2.json", "--sessions", "s.json"];
    const world = { ...files, "s.json": [...sessions, other] };
    expect((await call(args, world)).err).toContain("note: s.json: left out 1 of 6");
    expect((await call([...args, "--quiet"], world)).err).toBe("");
    const missing = await call([...args, "--quiet", "--effects", "nope.json"], world);
    expect([missing.code, missing.err]).toEqual([2, expect.stringContaining("CLI.FILE_NOT_FOUND")]);
  });

  it("counts apart what only a judge decides, and can fail on it", async () => {
    const forked = {
      ...v1,
      version: 2,
      steps: [...v1.steps, { id: "fork", name: "Fork" }],
      transitions: [
        { from: "hello", to: "fork" },
        { from: "fork", to: "fax", conditionText: "is angry" },
        { from: "fork", to: "amount", else: true },
        ...v1.transitions.slice(1),
      ],
    };
    const args = ["rehearse", "v1.json", "b.json", "--sessions", "s.jsonl"];
    const world = { ...given, "b.json": forked };
    const { out, code } = await call(args, world, { columns: Infinity });
    expect(code).toBe(0);
    expect(out).toMatch(/^unknown +4 +80 % +hangs on what a model says/m);
    expect(out).toContain("4 sessions hang on a condition in words that only a judge decides");
    expect((await call([...args, "--fail-on", "unknown"], world)).code).toBe(1);
    expect((await rehearse("--fail-on", "unknown")).code).toBe(0);
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
