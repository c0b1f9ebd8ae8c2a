import { describe, expect, it } from "vitest";
import type { Judge } from "../../src/index.js";
import { bench, flow, roll, walk } from "./helpers.js";

const old = flow(1, "W > Pay! > C");
const next = flow(2, "W > N:email > Age:age", "Age > Rejected [age < 18]", "Age > Pay!", "Pay > C");

async function crowd(given = {}) {
  const made = bench(given);
  await made.regraft.publish(old);
  const known = { email: "jo@x.example", age: 30 };
  await walk(made.regraft, "grown", ["Pay", "C"], { variables: known });
  await walk(made.regraft, "asked", ["Pay", "C"], { variables: { age: 30 } });
  await walk(made.regraft, "blocked", ["Pay", "C"], { variables: { ...known, age: 10 } });
  await walk(made.regraft, "entry", []);
  return made;
}

describe("a rehearsal", () => {
  it("says what would become of every session and changes nothing", async () => {
    const { regraft, store } = await crowd({ config: { markPageSize: 2 } });
    const plan = await regraft.propose({ from: old, to: next });
    const before = JSON.stringify(await store.scan({ tenantId: "" }, { limit: 99 }));
    const seen: string[] = [];
    const rehearsal = await regraft.rehearse(plan, {
      onSession: ({ session, decision }) => void seen.push(`${session.id} ${decision.action}`),
    });
    expect(seen).toEqual(["asked collect", "blocked blocked", "entry teleport", "grown teleport"]);
    expect(rehearsal).toMatchObject({
      total: 4,
      unknown: 0,
      byAction: { collect: 1, blocked: 1, teleport: 2 },
      byStep: { C: { collect: 1, blocked: 1, teleport: 1 }, W: { teleport: 1 } },
    });
    expect(JSON.stringify(await store.scan({ tenantId: "" }, { limit: 99 }))).toBe(before);
    expect(await regraft.versions("flow")).toEqual([1]);
  });

  it("agrees with what then happens", async () => {
    const { regraft } = await crowd();
    const plan = await regraft.propose({ from: old, to: next });
    const promised = new Map<string, unknown>();
    await regraft.rehearse(plan.id, { onSession: ({ session, decision }) => void promised.set(session.id, decision) });
    await regraft.deploy(await regraft.approve(plan, { by: "ana" }));
    for (const [id, decision] of promised) expect(await regraft.reconcile(id)).toMatchObject(decision as object);
  });

  it("takes two versions with terms, without a plan", async () => {
    const { regraft } = await crowd();
    const rehearsal = await regraft.rehearse({ from: 1, to: next, policies: { C: { updateDownstream: false } } });
    expect(rehearsal).toMatchObject({ total: 4, byReason: { "POLICY.NOT_UPDATED": 3 } });
    expect((await regraft.plans.list()).total).toBe(0);
  });

  it("counts apart what hangs on a judge, and asks it only on request", async () => {
    let calls = 0;
    const judge: Judge = {
      judge: async () => {
        calls += 1;
        return false;
      },
    };
    const { regraft } = bench({ judge });
    const first = flow(1, "A > B");
    await regraft.publish(first);
    await walk(regraft, "s1", ["B"]);
    const pair = { from: first, to: flow(2, "A > F", "F > R {is angry}", "F > B") };
    expect(await regraft.rehearse(pair)).toMatchObject({ total: 1, unknown: 1, byAction: {} });
    expect(calls).toBe(0);
    expect(await regraft.rehearse(pair, { judge: true })).toMatchObject({
      total: 1,
      unknown: 0,
      byAction: { teleport: 1 },
    });
    expect(calls).toBe(1);
  });
});

describe("the status of a plan", () => {
  it("is counted from sessions and their ledgers", async () => {
    const { regraft, clock } = await crowd();
    const plan = await roll(regraft, old, next);
    expect(await regraft.status(plan)).toMatchObject({
      status: "deployed",
      marked: 4,
      applied: 0,
      pending: 4,
      blocked: 0,
      waiting: 0,
    });
    for (const id of ["asked", "blocked", "entry"]) await regraft.reconcile(id);
    clock.advance(60_000);
    await regraft.reconcile("grown");
    const status = await regraft.status(plan.id);
    expect(status).toMatchObject({
      marked: 4,
      applied: 2,
      pending: 2,
      blocked: 1,
      waiting: 1,
      review: 0,
      held: 0,
      exited: 0,
    });
    expect(status.byKind.clean_graft + status.byKind.gap_fill + status.byKind.re_route).toBe(2);
    expect(status.lastAppliedAt).toBe("2026-03-01T09:01:00.000Z");
    await regraft.recordVisit("grown", "Pay", { version: 2 });
    expect((await regraft.status(plan)).applied).toBe(2);
  });

  it("counts exits and holds", async () => {
    const { regraft } = bench();
    const first = flow(1, "A > B");
    await regraft.publish(first);
    await walk(regraft, "s1", ["B"]);
    await walk(regraft, "s2", ["B"], { channel: "voice" });
    const plan = await roll(regraft, first, flow(2, "X > Y"), {
      policies: { "*": { scope: { excludeChannels: ["voice"] } } },
    });
    for (const id of ["s1", "s2"]) await regraft.reconcile(id);
    expect(await regraft.status(plan)).toMatchObject({ marked: 1, applied: 1, exited: 1, held: 1, pending: 0 });
  });
});
