import { describe, expect, it } from "vitest";
import { compile, decide, prepareMigration, type ReasonCode } from "../../src/index.js";
import { flow } from "../../src/testing/flow.js";
import { matchers, type RegraftMatchers } from "../../src/testing/matchers.js";
import { walkTo } from "../../src/testing/walk-to.js";

declare module "vitest" {
  interface Matchers<T> extends RegraftMatchers<T> {}
}

expect.extend(matchers);

const v1 = flow(1, "a b pay* c", "a>b ; b>pay ; pay>c");

function outcome(v2: ReturnType<typeof flow>, stepId = "c") {
  const session = walkTo(v1, stepId, { seed: 1 });
  const exhausted = new Set(v2.steps.flatMap(({ collects = [] }) => collects));
  const decision = decide({ session, migration: prepareMigration(compile(v1), compile(v2)), facts: { exhausted } });
  if (decision.action === "needs") throw new TypeError("all facts were given");
  return { session, decision, v2 };
}

const moving = outcome(flow(2, "a n b pay* c", "a>n ; n>b ; b>pay ; pay>c"));
const asking = outcome(flow(2, "a b pay* n(mail,tel) c", "a>b ; b>pay ; pay>n ; n>c"));
const acting = outcome(flow(2, "a b act! pay* c", "a>b ; b>act ; act>pay ; pay>c"));
const blocking = outcome(flow(2, "a b c pay*", "a>b ; b>c ; c>pay"));
const leaving = outcome(flow(2, "x y", "x>y"), "b");

/** What a matcher says when it fails. */
function failure(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
  throw new TypeError("nothing failed");
}

describe("matchers", () => {
  it("tell the outcomes apart", () => {
    expect(moving.decision).toMoveTo("c");
    expect(moving.decision).toMoveTo("c", "clean_graft");
    expect(moving.decision).not.toMoveTo("b");
    expect(moving.decision).not.toMoveTo("c", "re_route");
    expect(asking.decision).toAsk(["tel", "mail"]);
    expect(asking.decision).not.toAsk(["mail"]);
    expect(acting.decision).toRunFirst(["act"]);
    expect(acting.decision).not.toRunFirst(["pay"]);
    expect(blocking.decision).toBeBlockedBy("CHECKPOINT.WOULD_REPEAT");
    expect(blocking.decision).not.toBeBlockedBy("CHECKPOINT.ORPHANED");
    expect(leaving.decision).toExit();
    expect(moving.decision).not.toExit();
  });

  it("take a confirmation for a question, and a hold for staying", () => {
    const { reasons, replyBinding, audit } = moving.decision;
    const common = { reasons, replyBinding, audit };
    const confirm = { ...common, action: "confirm", field: "mail", value: "jo@x.example", quote: "" };
    expect(confirm).toAsk(["mail"]);
    expect(confirm).not.toAsk(["tel"]);
    const held = { ...common, action: "continue", reasons: ["HOLD.PAUSED"] satisfies ReasonCode[] };
    expect(held).toStay();
    expect(held).toStay("HOLD.PAUSED");
    expect(held).not.toStay("HOLD.MANUAL");
    const review = { ...common, action: "review", reason: "TARGET.TIE", candidates: ["a"] };
    expect(review).toNeedReview();
    expect(review).toNeedReview("TARGET.TIE");
    expect(review).not.toNeedReview("TARGET.NONE");
    expect(review).not.toStay();
  });

  it("check the proof of a move", () => {
    const { session, decision, v2 } = moving;
    expect(decision).toHaveProof({ from: v1, to: v2 }, session);
    const unpaid = { ...session, passedCheckpoints: [], stepHistory: session.stepHistory.slice(0, 2) };
    expect(decision).not.toHaveProof({ from: v1, to: v2 }, unpaid);
    expect(asking.decision).not.toHaveProof({ from: v1, to: asking.v2 }, session);
  });

  it.each([
    [
      () => expect(moving.decision).toMoveTo("b"),
      "expected this: the session moves to b\nbut it moves to c of version 2 by clean_graft",
    ],
    [
      () => expect(asking.decision).toMoveTo("c", "gap_fill"),
      "moves to c by gap_fill\nbut it is asked mail, tel (not known yet",
    ],
    [() => expect(moving.decision).not.toMoveTo("c"), "expected anything but this: the session moves to c"],
    [
      () => expect(acting.decision).toStay("HOLD.MANUAL"),
      "goes on where it is (HOLD.MANUAL)\nbut it waits until act has run",
    ],
    [
      () => expect(blocking.decision).toNeedReview(),
      "waits for a person\nbut it is blocked by CHECKPOINT.WOULD_REPEAT (pay done",
    ],
    [() => expect(leaving.decision).toAsk(["x"]), "is asked x\nbut it leaves the flow (MIGRATION.EXITED)"],
    [() => expect(undefined).toExit(), "leaves the flow\nbut it is no result of regraft: undefined"],
    [() => expect(null).toRunFirst(["a"]), "but it is no result of regraft: null"],
  ])("say what was expected and what happened (case %#)", (run, words) => {
    expect(failure(run)).toContain(words);
  });

  it("name what is wrong with a proof", () => {
    const { session, decision, v2 } = moving;
    const unpaid = { ...session, passedCheckpoints: [], stepHistory: session.stepHistory.slice(0, 2) };
    const words = failure(() => expect(decision).toHaveProof({ from: v1, to: v2 }, unpaid));
    expect(words).toContain("expected a proof that holds, but it moves to c");
    expect(words).toMatch(/HISTORY\.MISSING: .*pay/);
  });
});
