import { describe, expect, it } from "vitest";
import type { Machine } from "../../src/contracts/machine.js";
import {
  breakerMachine,
  deadLetterMachine,
  flagMachine,
  planningMachine,
  rolloutMachine,
  runMachine,
  sessionMigrationMachine,
} from "../../src/contracts/machine-tables.js";
import { planLifecycle } from "../../src/plan/lifecycle.js";

/** The legal moves of each machine: "state event -> next state". Every pair that is not listed is illegal. */
const legal: Record<string, readonly [Machine<string, string>, string]> = {
  plan: [
    planLifecycle,
    `pending approve approved, pending reject rejected, pending supersede superseded, pending expire expired,
     approved start_canary canary, approved deploy deployed, approved reject rejected, approved supersede superseded,
     approved expire expired, canary start_canary canary, canary deploy deployed, canary pause paused,
     canary roll_back rolled_back, canary supersede superseded, paused resume canary, paused deploy deployed,
     paused roll_back rolled_back, paused supersede superseded, deployed pause paused, deployed roll_back rolled_back,
     deployed supersede superseded, deployed expire expired`,
  ],
  "session migration": [
    sessionMigrationMachine,
    `none mark marked, none move none, none ask awaiting, none block blocked, none refer review, none hold held, none undo held,
     none exit over, none close over,
     marked mark marked, marked unmark none, marked move none, marked ask awaiting, marked block blocked, marked refer review,
     marked hold held, marked undo held, marked exit over, marked close over,
     awaiting mark awaiting, awaiting unmark awaiting, awaiting move none, awaiting ask awaiting, awaiting block blocked,
     awaiting refer review, awaiting hold held, awaiting undo held, awaiting exit over, awaiting close over,
     blocked mark blocked, blocked unmark blocked, blocked move none, blocked ask awaiting, blocked block blocked,
     blocked refer review, blocked hold held, blocked undo held, blocked exit over, blocked close over,
     review mark review, review unmark review, review move none, review ask awaiting, review block blocked, review refer review,
     review hold held, review undo held, review exit over, review close over,
     held mark held, held unmark held, held hold held, held undo held, held release none, held refer review, held exit over,
     held close over`,
  ],
  planning: [
    planningMachine,
    `analyze complete propose, propose complete select, select complete expand, expand complete review,
     review clear final_review, review findings revise, review reopen revise, revise complete re_review,
     re_review clear final_review, re_review reopen revise, final_review approve ready,
     final_review approve_needs_human ready_awaiting_human, final_review reject skipped, final_review reopen revise,
     ready reopen revise, ready_awaiting_human review_passed ready, ready_awaiting_human reopen revise`,
  ],
  rollout: [
    rolloutMachine,
    `waiting start wave, waiting roll_back rolled_back, wave advance wave, wave inconclusive paused, wave pause paused,
     wave promote promoted, wave roll_back rolled_back, paused resume wave, paused roll_back rolled_back,
     promoted roll_back rolled_back`,
  ],
  breaker: [
    breakerMachine,
    `closed succeed closed, closed fail closed, closed trip open, open probe half_open, half_open succeed closed,
     half_open fail open`,
  ],
  "dead letter": [
    deadLetterMachine,
    "parked requeue requeued, parked discard discarded, requeued succeed resolved, requeued fail parked",
  ],
  flag: [
    flagMachine,
    `opt_in stabilize default, default deprecate deprecated, default revert opt_in, deprecated remove removed,
     deprecated revert default`,
  ],
  run: [runMachine, "running succeed succeeded, running fail failed, running abort aborted"],
};

function movesOf(text: string): Map<string, string> {
  const triples = text.split(",").map((move) => move.trim().split(/\s+/));
  return new Map(triples.map(([state = "", event = "", next = ""]) => [`${state} ${event}`, next]));
}

describe.each(Object.entries(legal))("machine of a %s", (name, [machine, text]) => {
  const moves = movesOf(text);
  const pairs = machine.states.flatMap((state) => machine.events.map((event) => ({ state, event })));
  const code = name === "plan" ? "PLAN.ILLEGAL_TRANSITION" : "STATE.ILLEGAL_TRANSITION";

  it.each(pairs)("in $state at $event", ({ state, event }) => {
    const next = moves.get(`${state} ${event}`);
    expect(machine.next(state, event)).toBe(next);
    if (next === undefined) {
      expect(() => machine.assert(state, event)).toThrow(
        expect.objectContaining({ code, details: expect.objectContaining({ from: state, event }) }),
      );
    } else expect(machine.assert(state, event)).toBe(next);
  });

  it("lists no move of an unknown state or event", () => {
    const known = new Set(pairs.map(({ state, event }) => `${state} ${event}`));
    expect([...moves.keys()].filter((key) => !known.has(key))).toEqual([]);
    expect([...moves.values()].filter((next) => !machine.states.includes(next))).toEqual([]);
  });

  it("reaches every state from its first one", () => {
    const reached = new Set([machine.initial]);
    for (const state of reached) {
      for (const event of machine.allowed(state)) reached.add(machine.assert(state, event));
    }
    expect([...reached].sort()).toEqual([...machine.states].sort());
  });
});
