import { describe, expect, it } from "vitest";
import type { Scenario, Session } from "../../src/contracts/types.js";
import { validate } from "../../src/contracts/validate.js";
import { compile } from "../../src/scenario/compile.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { decide } from "../../src/session/decide.js";
import { prepareMigration } from "../../src/session/migration.js";
import type { DecideInput } from "../../src/session/situation.js";
import { recordVisit, startSession } from "../../src/session/visits.js";
import { flow } from "../../src/testing/flow.js";

const AT = "2026-03-01T00:00:00Z";
const ASKED = new Set(["age", "email", "pin", "addr", "x", "vip", "retry", "note", "promo"]);

function walked(scenario: Scenario, path: string, variables: Record<string, unknown> = {}): Session {
  const [, ...rest] = path.split(" ");
  const start = startSession(scenario, { id: "s", at: AT, variables });
  return rest.reduce((session, step) => recordVisit(session, scenario, step, { at: AT }), start);
}

function decided(v1: Scenario, v2: Scenario, session: Session, more: Partial<DecideInput> = {}) {
  const migration = prepareMigration(compile(v1), compile(v2));
  const result = decide({ session, migration, facts: { exhausted: ASKED }, ...more });
  if (result.action !== "needs") validate("decision", result);
  expect(Object.isFrozen(result)).toBe(true);
  return result;
}

