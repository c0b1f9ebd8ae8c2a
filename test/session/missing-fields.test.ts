import { describe, expect, it } from "vitest";
import { missingFields, type Session, startSession } from "../../src/index.js";
import { flow } from "../engine/helpers.js";

const home = flow(1, "A:email > F", "F > X:tel [age < 18]", "F > Y:phone", "X > Z", "Y > Z");

function at(stepId: string, variables: Session["variables"]): Session {
  return { ...startSession(home, { id: "s1", at: "2026-03-01T09:00:00Z", variables }), stepId };
}

describe("the fields that a session lacks", () => {
  it.each([
    ["on its way as far as it is decided", {}, {}, ["email", "age"]],
    ["on the branch that its data choose", { email: "jo@x.example", age: 30 }, {}, ["phone"]],
    ["on the other one", { email: "jo@x.example", age: 3 }, {}, ["tel"]],
    ["before a step", { age: 30 }, { before: "Y" }, ["email"]],
    ["where a value does not fit", { email: "nobody", age: 30, phone: "" }, {}, ["email", "phone"]],
    ["beside what was found", { age: 30 }, { values: { email: "jo@x.example" } }, ["phone"]],
  ])("are named %s", (_, variables, options, person) => {
    expect(missingFields(at("A", variables), home, options)).toEqual({ person, host: [], conditions: [] });
  });

  it("for a move are those that the move would ask, tool and host apart, after the data changes", () => {
    const next = flow(2, "A:email > N:phone,tel > F", "F > X [age < 18]", "F > Y", "X > Z", "Y > Z");
    const fields = (next.fields ?? []).map((field) =>
      field.name === "tel" ? { ...field, source: "tool" as const } : field,
    );
    const to = { ...next, fields };
    const session = { ...at("A", { mail: "jo@x.example" }), stepId: "F" };
    const visited = {
      ...session,
      stepHistory: [...session.stepHistory, { ...session.stepHistory[0], stepId: "F" }],
    } as Session;
    const asked = missingFields(visited, to, { from: home });
    expect(asked).toEqual({ person: ["phone"], host: ["tel"], conditions: [] });
    const data = [{ op: "constant", field: "phone", value: "+442079460018" } as const];
    expect(missingFields(visited, to, { from: home, data })).toEqual({ person: [], host: ["tel"], conditions: [] });
  });

  it("end at a loop and at a choice of the host, and name what a judge has to say", () => {
    const loop = flow(1, "A:email > B:phone > A");
    expect(missingFields(startSession(loop, { id: "s", at: "2026-03-01T09:00:00Z" }), loop).person).toEqual([
      "email",
      "phone",
    ]);
    const judged = flow(1, "A > R {is angry}", "A > B:phone");
    expect(missingFields(startSession(judged, { id: "s", at: "2026-03-01T09:00:00Z" }), judged)).toEqual({
      person: [],
      host: [],
      conditions: ["is angry"],
    });
  });

  it("refuse steps that the version does not have", () => {
    expect(() => missingFields(at("A", {}), home, { before: "Q" })).toThrow(
      expect.objectContaining({ code: "SESSION.STEP_UNKNOWN" }),
    );
  });
});
