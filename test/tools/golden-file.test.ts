import { describe, expect, it } from "vitest";
import { isRegraftError } from "../../src/errors.js";
import { readCases, readEnvelope } from "../../src/tools/golden-file.js";
import { caseOf, deployment, fileOf, flowsOf, versions } from "./golden-world.js";

/** The place at which a file is refused. */
function refusedAt(read: () => unknown): string {
  try {
    read();
    return "nothing was refused";
  } catch (error) {
    if (!isRegraftError(error)) throw error;
    return `${error.code} ${error.details.path}`;
  }
}

const step = (value: unknown) => caseOf({ steps: [...deployment, value] });

describe("a file of golden cases", () => {
  it("is read with the versions that its cases share", () => {
    const [flow] = flowsOf(caseOf());
    expect(flow).toMatchObject({ path: "/cases/0", case: { id: "one" } });
    expect(flow?.versions.map(({ version }) => version)).toEqual([1, 2, 3]);
  });

  it.each([
    ["[]", "GOLDEN.INVALID "],
    ['{ "format": "regraft-golden/2", "cases": [{}] }', "GOLDEN.INVALID /format"],
    ['{ "format": "regraft-golden/1", "cases": [] }', "GOLDEN.INVALID /cases"],
    ['{ "format": "regraft-golden/1", "case": [{}], "cases": [{}] }', "GOLDEN.INVALID /case"],
    ['{ "format": "regraft-golden/1", "cases": [{}], "versionFiles": "a" }', "GOLDEN.INVALID /versionFiles"],
    [
      '{ "format": "regraft-golden/1", "cases": [{ "expect": { "a": 1, "a": 2 } }] }',
      "GOLDEN.INVALID /cases/0/expect/a",
    ],
  ])("is refused as %s", (text, place) => {
    expect(refusedAt(() => readEnvelope(text))).toBe(place);
  });

  it("names the place of a version that is none", () => {
    const text = JSON.stringify({
      format: "regraft-golden/1",
      versions: [{ ...versions[0], entry: "nowhere" }],
      cases: [caseOf()],
    });
    expect(refusedAt(() => readCases(readEnvelope(text), []))).toBe("SCENARIO.ENTRY_MISSING /versions/0/entry");
  });

  it.each([
    ["an unknown key of a case", caseOf({ expects: {} }), "/expects"],
    ["an unknown kind of step", step({ do: "mesage", session: "s1" }), "/steps/3/do"],
    ["an unknown key of a step", step({ do: "message", sesion: "s1", session: "s1" }), "/steps/3/sesion"],
    ["a step without its session", step({ do: "message" }), "/steps/3/session"],
    ["an unknown session", step({ do: "message", session: "s2" }), "/steps/3/session"],
    ["an unknown plan", step({ do: "pause", plan: "1-3" }), "/steps/3/plan"],
    ["an unknown version", step({ do: "propose", from: 1, to: 9 }), "/steps/3/to"],
    ["an unknown scenario", step({ do: "start", session: "s9", scenarioId: "lone" }), "/steps/3/scenarioId"],
    [
      "a key of a policy",
      step({ do: "amend", policies: { "*": { updateDownstrem: false } } }),
      "/steps/3/policies/*/updateDownstrem",
    ],
    ["two choices at once", step({ do: "resolve", session: "s1", choose: "a", map: "b" }), "/steps/3"],
    ["no time that passes", step({ do: "advance", days: 0 }), "/steps/3"],
    ["an unknown method of the store", step({ do: "fault", method: "comit", moment: "after" }), "/steps/3/method"],
    [
      "an unknown action",
      caseOf({ expect: { results: { s1: [{ action: "colect" }] } } }),
      "/expect/results/s1/0/action",
    ],
    ["an unknown fact", caseOf({ expect: { results: { s1: [{ acton: "collect" }] } } }), "/expect/results/s1/0/acton"],
    [
      "an unknown session in an expectation",
      caseOf({ expect: { sessions: { s2: { version: 1 } } } }),
      "/expect/sessions/s2",
    ],
    ["an unknown plan in an expectation", caseOf({ expect: { plans: { p: { marked: 1 } } } }), "/expect/plans/p"],
    [
      "an unknown reason code",
      caseOf({ expect: { refused: [{ step: 0, code: "PLAN.NOPE" }] } }),
      "/expect/refused/0/code",
    ],
    [
      "an unknown step of a history",
      caseOf({ sessions: [{ id: "s1", version: 1, history: ["helo"] }] }),
      "/sessions/0/history/0",
    ],
    [
      "a step of another version",
      caseOf({ sessions: [{ id: "s1", version: 1, stepId: "amount" }] }),
      "/sessions/0/stepId",
    ],
    [
      "a session twice",
      caseOf({
        sessions: [
          { id: "s1", version: 1 },
          { id: "s1", version: 1 },
        ],
      }),
      "/sessions",
    ],
    [
      "two ways to say what was visited",
      caseOf({ sessions: [{ id: "s1", version: 1, history: [], visits: [] }] }),
      "/sessions/0/visits",
    ],
    ["an unknown field of the profile", caseOf({ profile: { amunt: { value: 1 } } }), "/profile/amunt"],
    ["a verdict on no condition", caseOf({ judge: { "is it late?": true } }), "/judge/is it late?"],
    ["a version twice", caseOf({ versions: [versions[0]] }), "/versions"],
    ["no expectation", caseOf({ expect: {} }), "/expect"],
    [
      "an expectation that says nothing",
      caseOf({ expect: { sessions: { s1: {} }, counts: { actions: {} } } }),
      "/expect",
    ],
  ])("is refused with %s", (_, one, place) => {
    expect(refusedAt(() => flowsOf(one))).toBe(`GOLDEN.INVALID /cases/0${place}`);
  });

  it("has at least one case", () => {
    expect(refusedAt(() => flowsOf())).toBe("GOLDEN.INVALID /cases");
  });

  it("has each id once", () => {
    expect(refusedAt(() => flowsOf(caseOf(), caseOf()))).toBe("GOLDEN.INVALID /cases/1/id");
  });

  it("may expect nothing where the expectation is about to be written", () => {
    const envelope = readEnvelope(fileOf(caseOf({ expect: {} })));
    expect(readCases(envelope, [], { blank: true })).toHaveLength(1);
  });

  it("takes an empty list for an expectation: nothing was refused, nobody was asked", () => {
    expect(flowsOf(caseOf({ expect: { refused: [] } }))).toHaveLength(1);
  });
});