describe("a session keeps its place", () => {
  it("asks only those whose own way misses the new question", () => {
    const v1 = flow(1, "a p q c", "a>p[x == 1] ; a>q[else] ; p>c ; q>c");
    const v2 = flow(2, "a p q n(pin) c", "a>p[x == 1] ; a>q[else] ; p>c ; q>n ; n>c");
    expect(decided(v1, v2, walked(v1, "a p c", { x: 1 }))).toMatchObject({
      action: "teleport",
      kind: "clean_graft",
      stepId: "c",
    });
    expect(decided(v1, v2, walked(v1, "a q c", { x: 2 }))).toMatchObject({ action: "collect", fields: ["pin"] });
  });

  it("says which facts it needs before it lets anybody ask the person", () => {
    const [v1, v2] = [flow(1, "a c", "a>c"), flow(2, "a n(email) c", "a>n ; n>c")];
    const session = walked(v1, "a c");
    expect(decided(v1, v2, session, { facts: {} })).toEqual({ action: "needs", fields: ["email"], conditions: [] });
    expect(decided(v1, v2, session, { facts: { values: { email: "jo@x.example" } } })).toMatchObject({
      action: "teleport",
      kind: "gap_fill",
    });
    expect(decided(v1, v2, session)).toMatchObject({ action: "collect", fields: ["email"] });
  });

  it("does not ask a fork whose branches all rejoin silently, and asks one with a question on a branch", () => {
    const v1 = flow(1, "a c", "a>c");
    const silent = flow(2, "a f p q c", "a>f ; f>p[x == 1] ; f>q[else] ; p>c ; q>c");
    expect(decided(v1, silent, walked(v1, "a c"))).toMatchObject({ action: "teleport", stepId: "c" });
    const asking = flow(2, "a f p(pin) q c", "a>f ; f>p[x == 1] ; f>q[else] ; p>c ; q>c");
    expect(decided(v1, asking, walked(v1, "a c"))).toMatchObject({ action: "collect", fields: ["x"] });
    expect(decided(v1, asking, walked(v1, "a c", { x: 1 }))).toMatchObject({ action: "collect", fields: ["pin"] });
    expect(decided(v1, asking, walked(v1, "a c", { x: 2 }))).toMatchObject({ action: "teleport", kind: "clean_graft" });
  });

  it("asks for what a step moved in front of it collects, and not of those who did it", () => {
    const [v1, v2] = [flow(1, "a b e(email)", "a>b ; b>e"), flow(2, "a e(email) b", "a>e ; e>b")];
    expect(decided(v1, v2, walked(v1, "a b"))).toMatchObject({ action: "collect", fields: ["email"] });
    expect(decided(v1, v2, walked(v1, "a b e", { email: "jo@x.example" }))).toMatchObject({
      action: "teleport",
      stepId: "e",
    });
  });

  it("does not owe what it had jumped past, and reports an effect among it", () => {
    const v1 = flow(1, "w b pay* c", "w>b ; b>pay ; pay>c");
    const v2 = flow(2, "w b pay* c z", "w>b ; b>pay ; pay>c ; c>z");
    const result = decided(v1, v2, walked(v1, "w b c"));
    expect(result).toMatchObject({ action: "teleport", stepId: "c", audit: { passedOver: ["pay"] } });
    expect(result.action === "teleport" && result.reasons).toContain("HISTORY.PASSED_OVER");
  });

  it("asks nothing for a loop body that lies ahead in the first round", () => {
    const v1 = flow(1, "a b c", "a>b ; b>c ; c>b[retry == true]");
    const v2 = flow(2, "a b n(note) c", "a>b ; b>n ; n>c ; c>b[retry == true]");
    expect(decided(v1, v2, walked(v1, "a b"))).toMatchObject({ action: "teleport", kind: "clean_graft", stepId: "b" });
    expect(decided(v1, v2, walked(v1, "a b c"))).toMatchObject({ action: "collect", fields: ["note"] });
  });

  it("waits for a required action that was put above it, and goes on once it ran", () => {
    const [v1, v2] = [flow(1, "a c", "a>c"), flow(2, "a k! c", "a>k ; k>c")];
    const session = walked(v1, "a c");
    expect(decided(v1, v2, session)).toMatchObject({ action: "execute_action", stepIds: ["k"] });
    const contentHash = compile(v2).hashes[1] ?? "";
    const ran = { ...session, completedActions: [{ stepId: "k", scenarioVersion: 2, contentHash, at: AT }] };
    expect(decided(v1, v2, ran)).toMatchObject({ action: "teleport", stepId: "c" });
  });

  it("carries the run that proves the move", () => {
    const v1 = flow(1, "a c", "a>c");
    const v2 = flow(2, "a f d c", "a>f ; f>d[age < 18] ; f>c[age >= 18]");
    const result = decided(v1, v2, walked(v1, "a c", { age: 40 }));
    expect(result.action === "teleport" && result.witness).toEqual({
      version: 2,
      target: "c",
      run: [
        { stepId: "a", visited: { stepId: "a", scenarioVersion: 1 }, status: "visited" },
        { stepId: "f", status: "silent", via: { from: "a", index: 0, because: "only_way" } },
        {
          stepId: "c",
          visited: { stepId: "c", scenarioVersion: 1 },
          status: "target",
          via: { from: "f", index: 2, because: "condition_true", condition: "age >= 18" },
        },
      ],
    });
  });

  it("tells whether the waiting message may answer the step it lands on", () => {
    const v1 = flow(1, "a c(x)", "a>c");
    const binding = (v2: Scenario) =>
      decided(v1, v2, walked(v1, "a c")).action !== "needs" && decided(v1, v2, walked(v1, "a c"));
    expect(binding(flow(2, "a c(x)", "a>c"))).toMatchObject({ replyBinding: "same_question" });
    expect(binding(flow(2, "a c(x)=Reworded", "a>c"))).toMatchObject({ replyBinding: "changed_question" });
    expect(binding(flow(2, "a d", "a>d"))).toMatchObject({ replyBinding: "other_step" });
  });
});

