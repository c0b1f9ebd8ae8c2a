import { describe, expect, it } from "vitest";
import { validate } from "../../src/contracts/validate.js";
import { call, files, v1, v2 } from "./world.js";

const clean = {
  id: "c",
  version: 1,
  entry: "a",
  steps: [
    { id: "a", name: "A" },
    { id: "b", name: "B" },
  ],
  transitions: [{ from: "a", to: "b" }],
};

describe("regraft lint", () => {
  it("ends with 0 and says so when there is nothing to say", async () => {
    expect(await call(["lint", "c.json"], { "c.json": clean })).toMatchObject({
      code: 0,
      out: "No findings.\n",
      err: "",
    });
  });

  it("finds what is odd about a single version", async () => {
    const lonely = { ...clean, steps: [...clean.steps, { id: "x", name: "X" }] };
    const { code, out } = await call(["lint", "c.json"], { "c.json": lonely });
    expect(code).toBe(1);
    expect(out).toContain("warning LINT.UNREACHABLE_STEP");
    expect(out).toContain("x: no way from the entry leads to it");
    expect(out).toContain("0 errors, 1 warning, 0 notes");
  });

  it("finds what a change means for sessions, most severe first", async () => {
    const reworded = {
      ...v2,
      steps: v2.steps.map((step) => (step.id === "sent" ? { ...step, checkpointDescription: "Offer posted" } : step)),
    };
    const { code, out } = await call(["lint", "v1.json", "v2.json"], { ...files, "v2.json": reworded });
    expect(code).toBe(1);
    expect(out.indexOf("error LINT.EFFECT_EDITED")).toBe(0);
    expect(out).toContain("warning LINT.STEP_REMOVED");
    expect(out).toContain("hint: Say in effects whether it is still the same effect");
  });

  it("fails from the severity on that is asked for", async () => {
    const codes = async (severity: string) =>
      (await call(["lint", "v1.json", "v2.json", "--fail-on", severity], files)).code;
    expect([await codes("error"), await codes("warning"), await codes("info"), await codes("never")]).toEqual([
      0, 1, 1, 0,
    ]);
  });

  it("is content once the plan answers", async () => {
    const reworded = {
      ...v2,
      steps: v2.steps.map((step) => (step.id === "sent" ? { ...step, checkpointDescription: "Offer posted" } : step)),
    };
    const { code } = await call(["lint", "v1.json", "v2.json", "--fail-on", "error", "--effects", "e.json"], {
      "v1.json": v1,
      "v2.json": reworded,
      "e.json": { sent: "same" },
    });
    expect(code).toBe(0);
  });

  it("gives machines findings that follow their schema, and their counts", async () => {
    const { code, out } = await call(["lint", "v1.json", "v2.json", "--json"], files);
    const { findings, counts } = JSON.parse(out) as { findings: unknown[]; counts: Record<string, number> };
    for (const finding of findings) validate("lint-finding", finding);
    expect(code).toBe(1);
    expect((counts.error ?? 0) + (counts.warning ?? 0) + (counts.info ?? 0)).toBe(findings.length);
  });
});
