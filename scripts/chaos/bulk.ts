import type { Session } from "../../src/contracts/types.js";
import { RegraftError } from "../../src/errors.js";
import { idOf, placeOf, v1, v2 } from "./flow.js";
import type { Store } from "./open-store.js";
import { engineOf, onlyPlan, tell, walkIn } from "./story.js";

const writers = 32;
const pageLimit = 1000;

/** A whole store of sessions that were walked somewhere else, and an approved plan for them. */
export async function fill(store: Store, tenant: string, sessions: number): Promise<void> {
  const regraft = engineOf(store, tenant, 0);
  await regraft.publish(v1);
  const samples: Session[] = [];
  for (let number = 0; number < v1.steps.length; number += 1) {
    await walkIn(regraft, number);
    samples.push(await regraft.session(idOf(number)));
  }
  let next = samples.length;
  const writer = async () => {
    for (let number = next++; number < sessions; number = next++) {
      const sample = samples.find(({ stepId }) => stepId === placeOf(number));
      if (sample === undefined) throw new RegraftError("INTERNAL.BUG", "no sample stands there");
      await store.commit({ session: { ...sample, id: idOf(number) }, expectedRevision: 0 });
    }
  };
  await Promise.all(Array.from({ length: writers }, writer));
  await regraft.propose({ from: v1, to: v2 });
  await tell(regraft, "approve", 0);
}

/** What a deployment of many sessions has left. */
export interface BulkFindings {
  readonly problems: readonly string[];
  readonly marked: number;
  /** What the plan counts. */
  readonly counted: number;
}

/** Every session is there, stands where it stood, and carries the mark of the plan. */
export async function checkBulk(store: Store, tenant: string, sessions: number): Promise<BulkFindings> {
  const problems: string[] = [];
  const plan = await onlyPlan(engineOf(store, tenant, 0));
  const seen = new Set<string>();
  let marked = 0;
  let cursor: string | undefined;
  do {
    const page = await store.scan(
      { tenantId: tenant },
      { limit: pageLimit, ...(cursor === undefined ? {} : { cursor }) },
    );
    for (const { id, stepId, scenarioVersion, pendingMigration: mark } of page.sessions) {
      if (seen.has(id)) problems.push(`session ${id} is found twice`);
      seen.add(id);
      if (scenarioVersion !== 1 || stepId !== placeOf(Number(id.slice(1)))) problems.push(`session ${id} was moved`);
      if (mark?.planId === plan.id && mark.stepId === stepId) marked += 1;
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  for (let number = 0; number < sessions; number += 1)
    if (!seen.has(idOf(number))) problems.push(`session ${idOf(number)} is lost`);
  if (seen.size !== sessions) problems.push(`${seen.size} sessions instead of ${sessions}`);
  if (marked !== sessions) problems.push(`${sessions - marked} sessions are not marked`);
  const counted = plan.marking?.marked ?? 0;
  if (counted !== sessions) problems.push(`the plan counts ${counted} marks for ${sessions} sessions`);
  if (plan.marking?.done !== true) problems.push("marking has not come to its end");
  return { problems, marked, counted };
}