describe("a changed decision", () => {
  const v1 = flow(1, "w c", "w>c");
  const v2 = flow(2, "w age(age) rejected c", "w>age ; age>rejected[age < 18] ; age>c[age >= 18]");

  it("leads to another branch when the data says so", () => {
    expect(decided(v1, v2, walked(v1, "w c", { age: 16 }))).toMatchObject({
      action: "teleport",
      kind: "re_route",
      stepId: "rejected",
    });
    expect(decided(v1, v2, walked(v1, "w c", { age: 18 }))).toMatchObject({ action: "teleport", stepId: "c" });
  });

  it("asks when it does not know, and never takes the presence of a field for the truth of a condition", () => {
    expect(decided(v1, v2, walked(v1, "w c"))).toMatchObject({ action: "collect", fields: ["age"] });
  });

  it("goes to review instead when re-routing is off", () => {
    expect(decided(v1, v2, walked(v1, "w c", { age: 16 }), { reRouting: false })).toMatchObject({
      action: "review",
      candidates: ["rejected"],
    });
  });

  it("stands as taken when it did not change, whatever the data says now", () => {
    const fork = flow(1, "a p q c", "a>p[x == 1] ; a>q[else] ; p>c ; q>c");
    const same = flow(2, "a p q n c", "a>p[x == 1] ; a>q[else] ; p>c ; q>n ; n>c");
    expect(decided(fork, same, walked(fork, "a p", { x: 2 }))).toMatchObject({ action: "teleport", stepId: "p" });
  });

  it("goes to review when no branch holds or a guard is false", () => {
    const none = flow(2, "w f c d", "w>f ; f>c[x == 1] ; f>d[x == 2]");
    expect(decided(v1, none, walked(v1, "w c", { x: 3 }))).toMatchObject({
      action: "review",
      reason: "DECISION.NO_BRANCH",
    });
    const guard = flow(2, "w c", "w>c[x == 1]");
    expect(decided(v1, guard, walked(v1, "w c", { x: 3 }))).toMatchObject({
      action: "review",
      reason: "DECISION.GUARD_FALSE",
    });
  });

  it("asks the judge about a condition in words", () => {
    const judged = flow(2, "w f c d", "w>f", {
      transitions: [
        { from: "w", to: "f" },
        { from: "f", to: "d", conditionText: "the customer is angry" },
        { from: "f", to: "c", else: true },
      ],
    });
    const session = walked(v1, "w c");
    expect(decided(v1, judged, session)).toEqual({
      action: "needs",
      fields: [],
      conditions: ["the customer is angry"],
    });
    const asked = (verdict: boolean | "unknown") =>
      decided(v1, judged, session, { facts: { judged: { "the customer is angry": verdict } } });
    expect(asked(false)).toMatchObject({ action: "teleport", stepId: "c" });
    expect(asked(true)).toMatchObject({ action: "teleport", stepId: "d" });
    expect(asked("unknown")).toMatchObject({ action: "review", reason: "DECISION.UNKNOWN" });
  });

  it("waives questions and new decisions when forced, never an effect", () => {
    expect(decided(v1, v2, walked(v1, "w c"), { forceKind: "clean_graft" })).toMatchObject({
      action: "teleport",
      stepId: "c",
      kind: "clean_graft",
    });
    const acting = flow(2, "w k! c", "w>k ; k>c");
    expect(decided(v1, acting, walked(v1, "w c"), { forceKind: "clean_graft" })).toMatchObject({
      action: "execute_action",
    });
  });
});

describe("people who jump", () => {
  it("keep their place though what they jumped past would have been an obstacle", () => {
    const steps = "in! fork lip! a! b* out";
    const ways = "in>fork ; fork>a[x == 1] ; fork>lip[else] ; lip>b ; a>out ; b>out";
    const v1 = flow(1, steps, ways);
    const session = walked(v1, "in fork a b out", { x: 1 });
    expect(decided(v1, flow(2, steps, ways), session)).toMatchObject({ action: "teleport", stepId: "out" });
  });

  it("are not asked for what lies beyond the point where the flow turns away", () => {
    const v1 = flow(1, "w c", "w>c");
    const v2 = flow(2, "w f d(y) e c", "w>f ; f>d[x == 1] ; f>c[else] ; d>e[y == 1] ; d>w[else]");
    expect(decided(v1, v2, walked(v1, "w c", { x: 1 }), { facts: {} })).toMatchObject({
      action: "teleport",
      stepId: "d",
    });
  });
});

