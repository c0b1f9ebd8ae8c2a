import { describe, expect, it } from "vitest";
import { compile, createRegraft, isRegraftError, type ReconciliationResult, type Regraft } from "../../src/index.js";
import { memoryStore } from "../../src/stores/memory.js";
import { manualClock } from "../../src/testing/clock.js";
import { editScenario } from "../../src/testing/edits.js";
import { generateScenario } from "../../src/testing/generate.js";
import { sequentialIds } from "../../src/testing/ids.js";
import { generatePopulation } from "../../src/testing/population.js";
import { type Random, seededRandom } from "../../src/testing/random.js";

const ana = { by: "ana" };

/** The text of the step where a session stands. */
async function textAt(regraft: Regraft, id: string): Promise<string> {
  const { stepId, scenarioId, scenarioVersion } = await regraft.session(id);
  const { hashes, index } = compile(await regraft.scenario(scenarioId, scenarioVersion));
  return hashes[index.get(stepId) ?? -1] ?? "";
}

/** One call as a host makes it at a message, or an operator between two messages. */
async function call(regraft: Regraft, id: string, last: ReconciliationResult | undefined, random: Random) {
  if (last?.action === "collect" && random.chance(0.7)) {
    return regraft.provide(id, Object.fromEntries(last.fields.map((field) => [field, random.pick([20, "US", true])])));
  }
  const [action] = last?.action === "execute_action" ? last.stepIds : [];
  if (action !== undefined && random.chance(0.7)) return regraft.completeAction(id, action);
  const [candidate] = last?.action === "review" ? last.candidates : [];
  if (candidate !== undefined && random.chance(0.5)) return regraft.resolve(id, { choose: candidate }, ana);
  return regraft.reconcile(id);
}

describe("a message of any session, over chains of edits", () => {
  it("may answer the step it lands on only if its person saw that very text last", async () => {
    const seen = { same: 0, changed: 0, other: 0, asked: 0, moved: 0 };
    for (let seed = 1; seed <= 30; seed += 1) {
      const random = seededRandom(seed);
      const clock = manualClock();
      const regraft = createRegraft({ store: memoryStore({ clock }), clock, ids: sequentialIds() });
      let live = generateScenario({ seed, version: 1 });
      await regraft.publish(live);
      const shown = new Map<string, string>();
      const results = new Map<string, ReconciliationResult>();
      for (const session of generatePopulation(live, { seed, size: 5, at: "2025-12-01T00:00:00Z", jumpRate: 0.1 })) {
        await regraft.importSession(session);
        shown.set(session.id, await textAt(regraft, session.id));
      }
      for (let version = 2; version <= 3; version += 1) {
        const next = editScenario(live, { seed: seed * 10 + version, version }).scenario;
        const effects = Object.fromEntries(
          live.steps.filter((s) => s.checkpoint || s.requiredAction).map((s) => [s.id, "same" as const]),
        );
        await regraft.deploy(await regraft.approve(await regraft.propose({ from: live, to: next, effects }), ana));
        live = next;
        results.clear();
        for (const id of shown.keys()) {
          for (let message = 0; message < 4; message += 1) {
            const result = await call(regraft, id, results.get(id), random).catch((error: unknown) => {
              if (isRegraftError(error, "ANSWER.NOT_ASKED")) return undefined;
              throw error;
            });
            if (result === undefined) continue;
            const here = await textAt(regraft, id);
            if (result.replyBinding === "same_question") expect(shown.get(id), `${seed} ${id}`).toBe(here);
            seen[
              result.replyBinding === "same_question"
                ? "same"
                : result.replyBinding === "other_step"
                  ? "other"
                  : "changed"
            ] += 1;
            const asks = ["collect", "confirm", "execute_action"].includes(result.action);
            if (asks) seen.asked += 1;
            if (result.action === "teleport") seen.moved += 1;
            shown.set(id, asks ? "what the migration asks" : here);
            results.set(id, result);
          }
        }
      }
    }
    expect(
      Object.values(seen).every((count) => count >= 20),
      JSON.stringify(seen),
    ).toBe(true);
  });
});
