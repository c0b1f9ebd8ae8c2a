import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRegraft } from "../../src/index.js";
import { fileStore } from "../../src/stores/file.js";
import { flow, walk } from "../engine/helpers.js";
import { call } from "./world.js";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "regraft-gate-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A store with one session and a pending plan that asks it for one field. */
async function planned(contract?: object): Promise<string> {
  const store = fileStore(directory);
  const regraft = createRegraft({ store });
  const [v1, v2] = [flow(1, "A > B > C"), flow(2, "A > E:email > B > C")];
  await regraft.publish(v1);
  await walk(regraft, "s1", ["B"]);
  const { id } = await regraft.propose({ from: v1, to: v2, ...(contract === undefined ? {} : { contract }) });
  await store.close();
  return id;
}

const check = (plan: string, stage: string, ...more: string[]) => [
  ...["gate", "check", "--plan", plan, "--stage", stage, "--store", directory],
  ...more,
];

describe("regraft gate check", () => {
  it("ends with 0 where the gate lets the plan through, and prints every guard and what was measured", async () => {
    const plan = await planned({ budgets: { maxQuestionsPerSession: 1 } });
    const { code, out } = await call(check(plan, "plan.approve"), {});
    expect(code).toBe(0);
    expect(out).toContain(`plan.approve of plan ${plan}: allow`);
    expect(out).toMatch(/pass {2}questions-within-budget/);
    expect(out).toContain("questionsPerSession 1, measured on 1 sessions");
  });

  it("ends with 1 where it does not, with the decision as JSON", async () => {
    const plan = await planned();
    const files = { "c.json": { budgets: { maxQuestionsPerSession: 0 } } };
    const { code, out } = await call(check(plan, "plan.approve", "--contract", "c.json", "--json"), files);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ decision: "deny", reasons: ["BUDGET.QUESTIONS_EXCEEDED"] });
    expect((await call(check(plan, "deploy"), {})).code).toBe(1);
  });

  it("shows evidence from a directory, and denies where a file is missing", async () => {
    const plan = await planned({ requiredEvidence: ["reviews/legal.md"] });
    const args = check(plan, "plan.approve", "--evidence", "shown");
    expect((await call(args, {})).out).toContain("EVIDENCE.MISSING");
    expect((await call(args, { "shown/reviews/legal.md": "fine" })).code).toBe(0);
  });

  it("ends with 2 for an unknown plan or stage, and for a contract that is none", async () => {
    const plan = await planned();
    expect((await call(check("nope", "deploy"), {})).code).toBe(2);
    expect((await call(check(plan, "lunch"), {})).code).toBe(2);
    const files = { "c.json": { requiredEvidence: ["../x"] } };
    expect((await call(check(plan, "deploy", "--contract", "c.json"), files)).code).toBe(2);
  });
});