describe("a passed checkpoint", () => {
  const v1 = flow(1, "w pay* c", "w>pay ; pay>c");

  it("blocks a branch on which nobody has paid", () => {
    const v2 = flow(2, "w age(age) rejected pay* c", "w>age ; age>rejected[age < 18] ; age>pay[age >= 18] ; pay>c");
    const result = decided(v1, v2, walked(v1, "w pay c", { age: 16 }));
    expect(result).toMatchObject({
      action: "blocked",
      reason: "CHECKPOINT.OFF_RUN",
      obstacle: { checkpointDescription: "pay done" },
    });
    expect(decided(v1, v2, walked(v1, "w pay c", { age: 40 }))).toMatchObject({ action: "teleport", stepId: "c" });
  });

  it("blocks a place from which it would happen again", () => {
    const old = flow(1, "a pay* v(addr) z", "a>pay ; pay>v ; v>z");
    const neu = flow(2, "a pay* v(addr) z", "a>v ; v>pay ; pay>z");
    expect(decided(old, neu, walked(old, "a pay v"))).toMatchObject({
      action: "blocked",
      reason: "CHECKPOINT.WOULD_REPEAT",
    });
    expect(decided(old, neu, walked(old, "a pay v z", { addr: "x" }))).toMatchObject({
      action: "teleport",
      stepId: "z",
    });
  });

  it("may happen again where the old version already had that loop or the plan says so", () => {
    const looped = flow(1, "w pay* c", "w>pay ; pay>c ; c>pay[retry == true]");
    const same = flow(2, "w pay* c n", "w>pay ; pay>c ; c>pay[retry == true] ; c>n[else]");
    expect(decided(looped, same, walked(looped, "w pay c", { retry: false }))).toMatchObject({
      action: "teleport",
      stepId: "c",
    });
    const now = flow(2, "w pay* c", "w>pay ; pay>c ; c>pay[retry == true]");
    const session = walked(v1, "w pay c");
    expect(decided(v1, now, session)).toMatchObject({ action: "blocked", reason: "CHECKPOINT.WOULD_REPEAT" });
    const [from, to] = [compile(v1), compile(now)];
    const allowed = prepareMigration(from, to, { hops: [{ from, to, allowRepeat: ["pay"] }] });
    expect(decide({ session, migration: allowed })).toMatchObject({ action: "teleport", stepId: "c" });
  });

  it("is not forgotten when the new version lacks it", () => {
    const gone = flow(2, "w c", "w>c");
    const result = decided(v1, gone, walked(v1, "w pay c"));
    expect(result).toMatchObject({ action: "teleport", stepId: "c" });
    expect(result.action === "teleport" && result.reasons).toContain("CHECKPOINT.ORPHANED");
    expect(decided(v1, gone, walked(v1, "w pay"))).toMatchObject({
      action: "review",
      reason: "CHECKPOINT.STANDING_DELETED",
    });
    const lost = flow(2, "y z", "y>z");
    expect(decided(v1, lost, walked(v1, "w pay c"))).toMatchObject({
      action: "blocked",
      reason: "CHECKPOINT.ORPHANED",
    });
  });

  it("is never skipped where it is new", () => {
    const [old, neu] = [flow(1, "a c", "a>c"), flow(2, "a k* c", "a>k ; k>c")];
    expect(decided(old, neu, walked(old, "a c"))).toMatchObject({ action: "blocked", reason: "CHECKPOINT.WOULD_SKIP" });
  });

  it("is proven by the position alone where the history is missing", () => {
    const bare = { ...walked(v1, "w pay c"), stepHistory: [], passedCheckpoints: [] };
    expect(decided(v1, flow(2, "w pay* c z", "w>pay ; pay>c ; c>z"), bare)).toMatchObject({
      action: "teleport",
      stepId: "c",
    });
    expect(decided(v1, flow(2, "w c pay*", "w>c ; c>pay"), bare)).toMatchObject({
      action: "blocked",
      reason: "CHECKPOINT.WOULD_REPEAT",
    });
  });

  it("waits for an answer when its wording changed and no plan says whether it is the same effect", () => {
    const reworded = flow(2, "w pay*=Charge c", "w>pay ; pay>c");
    expect(decided(v1, reworded, walked(v1, "w pay c"))).toMatchObject({
      action: "review",
      reason: "PLAN.EFFECT_UNDECIDED",
    });
  });

  it("stays known when it was passed in an earlier version and comes back in a later one", () => {
    const v2 = flow(2, "w c", "w>c");
    const v3 = flow(3, "w c pay*", "w>c ; c>pay");
    const first = decided(v1, v2, walked(v1, "w pay c"));
    expect(first.action).toBe("teleport");
    const paid = walked(v1, "w pay c");
    const moved = recordVisit({ ...paid, scenarioVersion: 2, scenarioChecksum: compile(v2).checksum }, v2, "c", {
      at: AT,
      reason: "graft",
    });
    expect(decided(v2, v3, moved)).toMatchObject({ action: "blocked", reason: "CHECKPOINT.WOULD_REPEAT" });
  });
});

