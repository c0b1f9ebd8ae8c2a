import { describe, expect, it } from "vitest";
import { validate } from "../../src/contracts/validate.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { recordVisit, startSession } from "../../src/session/visits.js";
import { call, files, v1, v2 } from "./world.js";

const at = "2026-02-01T08:00:00Z";
const scenario = defineScenario(v1);
const started = (id: string) => startSession(scenario, { id, at });
const atAmount = recordVisit(started("s2"), scenario, "amount", { at });
const lines = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join("");

describe("regraft plan", () => {
  it("shows changes, what may be asked, findings and what to do next", async () => {
    const { code, out } = await call(["plan", "v1.json", "v2.json"], files);
    expect(code).toBe(0);
    expect(out).toMatch(/^Plan plan-1 {2}loan version 1 -> 2 {2}pending/);
    expect(out).toContain("5 -> 6 steps: 2 inserted, 1 removed, 1 edited, 0 moved, 0 ambiguous");
    expect(out).toMatch(/^income +Monthly income +income$/m);
    expect(out).toContain("not counted");
    expect(out).toContain("It can be approved; read the 1 warning first.");
  });

  it("counts the open sessions of a file that walk the old version, and says which it left out", async () => {
    const later = startSession(defineScenario({ ...v1, version: 7 }), { id: "s9", at });
    const sessions = lines(started("s1"), atAmount, { ...started("s3"), status: "closed" }, later);
    const { out, err } = await call(["plan", "v1.json", "v2.json", "--sessions", "s.jsonl"], {
      ...files,
      "s.jsonl": sessions,
    });
    expect(out).toContain("2 sessions on version 1");
    expect(out).toMatch(/^ +1 {2}amount$/m);
    expect(err).toContain("note: s.jsonl: left out 1 of 4, they do not walk version 1");
    expect(err).toContain("note: s.jsonl: left out 1 of 4, they are closed");
  });

  it("shows what the data changes do to the sessions of a file, also as Markdown", async () => {
    const given = {
      ...files,
      "d.json": [{ op: "convert", field: "amount", to: "integer" }],
      "s.jsonl": lines(
        { ...started("s1"), variables: { amount: "7" } },
        { ...started("s2"), variables: { amount: "x" } },
      ),
    };
    const args = ["plan", "v1.json", "v2.json", "--data", "d.json", "--sessions", "s.jsonl"];
    expect((await call(args, given)).out).toMatch(
      /^amount +convert +any type +integer +1 +1 +what is no whole number/m,
    );
    const { out, code } = await call([...args, "--markdown"], given);
    expect([code, out.split("\n")[0]]).toEqual([0, "# Plan plan-1"]);
    expect(out).toContain("| amount | convert | any type | integer | 1 | 1 |");
    expect((await call([...args, "--markdown", "--json"], given)).code).toBe(2);
  });

  it("prints and writes a plan that follows its schema", async () => {
    const given = {
      ...files,
      "p.json": { "*": { scope: { excludeChannels: ["voice"] } } },
      "m.json": { fax: "refusal" },
    };
    const args = [
      "plan",
      "v1.json",
      "v2.json",
      "--json",
      "--out",
      "out.json",
      "--policies",
      "p.json",
      "--mapping",
      "m.json",
    ];
    const { out, written } = await call([...args, "--id", "p7", "--by", "ana", "--allow-repeat", "sent"], given);
    const plan = validate("plan", JSON.parse(out));
    expect(plan).toMatchObject({
      id: "p7",
      createdBy: "ana",
      createdAt: "2026-03-01T09:00:00.000Z",
      mapping: { fax: "refusal" },
      allowRepeat: ["sent"],
      status: "pending",
    });
    expect(JSON.parse(written["/cwd/out.json"] ?? "")).toEqual(plan);
  });

  it("says that a plan with an open question about an effect cannot be approved", async () => {
    const reworded = {
      ...v2,
      steps: v2.steps.map((step) => (step.id === "sent" ? { ...step, checkpointDescription: "x" } : step)),
    };
    const { code, out } = await call(["plan", "v1.json", "v2.json"], { ...files, "v2.json": reworded });
    expect(code).toBe(0);
    expect(out).toContain("It cannot be approved yet: 1 error to settle first.");
  });

  it("refuses a version that is not later, and another flow", async () => {
    const back = await call(["plan", "v2.json", "v1.json"], files);
    expect(back.code).toBe(2);
    expect(back.err).toContain("error SCENARIO.VERSION_NOT_GREATER in v1.json /version");
    const other = await call(["plan", "v1.json", "x.json"], { ...files, "x.json": { ...v2, id: "x" } });
    expect(other.code).toBe(2);
    expect(other.err).toContain("error INPUT.INVALID in x.json /id");
  });

  it("names the file and the place of a term that is wrong", async () => {
    const cases: [string, unknown, string][] = [
      ["--policies", { nowhere: {} }, "error PLAN.UNKNOWN_ANCHOR in t.json /policies/nowhere"],
      ["--policies", { hello: { forceKind: "jump" } }, "error PLAN.POLICY_INVALID in t.json /policies/hello/forceKind"],
      [
        "--policies",
        { hello: { scope: { condition: "1 +" } } },
        "error CONDITION.INVALID in t.json /policies/hello/scope/condition",
      ],
      ["--policies", [], "error INPUT.INVALID in t.json"],
      ["--mapping", { fax: "nowhere" }, "error PLAN.MAPPING_INVALID in t.json /mapping/fax"],
      ["--mapping", { fax: 1 }, "error INPUT.INVALID in t.json /mapping/fax"],
      ["--effects", { sent: "maybe" }, "error INPUT.INVALID in t.json /effects/sent"],
      ["--effects", { nowhere: "same" }, "error PLAN.UNKNOWN_ANCHOR in t.json /effects/nowhere"],
      ["--data", [{ op: "rename", from: "a" }], "error SCHEMA.INVALID in t.json /0/to"],
    ];
    for (const [option, content, start] of cases) {
      const { code, err } = await call(["plan", "v1.json", "v2.json", option, "t.json"], {
        ...files,
        "t.json": content,
      });
      expect(err.split("\n")[0]).toBe(start);
      expect(code).toBe(2);
    }
  });

  it("stops at sessions that walk another content under the same number", async () => {
    const other = startSession(defineScenario({ ...v1, entry: "amount" }), { id: "s1", at });
    const { code, err } = await call(["plan", "v1.json", "v2.json", "--sessions", "s.json"], {
      ...files,
      "s.json": [other],
    });
    expect(code).toBe(4);
    expect(err).toContain("error CLI.CHECKSUM_MISMATCH in s.json /0/scenarioChecksum");
  });
});
