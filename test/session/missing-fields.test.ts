import { describe, expect, it } from "vitest";
import { digestOf } from "../../src/hash/digest.js";
import {
  type DataChange,
  defineScenario,
  type Field,
  type FoundValue,
  missingFields,
  type Plan,
  type Scenario,
  type Session,
  startSession,
} from "../../src/index.js";
import { buildPlan } from "../../src/plan/build.js";
import { compile } from "../../src/scenario/compile.js";
import { bench, flow, roll, walk } from "../engine/helpers.js";

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

/** The version with other definitions of some fields. */
function defining(scenario: Scenario, changes: Record<string, Partial<Field>>): Scenario {
  const fields = (scenario.fields ?? []).map((field) => ({ ...field, ...changes[field.name] }));
  return defineScenario({ ...scenario, fields });
}

function planned(
  from: Scenario,
  to: Scenario,
  terms: { data?: DataChange[]; mapping?: Record<string, string> } = {},
): Plan {
  const createdAt = "2026-03-01T09:00:00Z";
  return buildPlan({ ...terms, tenantId: "", id: `to-${to.version}`, from: compile(from), to: compile(to), createdAt });
}

describe("the fields that a session lacks on the way of its plans", () => {
  const one = flow(1, "A > B:tel > C");
  const two = flow(2, "A > N:note > B:mobile > C");
  const three = defining(flow(3, "A > N:note > B:phone,age > M:crm,mail > C"), { crm: { source: "tool" } });
  const plans = [
    planned(one, two, { data: [{ op: "rename", from: "tel", to: "mobile" }] }),
    planned(two, three, {
      data: [
        { op: "rename", from: "mobile", to: "phone" },
        { op: "default", field: "note", value: "-" },
      ],
    }),
  ];

  async function atC(variables: Session["variables"]) {
    const { regraft } = bench();
    await regraft.publish(one);
    await walk(regraft, "s1", ["B", "C"], { variables });
    return regraft.session("s1");
  }

  it.each([
    ["in their new names", { tel: "+442079460018" }, ["age", "mail"]],
    ["where the new definition does not take what was renamed", { tel: "five" }, ["age", "phone", "mail"]],
    ["where nothing was there to rename", {}, ["age", "phone", "mail"]],
  ])("are those that all changes together leave open: %s", async (_, variables, person) => {
    const session = await atC(variables);
    expect(missingFields(session, three, { from: one, plans })).toEqual({ person, host: ["crm"], conditions: [] });
  });

  it("are those that the engine asks", async () => {
    const { regraft } = bench();
    await regraft.publish(one);
    await walk(regraft, "s1", ["B", "C"], { variables: { tel: "+442079460018", mail: "jo@x.example" } });
    const session = await regraft.session("s1");
    await roll(regraft, one, two, { data: plans[0]?.data });
    await roll(regraft, two, three, { data: plans[1]?.data });
    const result = await regraft.reconcile("s1");
    const { person, host } = missingFields(session, three, { from: one, plans });
    expect(result.action === "collect" ? [...result.fields].sort() : []).toEqual([...person, ...host].sort());
    expect(result).toMatchObject({ hostFields: host });
  });

  it("count the pairs that a plan maps, and what the person has answered for a version in between", async () => {
    const moved = flow(2, "A > N:note > Bee:mobile,code > C");
    const session = await atC({ tel: "5" });
    const data: DataChange[] = [{ op: "rename", from: "tel", to: "mobile" }];
    expect(missingFields(session, moved, { from: one, plans: [planned(one, moved, { data })] }).person).toEqual([
      "note",
      "code",
    ]);
    const plan = planned(one, moved, { data, mapping: { B: "Bee" } });
    const before = { ...session, stepId: "B", stepHistory: session.stepHistory.slice(0, 2) };
    expect(missingFields(before, moved, { from: one, plans: [plan] }).person).toEqual(["note"]);

    const told = { source: "person", confidence: 1, at: "2026-03-01T09:00:00Z", confirmed: true, scenarioVersion: 2 };
    const found: FoundValue[] = [{ field: "note", value: "x", ...told }];
    const migration = { state: "awaiting", asked: {}, since: told.at, reason: "FIELD.REQUIRED", found } as const;
    const asked: Session = { ...session, migration: { ...migration, asked: {}, found, toVersion: 2 } };
    const last = flow(3, "A > N:remark > B:mobile > C");
    const rename: DataChange[] = [{ op: "rename", from: "note", to: "remark" }];
    const way = [planned(one, two, { data }), planned(two, last, { data: rename })];
    expect(missingFields(asked, last, { from: one, plans: way }).person).toEqual([]);
    expect(missingFields(session, last, { from: one, plans: way }).person).toEqual(["remark"]);
  });

  it("count what is too old at a moment, where its origin tells its age", async () => {
    const to = defining(two, { note: { expiresAfterMs: 1000 } });
    const session = await atC({ note: "x", mobile: "5" });
    const at = "2026-03-01T09:00:00Z";
    const told = { source: "crm", confidence: 1, foundAt: at, confirmed: false, scenarioVersion: 1, at };
    const known: Session = { ...session, lineage: { note: { ...told, wrote: digestOf("x") } } };
    const asked = (at?: string) => missingFields(known, to, { from: one, ...(at === undefined ? {} : { at }) }).person;
    expect([asked(), asked("2026-03-01T09:00:01Z"), asked("2026-03-01T09:00:01.001Z")]).toEqual([[], [], ["note"]]);
    expect(missingFields(session, to, { from: one, at: "2027-01-01T00:00:00Z" }).person).toEqual([]);
  });

  it("need plans that lead from the one version to the other", async () => {
    const session = await atC({});
    for (const way of [plans.slice(1), plans.slice(0, 1), [...plans].reverse()]) {
      expect(() => missingFields(session, three, { from: one, plans: way })).toThrow(
        expect.objectContaining({ code: "INPUT.INVALID" }),
      );
    }
  });
});