describe("a session whose step is gone", () => {
  it("goes on where the new version's own conditions lead after the last surviving visit", () => {
    const v1 = flow(1, "a q m n z", "a>q ; q>m[x == 1] ; q>n[else] ; m>z ; n>z");
    const v2 = flow(2, "a m n z", "a>m[promo == true] ; a>n[else] ; m>z ; n>z");
    const at = (variables: Record<string, unknown>) => decided(v1, v2, walked(v1, "a q", variables));
    expect(at({ promo: false })).toMatchObject({
      action: "teleport",
      stepId: "n",
      reasons: expect.arrayContaining(["MIGRATION.RELOCATED"]),
    });
    expect(at({ promo: true })).toMatchObject({ action: "teleport", stepId: "m" });
    expect(at({})).toMatchObject({ action: "collect", fields: ["promo"] });
  });

  it("is never taken before a checkpoint it passed", () => {
    const v1 = flow(1, "w pay* old c", "w>pay ; pay>old ; old>c");
    expect(decided(v1, flow(2, "w pay* c", "w>pay ; pay>c"), walked(v1, "w pay old"))).toMatchObject({
      action: "teleport",
      stepId: "c",
    });
  });

  it("leaves the flow only when nothing of its way is left", () => {
    const v1 = flow(1, "a c", "a>c");
    const result = decided(v1, flow(2, "y z", "y>z"), walked(v1, "a c"));
    expect(result).toMatchObject({ action: "exit_scenario" });
    expect(result.action === "exit_scenario" && result.userMessage.length).toBeGreaterThan(0);
    const bare = { ...walked(v1, "a c"), stepHistory: [] };
    expect(decided(v1, flow(2, "y z", "y>z"), bare)).toMatchObject({ action: "review", reason: "HISTORY.MISSING" });
  });

  it("waits for the plan when its step does something else under the same id", () => {
    const v1 = flow(1, "a c", "a>c");
    expect(decided(v1, flow(2, "a c!", "a>c"), walked(v1, "a c"))).toMatchObject({
      action: "review",
      reason: "MATCH.PROPOSED",
      candidates: ["c"],
    });
    expect(decided(v1, flow(2, "a c!", "a>c"), walked(v1, "a c"), { chosenStepId: "c" })).toMatchObject({
      action: "teleport",
      stepId: "c",
    });
  });
});

describe("an incomplete history", () => {
  it("never counts a visit that was trimmed away as one that was not made", () => {
    const v1 = flow(1, "a b c d", "a>b ; b>c ; c>d ; d>c[again == true]");
    const loop = Array.from({ length: 100 }, () => "c d").join(" ");
    const long = walked(v1, `a b ${loop} c`);
    expect(long.stepHistory.length).toBeLessThan(200);
    expect(decided(v1, flow(2, "a b e", "a>b ; b>e"), long)).toMatchObject({ action: "teleport", stepId: "e" });
    const short = { ...long, stepHistory: long.stepHistory.slice(-1) };
    expect(decided(v1, flow(2, "a b e", "a>b ; b>e"), short)).toMatchObject({ action: "teleport", stepId: "e" });
  });

  it("still proves a checkpoint that every way to the place passes", () => {
    const v1 = flow(1, "a pay* c", "a>pay ; pay>c");
    const whole = walked(v1, "a pay c");
    const thin = { ...whole, stepHistory: whole.stepHistory.slice(-1), passedCheckpoints: [] };
    expect(decided(v1, flow(2, "a c pay*", "a>c ; c>pay"), thin)).toMatchObject({ reason: "CHECKPOINT.WOULD_REPEAT" });
  });
});

describe("what is blank", () => {
  it("never hides a value that was found", () => {
    const [v1, v2] = [flow(1, "a c", "a>c"), flow(2, "a n(email) c", "a>n ; n>c")];
    for (const blank of [null, "", "  "]) {
      const session = walked(v1, "a c", { email: blank });
      expect(decided(v1, v2, session, { facts: { values: { email: "jo@x.example" } } })).toMatchObject({
        action: "teleport",
      });
      expect(decided(v1, v2, session)).toMatchObject({ action: "collect", fields: ["email"] });
    }
  });
});

