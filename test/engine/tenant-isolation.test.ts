import { describe, expect, it } from "vitest";
import type { RecordStore, SessionStore } from "../../src/index.js";
import { createRegraft } from "../../src/index.js";
import { memoryStore } from "../../src/stores/memory.js";
import { manualClock } from "../../src/testing/clock.js";
import { mutations, type Things } from "./every-method.js";
import { flow, walk } from "./helpers.js";

const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > E:email > B > C");
const secret = "canary-of-acme";

/** Everything that a tenant has: its sessions, its documents, its streams, its plans. */
async function everythingOf(store: SessionStore & RecordStore, tenantId: string): Promise<string> {
  const { sessions } = await store.scan({ tenantId }, { limit: 100 });
  const kinds = ["scenario", "plan", "plan-content", "plan-index", "draft", "legal-hold"];
  const documents = await Promise.all(kinds.map((kind) => store.find({ kind, tenantId }, { limit: 100 })));
  const names = [
    ["session", "s1"],
    ["plan", "plan-1"],
    ["scenario", "flow"],
    ["gate", "plan-1"],
    ["ledger", "seals"],
  ];
  const streams = await Promise.all(
    names.map(([kind = "", id = ""]) => store.read({ kind, tenantId, id }, { limit: 100 })),
  );
  return JSON.stringify([sessions, documents, streams, await store.pointer({ kind: "live", tenantId, id: "flow" })]);
}

/** Two tenants over one store: acme has a scenario, a session and a deployed plan; the other one has nothing. */
async function world() {
  const clock = manualClock("2026-03-01T09:00:00Z");
  const store = memoryStore({ clock });
  const ids = { next: (prefix: string) => `${prefix}-1` };
  const root = createRegraft({ store, clock, ids });
  const acme = root.forTenant("acme");
  await acme.publish(v1);
  await walk(acme, "s1", ["B"], { variables: { tel: secret } });
  const plan = await acme.propose({ from: v1, to: v2, by: secret });
  await acme.deploy(await acme.approve(plan, { by: "ana" }));
  const things: Things = { plan, session: await acme.session("s1") };
  return { store, root, acme, things };
}

/** What a call came to, as text: its result, or its error with all details. */
async function outcome(work: () => Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify((await work()) ?? null);
  } catch (error) {
    return JSON.stringify({ text: String(error), ...(error as object) });
  }
}

describe("tenants over one store", () => {
  // What a caller brings along themselves is theirs: only what comes out of the store may not show.
  const stranger = ({ plan, session }: Things): Things => ({
    plan: { ...plan, createdBy: "x" },
    session: { ...session, variables: {} },
  });

  it.each(Object.keys(mutations))("%s of another tenant changes and shows nothing of the first one's", async (name) => {
    const { store, root, things } = await world();
    const before = await everythingOf(store, "acme");
    const other = root.forTenant("other");
    await other.publish(v1);
    for (const tenant of [other, root]) {
      const told = await outcome(async () => mutations[name]?.(tenant, stranger(things)));
      expect(told).not.toContain(secret);
    }
    expect(await everythingOf(store, "acme")).toBe(before);
  });

  it("show another tenant nothing when they read by the same ids", async () => {
    const { root, things } = await world();
    const other = root.forTenant("other");
    const { plan, session } = things;
    const reads: (() => Promise<unknown>)[] = [
      () => other.scenario("flow", 1),
      () => other.versions("flow"),
      () => other.liveVersion("flow"),
      () => other.session(session.id),
      () => other.scenarioOf(session.id),
      () => other.plans.get(plan.id),
      () => other.plans.list(),
      () => other.plans.byVersions("flow", 1, 2),
      () => other.gate(plan.id, { stage: "deploy" }),
      () => other.status(plan.id),
      () => other.rehearse(plan.id),
      () => other.marked(),
      () => other.planRetention(),
      () => other.legalHolds.list(),
    ];
    for (const read of reads) expect(await outcome(read)).not.toContain(secret);
    expect(await other.plans.get(plan.id)).toBeUndefined();
    expect(await other.versions("flow")).toEqual([]);
    await expect(other.session(session.id)).rejects.toThrow(expect.objectContaining({ code: "SESSION.NOT_FOUND" }));
  });

  it("refuse plan values of each other, and tell names apart that look alike when they are joined", async () => {
    const { root, acme, things } = await world();
    await expect(root.forTenant("other").approve(things.plan, { by: "bo" })).rejects.toThrow(
      expect.objectContaining({ code: "TENANT.MISMATCH" }),
    );
    for (const name of ["acme/", "acme\u0000", "ACME", " acme", "acme:s1"]) {
      await expect(root.forTenant(name).session("s1")).rejects.toThrow(
        expect.objectContaining({ code: "SESSION.NOT_FOUND" }),
      );
    }
    expect((await acme.session("s1")).tenantId).toBe("acme");
  });
});
