import { describe, expect, it } from "vitest";
import { replayedShare } from "../../src/tools/replayed-share.js";
import { computeIndicators, judgeObjectives } from "../../src/tools/slo.js";
import { bench, flow, roll, walk } from "../engine/helpers.js";

const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > N:email > B > C");

async function lived() {
  const made = bench();
  await made.regraft.publish(v1);
  for (const id of ["s1", "s2", "s3"]) await walk(made.regraft, id, ["B"]);
  await roll(made.regraft, v1, v2);
  for (const id of ["s1", "s2"]) await made.regraft.reconcile(id);
  await made.regraft.provide("s1", { email: "jo@x.example" });
  return made;
}

describe("the share of states that their ledgers tell", () => {
  it("is whole where nothing was changed beside the ledger", async () => {
    const { regraft } = await lived();
    expect(await replayedShare(regraft)).toEqual({ value: 1, good: 4, total: 4 });
    expect(await replayedShare(regraft, { sample: 2 })).toMatchObject({ total: 2 });
    expect(await replayedShare(bench().regraft)).toEqual({ value: undefined, good: 0, total: 0 });
  });

  it("falls where a session was written without its ledger being told", async () => {
    const { regraft, store } = await lived();
    const session = await regraft.session("s3");
    await store.commit({ session: { ...session, stepId: "C" }, expectedRevision: session.revision });
    const determinism = await replayedShare(regraft);
    expect(determinism).toEqual({ value: 0.75, good: 3, total: 4 });
    const verdicts = judgeObjectives({ ...(await computeIndicators([])), determinism });
    expect(verdicts.find(({ name }) => name === "determinism")).toMatchObject({ status: "missed" });
  });

  it("is no objective where nobody compared", async () => {
    expect(judgeObjectives(await computeIndicators([])).map(({ name }) => name)).not.toContain("determinism");
  });
});
