import { describe, expect, it } from "vitest";
import { createRegraft, type Scenario } from "../../src/index.js";
import { memoryStore } from "../../src/stores/memory.js";
import { manualClock } from "../../src/testing/clock.js";
import { editScenario } from "../../src/testing/edits.js";
import { generateScenario } from "../../src/testing/generate.js";
import { sequentialIds } from "../../src/testing/ids.js";
import { generatePopulation } from "../../src/testing/population.js";
import { seededRandom } from "../../src/testing/random.js";

const dayMs = 86_400_000;
const ana = { by: "ana" };
const seeds = 15;

/** Three versions in a row, most of them under a plan, and sessions that came to each while it was live. */
async function history(seed: number) {
  const random = seededRandom(seed);
  const clock = manualClock("2026-01-01T00:00:00Z");
  const store = memoryStore({ clock });
  const open = () => createRegraft({ store, clock, ids: sequentialIds(), config: { limits: { maxSteps: 200 } } });
  const regraft = open();
  const ids: string[] = [];
  const enter = async (version: Scenario) => {
    const options = {
      seed: seed + version.version,
      size: 3,
      at: "2026-01-01T00:00:00Z",
      idPrefix: `v${version.version}-`,
    };
    for (const session of generatePopulation(version, { ...options, jumpRate: 0.2, silenceRate: 0.1 })) {
      await regraft.importSession(session);
      ids.push(session.id);
    }
  };
  let from = generateScenario({ seed });
  await regraft.publish(from);
  await enter(from);
  for (let version = 2; version <= 4; version += 1) {
    const to = editScenario(from, { seed: seed * 31 + version, version }).scenario;
    clock.advance((1 + random.integer(20)) * dayMs);
    if (random.chance(0.75)) {
      const effects = Object.fromEntries(
        from.steps.filter((step) => step.checkpoint || step.requiredAction).map(({ id }) => [id, "same" as const]),
      );
      const policies = random.chance(0.2) ? { [from.steps.at(-1)?.id ?? ""]: { updateDownstream: false } } : {};
      const plan = await regraft.propose({ from, to, effects, policies });
      await regraft.deploy(await regraft.approve(plan, ana));
      if (random.chance(0.15)) await regraft.rollback(plan.id, ana);
    } else await regraft.publish(to);
    // Some speak, and may move; some end.
    for (const id of ids) {
      const { status } = await regraft.session(id);
      if (status === "closed" || status === "exited") continue;
      if (random.chance(0.4)) await regraft.reconcile(id);
      else if (random.chance(version === 2 ? 0.9 : 0.4)) await regraft.update(id, { status: "closed" });
    }
    from = to;
    await enter(from);
  }
  return { clock, ids, open, regraft };
}

/** What the next two messages of every open session come to, and the undo of its last move. */
async function decisions({ open, ids }: Awaited<ReturnType<typeof history>>): Promise<Record<string, unknown>> {
  const said: Record<string, unknown> = {};
  const regraft = open();
  for (const id of ids) {
    const { status } = await regraft.session(id);
    if (status === "closed" || status === "exited") continue;
    const walked = await regraft.scenarioOf(id);
    const first = await regraft.reconcile(id);
    const undone = await regraft.undo(id, ana);
    await regraft.release(id, ana);
    const again = await regraft.reconcile(id);
    said[id] = { walked, first, undone, again, session: await regraft.session(id) };
  }
  return said;
}

describe("retention", () => {
  it("changes no decision about a live session", async () => {
    const seen = { versions: 0, plans: 0, kept: 0, live: 0 };
    for (let seed = 1; seed <= seeds; seed += 1) {
      const [spoken, kept] = [await history(seed), await history(seed)];
      for (const { clock } of [spoken, kept]) clock.advance(90 * dayMs);
      const planned = await kept.regraft.planRetention();
      const { dropped, spared } = await kept.regraft.applyRetention(planned, ana);
      expect([dropped, spared], `seed ${seed}`).toEqual([planned.drop, []]);
      const before = await decisions(spoken);
      expect(await decisions(kept), `seed ${seed}`).toEqual(before);
      for (const { kind } of dropped) seen[kind === "plan" ? "plans" : "versions"] += 1;
      seen.kept += planned.keep.filter(({ reason }) => reason === "RETENTION.SESSION").length;
      seen.live += Object.keys(before).length;
    }
    expect(
      Object.values(seen).every((count) => count >= 5),
      JSON.stringify(seen),
    ).toBe(true);
  });
});