describe("many checkpoints in a row", () => {
  it("are all on the one run that there is", () => {
    const ids = Array.from({ length: 40 }, (_, i) => `p${i}`);
    const steps = (more: string) => ["a", ...ids.map((id) => `${id}*`), "z", more].join(" ");
    const ways = (more: string) =>
      ["a", ...ids, "z"]
        .slice(1)
        .map((id, i) => `${["a", ...ids][i]}>${id}`)
        .join(" ; ") + more;
    const v1 = flow(1, steps(""), ways(""));
    const session = walked(v1, ["a", ...ids, "z"].join(" "));
    expect(decided(v1, flow(2, steps("y"), ways(" ; z>y")), session)).toMatchObject({
      action: "teleport",
      stepId: "z",
    });
  });
});

describe("a checkpoint that a migration put the session on", () => {
  it("counts as passed once the session has left it", () => {
    const v2 = flow(2, "a pay* thanks", "a>pay ; pay>thanks");
    const placed = { ...walked(v2, "a"), stepId: "pay" };
    const left = recordVisit(placed, v2, "thanks", { at: AT });
    expect(left.passedCheckpoints.map((k) => k.stepId)).toEqual(["pay"]);
    const v3 = flow(3, "a thanks pay*", "a>thanks ; thanks>pay");
    expect(decided(v2, v3, left)).toMatchObject({ reason: "CHECKPOINT.WOULD_REPEAT" });
  });

  it("may repeat only if the permission is for the effect that was passed, not for another of the same id", () => {
    const named = (scenario: Scenario) =>
      defineScenario({
        ...scenario,
        steps: scenario.steps.map(({ checkpointDescription: _, ...step }) => step),
      });
    const v1 = named(flow(1, "a pay*=Deposit c", "a>pay ; pay>c"));
    const v2 = named(flow(2, "a deposit*=Deposit c pay*=Final", "a>deposit ; deposit>c ; c>pay"));
    const v3 = named(flow(3, "a c deposit*=Deposit pay*=Final", "a>c ; c>deposit ; deposit>pay"));
    const old = walked(v1, "a pay c");
    const moved = recordVisit({ ...old, scenarioVersion: 2, scenarioChecksum: compile(v2).checksum }, v2, "c", {
      at: AT,
      reason: "graft",
    });
    const [from, to] = [compile(v2), compile(v3)];
    const migration = prepareMigration(from, to, { hops: [{ from, to, allowRepeat: ["pay"] }] });
    expect(decide({ session: moved, migration })).toMatchObject({ reason: "CHECKPOINT.WOULD_REPEAT" });
  });
});

describe("a step that a person chose", () => {
  it("stays under the rules of passed checkpoints and has to be one that a run can reach", () => {
    const v1 = flow(1, "a b pay* c", "a>b ; b>pay ; pay>c");
    const v2 = flow(2, "a b charge*=Charge z u", "a>b ; b>charge ; charge>z");
    const session = walked(v1, "a b pay c");
    expect(decided(v1, v2, session, { chosenStepId: "b" })).toMatchObject({ reason: "CHECKPOINT.ORPHANED" });
    expect(decided(v1, v2, session, { chosenStepId: "u" })).toMatchObject({ reason: "TARGET.UNREACHABLE" });
  });

  it("is a re-route where it is not the session's own place, and says who decided it", () => {
    const v1 = flow(1, "a b c", "a>b ; b>c");
    const v2 = flow(2, "a b c", "a>b ; b>c");
    const result = decided(v1, v2, walked(v1, "a b"), { chosenStepId: "c" });
    expect(result).toMatchObject({ action: "teleport", stepId: "c", kind: "re_route" });
    expect(result.action === "teleport" && result.reasons).toContain("MIGRATION.RESOLVED");
    expect(decided(v1, v2, walked(v1, "a b"), { chosenStepId: "b" })).toMatchObject({ kind: "clean_graft" });
  });
});

