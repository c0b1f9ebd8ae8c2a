import { describe, expect, it } from "vitest";
import type { TeleportDecision } from "../../src/contracts/types.js";
import { compile } from "../../src/scenario/compile.js";
import { arrive } from "../../src/session/arrive.js";
import { decide } from "../../src/session/decide.js";
import { prepareMigration } from "../../src/session/migration.js";
import { flow } from "../../src/testing/flow.js";
import { walkTo } from "../../src/testing/walk-to.js";

const at = "2026-03-01T09:00:00Z";
const v1 = flow(1, "a x b", "a>x ; x>b");

function moved(v2: ReturnType<typeof flow>, chosenStepId?: string, data = {}) {
  const migration = prepareMigration(compile(v1), compile(v2));
  const session = walkTo(v1, "x", { seed: 1, data });
  const chosen = chosenStepId === undefined ? {} : { chosenStepId };
  const decision = decide({ session, migration, ...chosen });
  if (decision.action !== "teleport") throw new TypeError(`no move but ${decision.action}`);
  return { decision, session: arrive(session, migration, decision satisfies TeleportDecision, { at }) };
}

describe("a move", () => {
  it("passes no checkpoint by itself, wherever the session comes from", () => {
    const reused = moved(flow(2, "a b x*", "a>b ; b>x"), "b");
    expect(reused.session.stepId).toBe("b");
    expect(reused.session.passedCheckpoints).toEqual([]);

    const led = moved(flow(2, "a fork pay* x b", "a>fork ; fork>pay[age < 18] ; fork>x[else] ; x>b"), undefined, {
      age: 9,
    });
    expect(led.decision).toMatchObject({ stepId: "pay", kind: "re_route" });
    expect(led.session.passedCheckpoints).toEqual([]);
    expect(led.session.stepHistory.at(-1)).toMatchObject({ stepId: "pay", isCheckpoint: false, reason: "re_route" });
  });

  it("onto another step that a person chose is no answer to its question", () => {
    expect(moved(flow(2, "a b x*", "a>b ; b>x"), "b").decision.replyBinding).toBe("other_step");
  });
});
