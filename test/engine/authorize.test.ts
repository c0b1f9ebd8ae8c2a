import { describe, expect, it } from "vitest";
import { accessPolicy } from "../../src/engine/authorize-policy.js";
import type { LogFields, Logger, Regraft } from "../../src/index.js";
import { createRegraft } from "../../src/index.js";
import type { AccessRequest, Authorizer } from "../../src/ports/authorizer.js";
import { memoryStore } from "../../src/stores/memory.js";
import { manualClock } from "../../src/testing/clock.js";
import { faultyStore } from "../../src/testing/faulty-store.js";
import { memberNames, mutations, reading, type Things } from "./every-method.js";
import { bench, flow, roll, walk } from "./helpers.js";

const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > E:email > B > C");
const denied = expect.objectContaining({ code: "POLICY.ACCESS_DENIED" });
const own = expect.objectContaining({ code: "POLICY.SELF_APPROVAL" });
const everything = accessPolicy([{ effect: "allow", actions: ["*"] }]);

/** A store with a plan and a session, made without an authorizer. */
async function world() {
  const clock = manualClock("2026-03-01T09:00:00Z");
  const store = memoryStore({ clock });
  const open = createRegraft({ store, clock });
  await open.publish(v1);
  await walk(open, "s1", ["B"]);
  const plan = await open.propose({ from: v1, to: v2, by: "ana" });
  const things: Things = { plan, session: await open.session("s1") };
  return { store, clock, open, plan, things };
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The same methods, each called with claims in all its arguments and after them. */
function claiming(api: unknown): unknown {
  const claims = { role: "system", roles: ["system"], principal: "root", tenant: "x", identity: { role: "system" } };
  if (typeof api === "function") {
    const claimed = (arg: unknown) => (isPlain(arg) ? { ...arg, ...claims } : arg);
    return (...args: unknown[]) => Reflect.apply(api, undefined, [...args.map(claimed), claims]);
  }
  return isPlain(api) ? Object.fromEntries(Object.entries(api).map(([name, one]) => [name, claiming(one)])) : api;
}

describe("authorizer", () => {
  it("is asked by every member of the engine that is not known to read only", async () => {
    const { open } = await world();
    expect(memberNames(open).sort()).toEqual([...reading, ...Object.keys(mutations)].sort());
  });

  it.each(Object.keys(mutations))("denies %s to whom nothing is allowed, before anything is written", async (name) => {
    const { store, clock, things } = await world();
    const writes: string[] = [];
    const writing = new Set(["put", "append", "cas", "commit", "mark", "unmark", "drop", "lease", "erase", "shorten"]);
    const watched = faultyStore(store, { onCall: ({ method }) => void (writing.has(method) && writes.push(method)) });
    const asked: AccessRequest[] = [];
    const authorizer: Authorizer = { authorize: (request) => asked.push(request) < 0 };
    const closed = createRegraft({ store: watched, clock, authorizer });
    await expect(mutations[name]?.(closed, things)).rejects.toThrow(denied);
    expect(writes).toEqual([]);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ tenant: "", action: expect.stringMatching(/^[a-z]+\.[a-z]+$/) });
    const acme = closed.forTenant("acme").as({ principal: "ana", role: "author" });
    await expect(mutations[name]?.(acme, { ...things, plan: { ...things.plan, tenantId: "acme" } })).rejects.toThrow(
      denied,
    );
    expect(asked[1]).toMatchObject({ tenant: "acme", principal: "ana", role: "author" });
  });

  it("costs nothing where there is none", async () => {
    const { open, plan } = await world();
    expect((await open.approve(plan, { by: "ana" })).status).toBe("approved");
  });

  it.each<[string, Authorizer["authorize"]]>([
    [
      "throws",
      () => {
        throw new TypeError("down");
      },
    ],
    ["rejects", () => Promise.reject(new TypeError("down"))],
    ["never answers", () => new Promise<boolean>(() => undefined)],
    ["answers nothing", () => undefined as unknown as boolean],
    ["answers with a text", () => "yes" as unknown as boolean],
    ["answers with something that is nearly true", () => ({ allowed: 1 }) as unknown as { allowed: boolean }],
  ])("denies where it %s", async (_name, authorize) => {
    const { store, things } = await world();
    const regraft = createRegraft({ store, authorizer: { authorize }, config: { limits: { sourceTimeoutMs: 5 } } });
    await expect(regraft.hold(things.session.id, { by: "ana" })).rejects.toThrow(denied);
  });

  it("denies a call that names somebody else than the one who calls", async () => {
    const { store, plan } = await world();
    const regraft = createRegraft({ store, authorizer: everything });
    await expect(regraft.as({ principal: "bo" }).approve(plan, { by: "cy" })).rejects.toThrow(denied);
    expect((await regraft.as({ principal: "bo" }).approve(plan, { by: "bo" })).approvedBy).toBe("bo");
  });

  it("tells a waiver from a completion", async () => {
    const { store } = await world();
    const rules = [{ effect: "allow" as const, actions: ["session.complete"] }];
    const regraft = createRegraft({ store, authorizer: accessPolicy(rules) }).as({ principal: "chat" });
    await expect(regraft.completeAction("s1", "B", { waive: true, by: "chat" })).rejects.toThrow(denied);
    await expect(regraft.completeAction("s1", "B")).rejects.toThrow(
      expect.objectContaining({ code: "ANSWER.NOT_ASKED" }),
    );
  });

  it.each([1, "yes", [], {}, null])("takes %j for no waiver, which is another right", async (waive) => {
    const { open, store } = await world();
    await open.reject((await open.plans.list()).plans[0]?.id ?? "", { by: "bo" });
    await roll(open, v1, flow(2, "A > pay^ > B > C"));
    expect((await open.reconcile("s1")).action).toBe("execute_action");
    const rules = [{ effect: "allow" as const, actions: ["session.complete"] }];
    const regraft = createRegraft({ store, authorizer: accessPolicy(rules) }).as({ principal: "chat" });
    const input = { waive, by: "chat" } as unknown as { waive: boolean };
    await expect(regraft.completeAction("s1", "pay", input)).rejects.toThrow(
      expect.objectContaining({ code: "INPUT.INVALID", details: expect.objectContaining({ path: "/waive" }) }),
    );
    expect((await open.session("s1")).completedActions ?? []).toEqual([]);
  });

  it.each(Object.keys(mutations))("takes no role, principal or tenant from the arguments of %s", async (name) => {
    const { store, clock, things } = await world();
    const asked: AccessRequest[] = [];
    const authorizer: Authorizer = { authorize: (request) => asked.push(request) < 0 };
    const regraft = createRegraft({ store, clock, authorizer }).as({ principal: "chat" });
    await expect(mutations[name]?.(claiming(regraft) as Regraft, things)).rejects.toThrow(denied);
    for (const { principal, role, tenant } of asked) expect([principal, role, tenant]).toEqual(["chat", undefined, ""]);
  });

  it("lets nobody call themselves the system", async () => {
    const { store, plan } = await world();
    const regraft = createRegraft({ store, authorizer: everything }).as({ principal: "chat" });
    await expect(regraft.approve(plan, { by: "system" })).rejects.toThrow(denied);
    await expect(regraft.rollback(plan.id, { by: "system" })).rejects.toThrow(denied);
  });

  it("does not take a field named by for somebody who decides", async () => {
    const { store } = await world();
    const asked: AccessRequest[] = [];
    const regraft = createRegraft({ store, authorizer: { authorize: (request) => asked.push(request) < 0 } });
    await expect(regraft.provide("s1", { by: "ana" })).rejects.toThrow(denied);
    expect(asked[0]?.principal).toBeUndefined();
  });

  it("warns once in a process about a policy that is missing, and denies each time", async () => {
    const { store } = await world();
    const warnings: LogFields[] = [];
    const ignore = () => undefined;
    const warn: Logger["warn"] = (fields, message) => void (message.includes("policies") && warnings.push(fields));
    const logger: Logger = { debug: ignore, info: ignore, warn, error: ignore };
    const authorizer = accessPolicy({ id: "orphan", rules: [], parents: ["nowhere-to-be-found"] });
    for (const regraft of [1, 2].map(() => createRegraft({ store, authorizer, logger }))) {
      await expect(regraft.hold("s1", { by: "ana" })).rejects.toThrow(denied);
      await expect(regraft.hold("s1", { by: "ana" })).rejects.toThrow(denied);
    }
    expect(warnings).toEqual([{ warning: "policy orphan names nowhere-to-be-found, which is missing" }]);
  });

  it("is needed in production", () => {
    const store = memoryStore();
    const details = expect.objectContaining({ path: "/authorizer" });
    expect(() => createRegraft({ store, profile: "production" })).toThrow(
      expect.objectContaining({ code: "CONFIG.INVALID", details }),
    );
    expect(createRegraft({ store, profile: "production", authorizer: everything }).tenantId).toBe("");
  });

  it.each([
    { principal: "" },
    { principal: " " },
    { principal: 7 },
    {},
    null,
    { principal: "a", role: "" },
  ])("refuses %j for somebody", (identity) => {
    const { regraft } = bench();
    expect(() => regraft.as(identity as { principal: string })).toThrow(
      expect.objectContaining({ code: "INPUT.INVALID" }),
    );
  });
});

