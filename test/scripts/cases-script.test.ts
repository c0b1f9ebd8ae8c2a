import { describe, expect, it } from "vitest";
import { readScript } from "../../scripts/cases/script.js";

const verbs = (when: string) => readScript(when).map(({ verb }) => verb);

describe("the words of a case", () => {
  it.each([
    ["plan, approve, deploy, then the next message of s1", ["plan", "approve", "deploy", "message"]],
    [
      "plan and deploy 1-2, plan and deploy 2-3, message",
      ["plan", "approve", "deploy", "plan", "approve", "deploy", "message"],
    ],
    ["plan, approve, approve", ["plan", "approve", "approve"]],
    ["plan twice", ["plan", "plan"]],
    ["plan, update policies", ["plan", "policies"]],
    ["plan 1-2, reject it, publish V2 by hand, then the next message of s1", ["plan", "reject", "publish", "message"]],
    ["plan, edit V1 in place, approve, deploy", ["plan", "edit", "approve", "deploy"]],
    [
      "plan, approve, deploy, message, restart, message",
      ["plan", "approve", "deploy", "message", "restart", "message"],
    ],
    ["plan, approve, deploy with that interleaving", ["plan", "approve", "deploy"]],
    [
      "plan, approve, deploy (s1 is created on V1 after the marking), next message",
      ["plan", "approve", "deploy", "message"],
    ],
    ["plan, approve, deploy, three messages", ["plan", "approve", "deploy", "message", "message", "message"]],
    ["message, the customer answers email=a@b.example, message", ["message", "answer", "message"]],
    ["list all pages", ["list"]],
    ["clean up", ["clean"]],
    ["publish V2 without a plan, next message", ["publish", "message"]],
  ])("reads %j", (when, expected) => {
    expect(verbs(when)).toEqual(expected);
  });

  it("takes a hop by hop deployment for every step of it", () => {
    const commands = readScript("plan, approve, deploy every version in turn, then the next message of s1");
    expect(commands.map(({ verb, everyHop }) => [verb, everyHop === true])).toEqual([
      ["plan", true],
      ["approve", true],
      ["deploy", true],
      ["message", false],
    ]);
  });

  it("reads pairs of versions and things that happen at once", () => {
    const [plan, , , both] = readScript("plan and deploy V1 -> V3, two simultaneous messages of s1");
    expect(plan?.pair).toEqual([1, 3]);
    expect(both).toMatchObject({ verb: "message", together: 2 });
  });
});
