import { describe, expect, it } from "vitest";
import type { AccessPolicy } from "../../src/contracts/types.js";
import { accessPolicy } from "../../src/engine/authorize-policy.js";
import type { AccessAction, AccessRequest, AccessVerdict, Authorizer } from "../../src/ports/authorizer.js";

function request(
  principal: string | undefined,
  action: AccessAction,
  more: Partial<AccessRequest> = {},
): AccessRequest {
  return { principal, action, tenant: "acme", resource: { kind: "plan", id: "plan-1" }, ...more };
}

async function verdict(policy: Authorizer, asked: AccessRequest): Promise<AccessVerdict> {
  const answer = await policy.authorize(asked);
  return typeof answer === "boolean" ? { allowed: answer } : answer;
}

const rules: AccessPolicy["rules"] = [
  { effect: "allow", actions: ["plan.propose", "plan.amend"], roles: ["author"] },
  { effect: "allow", actions: ["plan.*"], roles: ["operator"], tenants: ["acme"], resources: ["plan/*"] },
  { effect: "allow", actions: ["session.*"], principals: ["chat"] },
  { effect: "deny", actions: ["*"], principals: ["mallory"] },
];
const policy = accessPolicy(rules);

describe("access policy", () => {
  it.each<[string, string | undefined, AccessAction, boolean]>([
    ["ana", "author", "plan.propose", true],
    ["ana", "author", "plan.amend", true],
    ["ana", "author", "plan.approve", false],
    ["ana", "author", "session.hold", false],
    ["bo", "operator", "plan.approve", true],
    ["bo", "operator", "plan.deploy", true],
    ["bo", "operator", "session.hold", false],
    ["bo", "operator", "retention.apply", false],
    ["chat", undefined, "session.reconcile", true],
    ["chat", undefined, "plan.propose", false],
    ["mallory", "operator", "plan.approve", false],
    ["stranger", undefined, "session.visit", false],
  ])("%s as %s doing %s: %s", async (principal, role, action, allowed) => {
    const asked = request(principal, action, role === undefined ? {} : { role });
    expect((await verdict(policy, asked)).allowed).toBe(allowed);
  });

  it("keeps to the tenants and resources of a rule", async () => {
    const role = "operator";
    expect((await verdict(policy, request("bo", "plan.approve", { role, tenant: "other" }))).allowed).toBe(false);
    const resource = { kind: "scenario", id: "plan/plan-1" };
    expect((await verdict(policy, request("bo", "plan.approve", { role, resource }))).allowed).toBe(false);
  });

  it("allows nobody without a name anything, and takes no name for a pattern", async () => {
    const open = accessPolicy([{ effect: "allow", actions: ["*"], principals: ["*"] }]);
    expect((await verdict(open, request("ana", "plan.approve"))).allowed).toBe(true);
    expect((await verdict(open, request(undefined, "plan.approve"))).allowed).toBe(false);
    expect((await verdict(open, request("", "plan.approve"))).allowed).toBe(false);
    expect((await verdict(policy, request("*", "session.reconcile"))).allowed).toBe(false);
  });

  it("denies everything by default", async () => {
    expect((await verdict(accessPolicy([]), request("ana", "plan.propose"))).allowed).toBe(false);
  });

  it("takes the rules of its parents, and a parent's denial wins", async () => {
    const parent = { id: "company", rules: [{ effect: "deny" as const, actions: ["plan.deploy"] }] };
    const child = { id: "team", parents: ["company"], rules: [{ effect: "allow" as const, actions: ["plan.*"] }] };
    const joined = accessPolicy(child, { policies: [parent] });
    expect((await verdict(joined, request("ana", "plan.approve"))).allowed).toBe(true);
    expect((await verdict(joined, request("ana", "plan.deploy"))).allowed).toBe(false);
  });

  const chain = (levels: number): AccessPolicy[] =>
    Array.from({ length: levels + 1 }, (_, at) => ({
      id: `p${at}`,
      rules: at === levels ? [{ effect: "allow" as const, actions: ["*"] }] : [],
      ...(at === levels ? {} : { parents: [`p${at + 1}`] }),
    }));

  it("follows ten parents and denies where there are eleven, also through a short cut", async () => {
    const [root, ...above] = chain(10);
    expect(
      (await verdict(accessPolicy(root as AccessPolicy, { policies: above }), request("a", "plan.approve"))).allowed,
    ).toBe(true);
    const [longer, ...more] = chain(11);
    for (const parents of [["p1"], ["p5", "p1"]]) {
      const deep = accessPolicy({ ...(longer as AccessPolicy), parents }, { policies: more });
      expect(await verdict(deep, request("a", "plan.approve"))).toMatchObject({
        allowed: false,
        warning: expect.any(String),
      });
    }
  });

  it("denies where parents go round in a circle, and is not slow where they are shared", async () => {
    const allow = [{ effect: "allow" as const, actions: ["*"] }];
    const circle = accessPolicy(
      { id: "a", rules: allow, parents: ["b"] },
      { policies: [{ id: "b", rules: allow, parents: ["a"] }] },
    );
    expect(await verdict(circle, request("a", "plan.approve"))).toMatchObject({ allowed: false });
    const wide = Array.from({ length: 9 }, (_, level) =>
      Array.from({ length: 20 }, (__, at) => ({
        id: `w${level}-${at}`,
        rules: allow,
        parents: level === 8 ? [] : Array.from({ length: 20 }, (___, up) => `w${level + 1}-${up}`),
      })),
    ).flat();
    const [root, ...above] = wide;
    const shared = accessPolicy(root as AccessPolicy, { policies: above });
    expect((await verdict(shared, request("a", "plan.approve"))).allowed).toBe(true);
  });

  it("denies everything where a parent is missing: fails closed, not open", async () => {
    const orphan = accessPolicy({ id: "o", rules: [{ effect: "allow", actions: ["*"] }], parents: ["gone"] });
    expect(await verdict(orphan, request("ana", "plan.approve"))).toEqual({
      allowed: false,
      note: "policy o names gone, which is missing",
      warning: "policy o names gone, which is missing",
    });
  });

  it("refuses what is no policy", () => {
    const wrong = [{ effect: "maybe", actions: ["*"] }] as unknown as AccessPolicy["rules"];
    expect(() => accessPolicy(wrong)).toThrow(expect.objectContaining({ code: "SCHEMA.INVALID" }));
    const twice = [{ id: "a", rules: [] }];
    expect(() => accessPolicy({ id: "a", rules: [] }, { policies: twice })).toThrow(
      expect.objectContaining({ code: "INPUT.INVALID" }),
    );
  });
});