describe("separation of duties", () => {
  it("keeps authors from approving their own plans, however they write their name", async () => {
    const { store } = await world();
    const regraft = createRegraft({ store, authorizer: everything });
    const [plan] = (await regraft.plans.list()).plans;
    if (plan === undefined) throw new TypeError("no plan");
    const invisible = ["a\u200bna", "ana\u00ad", "\u2060ana", "ana\ufe0f", "ana\u0000", "a\u202ena"];
    for (const by of ["ana", " ana ", "ANA", "\uff41na", ...invisible])
      await expect(regraft.approve(plan, { by })).rejects.toThrow(own);
    expect((await regraft.approve(plan, { by: "bo" })).status).toBe("approved");
  });

  it.each([
    ["jose\u0301", "jos\u00e9"],
    ["Jo  Doe", "jo\u00a0doe"],
    ["STRASSE", "stra\u00dfe"],
  ])("takes %j for %j", async (author, by) => {
    const { store } = await world();
    const regraft = createRegraft({ store, authorizer: everything });
    await regraft.reject((await regraft.plans.list()).plans[0]?.id ?? "", { by: "bo" });
    const plan = await regraft.propose({ from: v1, to: v2, by: author });
    await expect(regraft.approve(plan, { by })).rejects.toThrow(own);
  });

  it.each([" ", "", "\u00a0", null, 0, ["bo"], { name: "bo" }])("knows no author %j", async (by) => {
    const { store } = await world();
    const regraft = createRegraft({ store, authorizer: everything }).as({ principal: "ana" });
    const bad = expect.objectContaining({ code: "INPUT.INVALID", details: expect.objectContaining({ path: "/by" }) });
    const input = { by: by as string };
    const [plan] = (await regraft.plans.list()).plans;
    if (plan === undefined) throw new TypeError("no plan");
    await expect(regraft.propose({ from: v1, to: flow(3, "A > D > C"), ...input })).rejects.toThrow(bad);
    await expect(regraft.amend(plan, { allowRepeat: [] }, input)).rejects.toThrow(bad);
    await expect(regraft.deploy(plan, input)).rejects.toThrow();
    expect((await regraft.plans.list()).total).toBe(1);
  });

  it("counts those who amended a plan as its authors, and takes the name of whoever calls", async () => {
    const { store } = await world();
    const regraft = createRegraft({ store, authorizer: everything });
    const [plan] = (await regraft.plans.list()).plans;
    if (plan === undefined) throw new TypeError("no plan");
    const amended = await regraft.as({ principal: "bo" }).amend(plan, { allowRepeat: [] });
    expect(amended.amendedBy).toEqual(["bo"]);
    await expect(regraft.approve(amended, { by: "bo" })).rejects.toThrow(own);
    await expect(regraft.approve(amended, { by: "ana" })).rejects.toThrow(own);
    expect((await regraft.approve(amended, { by: "cy" })).approvedBy).toBe("cy");
  });

  it("believes the stored plan about its author, not the value that is handed over", async () => {
    const { store, plan } = await world();
    const regraft = createRegraft({ store, authorizer: everything });
    await expect(regraft.approve({ ...plan, createdBy: "somebody" }, { by: "ana" })).rejects.toThrow(own);
  });

  it("denies where nobody knows the author", async () => {
    const { open, store } = await world();
    await open.reject((await open.plans.list()).plans[0]?.id ?? "", { by: "ana" });
    const plan = await open.propose({ from: v1, to: v2 });
    const regraft = createRegraft({ store, authorizer: everything });
    await expect(regraft.approve(plan, { by: "bo" })).rejects.toThrow(own);
  });

  it("is lifted where the policy says so", async () => {
    const { store, plan } = await world();
    const authorizer = accessPolicy({
      id: "small-team",
      rules: [{ effect: "allow", actions: ["*"] }],
      selfApproval: true,
    });
    expect((await createRegraft({ store, authorizer }).approve(plan, { by: "ana" })).status).toBe("approved");
  });
});
