import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isRegraftError } from "../../src/errors.js";
import type { Plan, Session } from "../../src/index.js";
import { type LedgerState, type ReplayedPlan, replay } from "../../src/ledger/replay.js";
import type { LedgerEntry } from "../../src/ports/ledger.js";
import { type Bench, bench, flow, roll } from "../engine/helpers.js";

const versions = [
  flow(1, "W > C > Z"),
  flow(2, "W > E:email > C > Z"),
  flow(3, "W > E:email > Pay! > C > N > Z"),
  flow(4, "W > E:email > Pay! > C > Z"),
] as const;
const ids = ["s1", "s2", "s3"] as const;
const by = { by: "ana" };

/** One thing that a host or an operator does; what is not possible then is refused, and changes nothing. */
type Act = (made: Bench, state: { live: number; planId: string | undefined }) => Promise<unknown>;

const onSession = (act: (made: Bench, id: string) => Promise<unknown>) =>
  fc.constantFrom(...ids).map(
    (id): Act =>
      (made) =>
        act(made, id),
  );

const email = "jo@x.example";
const visit = fc.tuple(fc.constantFrom(...ids), fc.constantFrom("W", "E", "Pay", "C", "Z"));
const plans = fc.constantFrom("pause", "resume", "rollback");
const often = 6;

const acts = fc.oneof(
  { weight: often, arbitrary: onSession(({ regraft }, id) => regraft.startSession({ scenarioId: "flow", id })) },
  {
    weight: often,
    arbitrary: visit.map(
      ([id, stepId]): Act =>
        async ({ regraft }) =>
          regraft.recordVisit(id, stepId, { version: (await regraft.session(id)).scenarioVersion }),
    ),
  },
  { weight: often, arbitrary: onSession(({ regraft }, id) => regraft.reconcile(id)) },
  { weight: often, arbitrary: onSession(({ regraft }, id) => regraft.provide(id, { email })) },
  {
    weight: often,
    arbitrary: fc.constant<Act>(async ({ regraft }, state) => {
      const [from, to] = [versions[state.live - 1], versions[state.live]];
      if (from === undefined || to === undefined) return;
      const { id } = await roll(regraft, from, to);
      state.planId = id;
      state.live += 1;
    }),
  },
  onSession(({ regraft }, id) => regraft.hold(id, by)),
  onSession(({ regraft }, id) => regraft.release(id, by)),
  onSession(({ regraft }, id) => regraft.undo(id, by)),
  onSession(({ regraft }, id) => regraft.unmark({ sessionId: id })),
  onSession(({ regraft }, id) => regraft.update(id, { status: "closed" })),
  onSession(({ regraft }, id) => regraft.eraseSession(id, { by: "ana", reason: "asked" })),
  plans.map(
    (name): Act =>
      async ({ regraft }, { planId }) =>
        planId === undefined ? undefined : regraft[name as "pause"](planId, by),
  ),
  fc.constant<Act>(async ({ regraft }) => regraft.ledger.seal()),
);

async function lived(life: readonly Act[]): Promise<Bench> {
  const made = bench();
  const state: Parameters<Act>[1] = { live: 1, planId: undefined };
  await made.regraft.publish(versions[0]);
  for (const act of life) {
    made.clock.advance(1000);
    await act(made, state).catch((error: unknown) => {
      if (!isRegraftError(error)) throw error;
    });
  }
  return made;
}

async function entriesOf({ regraft }: Bench): Promise<LedgerEntry[]> {
  const all: LedgerEntry[] = [];
  for await (const { subject } of regraft.ledger.streams())
    for await (const entry of regraft.ledger.entries(subject)) all.push(entry);
  return all;
}

function headOf({
  map: _,
  policies: __,
  summary: ___,
  lint: ____,
  mapping,
  effects,
  allowRepeat,
  data,
  ...head
}: Plan): ReplayedPlan {
  return head;
}

function placeOf({ id, scenarioId, scenarioVersion, stepId, status, revision, migration }: Session) {
  const { asked: _, found: __, resolution: ___, ...wait } = migration ?? {};
  return {
    id,
    scenarioId,
    version: scenarioVersion,
    stepId,
    status,
    revision,
    ...(migration === undefined ? {} : { migration: wait }),
  };
}

/** Marks that came after the last commit are not in the session's stream. */
function markOf({ pendingMigration }: Session, at: string): string | undefined {
  return pendingMigration !== undefined && pendingMigration.markedAt <= at ? pendingMigration.planId : undefined;
}

describe("replay", () => {
  it("tells from the ledger alone, in any order, what the engine has stored", async () => {
    const moves = { teleports: 0, erased: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(acts, { minLength: 8, maxLength: 30 }), fc.nat(), async (life, cut) => {
        const made = await lived(life);
        const { regraft } = made;
        const entries = await entriesOf(made);
        const at = cut % entries.length;
        const state: LedgerState = replay([...entries.slice(at), ...entries.slice(0, at).reverse()]);
        for (const { mark, at: told, tenantId: _, ...replayed } of state.sessions) {
          const session = await regraft.session(replayed.id);
          expect(replayed).toEqual(placeOf(session));
          expect(mark).toBe(markOf(session, told));
        }
        const known = await Promise.all(ids.map((id) => regraft.session(id).catch(() => undefined)));
        expect(state.sessions.length).toBe(known.filter((session) => session !== undefined).length);
        const { plans } = await regraft.plans.list({ limit: 100 });
        expect(state.plans).toEqual(plans.map(headOf));
        const [scenario] = state.scenarios;
        expect(scenario?.live).toBe(await regraft.liveVersion("flow"));
        expect(scenario?.versions.map(({ version }) => version)).toEqual(await regraft.versions("flow"));
        expect((await regraft.ledger.verify()).ok).toBe(true);
        moves.teleports += entries.filter(({ data }) => data.action === "teleport").length;
        moves.erased += entries.filter(({ erased }) => erased === true).length;
      }),
      { numRuns: 100, seed: 41 },
    );
    expect(moves.teleports).toBeGreaterThan(5);
    expect(moves.erased).toBeGreaterThan(10);
  });

  it.each([
    ["a missing entry", (all: LedgerEntry[]) => all.filter(({ seq }) => seq !== 2)],
    ["an entry that is there twice", (all: LedgerEntry[]) => [...all, ...all.filter(({ seq }) => seq === 2)]],
    ["a changed entry", (all: LedgerEntry[]) => all.map((one) => (one.seq === 2 ? { ...one, type: "x" } : one))],
  ])("refuses %s", async (_, change) => {
    const made = bench();
    await made.regraft.publish(versions[0]);
    await made.regraft.startSession({ scenarioId: "flow", id: "s1" });
    for (const stepId of ["C", "Z"]) await made.regraft.recordVisit("s1", stepId, { version: 1 });
    const entries = await entriesOf(made);
    try {
      replay(change(entries));
      expect.fail("was not refused");
    } catch (error) {
      expect(isRegraftError(error, "LEDGER.CHAIN_BROKEN") && error.details.seq).toBe(2);
    }
  });
});
