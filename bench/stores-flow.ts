import type { Store } from "../scripts/chaos/open-store.js";
import type { Plan, Session } from "../src/contracts/types.js";
import { createRegraft, type Regraft } from "../src/engine/regraft.js";
import { defineScenario } from "../src/scenario/parse.js";
import { recordVisit, startSession } from "../src/session/visits.js";

const at = "2026-01-01T00:00:00.000Z";

/** A chain of steps; each version has one silent step more than the one before. */
export function chain(version: number, steps: number) {
  const ids = Array.from({ length: steps + version - 1 }, (_, n) => `s${n}`);
  const transitions = ids.slice(1).map((to, n) => ({ from: ids[n] ?? "", to }));
  const named = ids.map((id) => ({ id, name: `Step ${id}` }));
  return defineScenario({ id: "flow", version, entry: "s0", steps: named, transitions });
}

/** Of a hundred sessions, this many came over the channel that the plan is for. */
export const inScopeOfHundred = 38;

/** A session of version 1 that has gone through the steps before its own, with some data. */
export function sampleAt(steps: number, stepId: string, visits: number): Session {
  const v1 = chain(1, steps);
  const from = Math.max(0, Number(stepId.slice(1)) - visits + 1);
  const variables = { note: "x".repeat(500) };
  let session = startSession(v1, { id: "sample", at, channel: "web", variables });
  for (let n = Math.max(1, from); n <= Number(stepId.slice(1)); n += 1) {
    session = recordVisit(session, v1, `s${n}`, { at });
  }
  return session;
}

/** An engine with an approved plan from version 1 to version 2 for the sessions of one channel. */
export async function approved(
  store: Store,
  steps: number,
  pageSize: number,
): Promise<{ regraft: Regraft; plan: Plan }> {
  const regraft = createRegraft({ store, config: { markPageSize: pageSize } });
  const [from, to] = [chain(1, steps), chain(2, steps)];
  await regraft.publish(from);
  const policies = { "*": { scope: { includeChannels: ["web"] } } };
  const plan = await regraft.approve(await regraft.propose({ from, to, policies }), { by: "bench" });
  return { regraft, plan };
}
