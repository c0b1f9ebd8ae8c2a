import type { Session } from "../src/contracts/types.js";
import { memoryStore } from "../src/stores/memory.js";
import { faultyStore } from "../src/testing/faulty-store.js";
import { print } from "./rounds.js";
import { costOf, cpuRatio, type Round, spreadOf } from "./stores-cost.js";
import { approved, inScopeOfHundred, sampleAt } from "./stores-flow.js";

const steps = 1000;
const reconciled = 500;

function population(size: number): Session[] {
  const samples = Array.from({ length: steps }, (_, n) => sampleAt(steps, `s${n}`, 6));
  return Array.from({ length: size }, (_, n) => {
    const sample = samples[n % steps] as Session;
    const channel = n % 100 < inScopeOfHundred ? "web" : "voice";
    return { ...sample, id: `p${String(n).padStart(9, "0")}`, channel, revision: 0 };
  });
}

/** What somebody would write for this one plan: a walk over a Map with the same filter and the same write. */
function scan(sessions: Map<string, Session>): number {
  const mark = { planId: "plan", targetVersion: 2, markedAt: "2026-01-01T00:00:00.000Z" };
  let marked = 0;
  for (const [id, session] of sessions) {
    const { scenarioId, scenarioVersion, status, channel, stepId, pendingMigration } = session;
    if (scenarioId !== "flow" || scenarioVersion !== 1 || channel !== "web" || status !== "active") continue;
    if (pendingMigration?.planId === mark.planId) continue;
    sessions.set(id, { ...session, pendingMigration: { ...mark, stepId } });
    marked += 1;
  }
  return marked;
}

function countAt(sessions: Map<string, Session>, stepId: string): number {
  let found = 0;
  for (const { scenarioId, scenarioVersion, stepId: at } of sessions.values()) {
    if (scenarioId === "flow" && scenarioVersion === 1 && at === stepId) found += 1;
  }
  return found;
}

/** Marking and reconciling in memory, and how few calls a store without sets gets. */
export async function benchMemory(size: number, rounds: number, pageSize: number): Promise<void> {
  const sessions = population(size);
  const [marking, lookup, reconciling]: [Round[], Round[], Round[]] = [[], [], []];
  let calls = 0;
  for (let round = 0; round < rounds; round += 1) {
    const own = new Map(sessions.map((session) => [session.id, session]));
    const store = memoryStore();
    for (const session of sessions) await store.commit({ session, expectedRevision: 0 });
    const counting = faultyStore(store, {
      onCall: ({ method }) => {
        if (method === "mark" || method === "scan") calls += 1;
      },
    });
    const { regraft, plan } = await approved(counting, steps, pageSize);
    const found = () => store.count({ tenantId: "", scenarioId: "flow", versions: [1], stepIds: ["s500"] });
    const scanned = await costOf(() => countAt(own, "s500"));
    lookup.push({ candidate: scanned, baseline: await costOf(found) });
    calls = 0;
    const baseline = await costOf(() => scan(own));
    const candidate = await costOf(() => regraft.deploy(plan));
    marking.push({ baseline, candidate });
    const ids = (await regraft.marked({ limit: 2 * reconciled })).sessionIds;
    const bare = await costOf(async () => {
      for (const id of ids.slice(reconciled)) {
        const session = await store.get({ tenantId: "", id });
        if (session) await store.commit({ session, expectedRevision: session.revision });
      }
    });
    const whole = await costOf(async () => {
      for (const id of ids.slice(0, reconciled)) await regraft.reconcile(id);
    });
    reconciling.push({ baseline: bare, candidate: whole });
  }
  const inScope = (size * inScopeOfHundred) / 100;
  const G10 = { goal: "G10", steps: size };
  const inverse = (round: Round) => 1 / cpuRatio(round);
  print({
    ...G10,
    what: `a walk over a Map / deploy in memory, pages of ${pageSize}`,
    spread: spreadOf(marking, inverse),
    limit: { atLeast: 0.5 },
  });
  const atLeast = { atLeast: 20 };
  print({
    ...G10,
    what: "a walk over a Map / sessions at one step of 1,000",
    spread: spreadOf(lookup, cpuRatio),
    limit: atLeast,
  });
  const share = calls / (2 * Math.ceil(inScope / pageSize));
  const limit = { atMost: 1 };
  print({
    goal: "G11",
    what: "calls of mark and scan / (2 x pages)",
    steps: size,
    spread: spreadOf(marking, () => share),
    limit,
  });
  const what = "reconcile / load and compare-and-set in memory";
  print({ goal: "-", what, steps: size, spread: spreadOf(reconciling, cpuRatio) });
}
