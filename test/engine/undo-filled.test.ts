import { describe, expect, it } from "vitest";
import { type DataChange, type ProfileChange, profileSource } from "../../src/index.js";
import { bench, flow, roll } from "./helpers.js";

const ana = { by: "ana" };
const v1 = flow(1, "A > B > C > D");
const v2 = flow(2, "A > N:email,note > B > C > D");
const data: DataChange[] = [{ op: "rename", from: "tel", to: "mobile" }];

/** A session that a move has filled with two answers and a renamed value, and the profile that was told. */
async function filled() {
  const profile: Record<string, unknown> = {};
  const told: ProfileChange[] = [];
  const save = async (change: ProfileChange) => {
    told.push(change);
    for (const { field, value } of change.write) profile[field] = value;
    for (const { field, isOurs } of change.takeBack) if (isOurs(profile[field])) delete profile[field];
  };
  const made = bench({ fieldSources: [profileSource({ load: async () => ({}), save })] });
  await made.regraft.publish(v1);
  await made.regraft.startSession({ scenarioId: "flow", id: "s1", customerId: "c1", variables: { tel: "5" } });
  for (const stepId of ["B", "C"]) await made.regraft.recordVisit("s1", stepId, { version: 1 });
  await roll(made.regraft, v1, v2, { data });
  await made.regraft.provide("s1", { email: "jo@x.example", note: "window" });
  expect((await made.regraft.session("s1")).variables).toEqual({ mobile: "5", email: "jo@x.example", note: "window" });
  return { ...made, profile, told };
}

describe("an undo of filled values", () => {
  it("takes them out of the data and, by an event of its own, out of the profile", async () => {
    const { regraft, profile, told } = await filled();
    expect(profile).toEqual({ email: "jo@x.example", note: "window" });
    expect(await regraft.undo("s1", ana)).toMatchObject({ action: "undone", kept: [] });
    expect((await regraft.session("s1")).variables).toEqual({ tel: "5" });
    expect(profile).toEqual({});
    expect(told.map(({ write, takeBack }) => [write.length, takeBack.map(({ field }) => field).sort()])).toEqual([
      [2, []],
      [0, ["email", "note"]],
    ]);
    expect(new Set(told.map(({ id }) => id)).size).toBe(2);
  });

  it("keeps and reports what somebody has written since, in the data as in the profile", async () => {
    const { regraft, profile } = await filled();
    await regraft.update("s1", { variables: { note: "aisle", mobile: "6" } });
    profile.email = "ann@x.example";
    expect(await regraft.undo("s1", ana)).toMatchObject({ action: "undone", kept: ["mobile", "note"] });
    const { variables, lineage, migration } = await regraft.session("s1");
    expect(variables).toEqual({ tel: "5", note: "aisle", mobile: "6" });
    expect(lineage).toBeUndefined();
    expect(migration?.found?.map(({ field }) => field)).toEqual(["email"]);
    expect(profile).toEqual({ email: "ann@x.example" });
  });

  it("tells the profile nothing a second time", async () => {
    const { regraft, told } = await filled();
    await regraft.undo("s1", ana);
    expect(await regraft.undo("s1", ana)).toMatchObject({ action: "undone", repeated: true });
    await regraft.deliver();
    expect(told).toHaveLength(2);
  });
});