describe("misuse", () => {
  it("is refused with the version or step that does not fit", () => {
    const v1 = flow(1, "a c", "a>c");
    const session = walked(v1, "a c");
    expect(() => decided(v1, v1, { ...session, scenarioVersion: 7 })).toThrowError(/SESSION.VERSION_MOVED/);
    expect(() => decided(v1, v1, { ...session, stepId: "ghost" })).toThrowError(/SESSION.STEP_UNKNOWN/);
  });
});

describe("several old steps that are one step of the new version", () => {
  it("owe least: what was answered at one of them is not asked again", () => {
    const v1 = flow(1, "a b(email) c", "a>b ; b>c");
    const v2 = flow(2, "b(email) c", "b>c");
    const migration = prepareMigration(compile(v1), compile(v2), {
      hops: [{ from: compile(v1), to: compile(v2), mapping: { a: "b" } }],
    });
    expect(decided(v1, v2, walked(v1, "a b c"), { migration })).toMatchObject({
      action: "teleport",
      kind: "clean_graft",
    });
  });

  it("are passed over together: a checkpoint that was jumped past is not an obstacle because of the other step", () => {
    const v1 = flow(1, "a b pay* c", "a>b ; b>pay ; pay>c");
    const v2 = flow(2, "a pay* n c", "a>pay ; pay>n ; n>c");
    const migration = prepareMigration(compile(v1), compile(v2), {
      hops: [{ from: compile(v1), to: compile(v2), mapping: { b: "pay" } }],
    });
    expect(decided(v1, v2, walked(v1, "a c"), { migration })).toMatchObject({
      action: "teleport",
      stepId: "c",
      audit: { passedOver: ["pay"] },
    });
  });
});

describe("a run that owes nothing", () => {
  it("is taken over silent branches that rejoin, though another run with an obstacle needs no decision", () => {
    const v1 = flow(1, "a c", "a>c");
    const v2 = flow(2, "a pay* f m c", "a>pay ; a>f ; pay>c ; f>m[x == 1] ; f>c[else] ; m>c");
    expect(decided(v1, v2, walked(v1, "a c"))).toMatchObject({ action: "teleport", kind: "clean_graft", stepId: "c" });
  });

  it("is not put off by a decision that lies behind the session's place", () => {
    const v1 = flow(1, "a pay* c", "a>pay ; pay>c");
    const v2 = flow(2, "c pay* d", "pay>c ; c>d[x == 1]");
    expect(decided(v1, v2, walked(v1, "a pay c"))).toMatchObject({ action: "blocked", reason: "CHECKPOINT.OFF_RUN" });
  });
});

describe("one visit of several equal steps", () => {
  it("counts once, so that the later one has no more of the history on its way", () => {
    const v1 = flow(1, "t=Go z", "t>z");
    const v2 = flow(2, "a t1=Go act! t2=Go", "a>t1 ; t1>act ; act>t2");
    expect(decided(v1, v2, walked(v1, "t"))).toMatchObject({ action: "teleport", stepId: "t1" });
  });
});

describe("an action that was completed before the session came there", () => {
  const v1 = flow(1, "a c", "a>c");
  const v2 = flow(2, "a act!(email) c", "a>act ; act>c");
  const ran = (waived: boolean) => {
    const contentHash = compile(v2).hashes[1] ?? "";
    const completed = { stepId: "act", scenarioVersion: 2, contentHash, at: AT, ...(waived ? { waived } : {}) };
    return decided(v1, v2, { ...walked(v1, "a c"), completedActions: [completed] });
  };

  it("asks nothing more of a session that had jumped past its step", () => {
    const steps = "a act!(email) c";
    const [old, now] = [flow(1, steps, "a>act ; act>c"), flow(2, `${steps} z`, "a>act ; act>c ; c>z")];
    const completed = { stepId: "act", scenarioVersion: 2, contentHash: compile(now).hashes[1] ?? "", at: AT };
    const session = { ...walked(old, "a c"), completedActions: [completed] };
    expect(decided(old, now, session)).toMatchObject({ action: "teleport", kind: "clean_graft", stepId: "c" });
  });

  it("leaves open what its step collects, unless it was waived", () => {
    expect(ran(false)).toMatchObject({ action: "collect", fields: ["email"] });
    expect(ran(true)).toMatchObject({ action: "teleport", stepId: "c" });
  });
});
