import type { Plan, PlanRollout } from "../contracts/types.js";
import { validate } from "../contracts/validate.js";
import { RegraftError } from "../errors.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import { sha256Hex } from "../hash/sha256.js";

/** What a rollout keeps to where it says nothing. */
export const rolloutDefaults = Object.freeze({ minSample: 20, bakeMs: 30 * 60_000, maxFailureRatio: 0.05 });

/** Parts into which the sessions of a plan are divided; a hundredth of a percent each. */
const buckets = 10_000;

/**
 * Checks the waves in which a plan reaches its sessions and freezes a copy of them. They rise, and the last one is everybody.
 *
 * @throws RegraftError `SCHEMA.INVALID` with the path of the first fault, `INPUT.INVALID` for waves that do not rise to 100
 *
 * @example
 * defineRollout({ waves: [1, 10, 50, 100] }).waves.length; // 4
 *
 * @since 0.2.0
 * @public
 */
export function defineRollout(json: PlanRollout): PlanRollout {
  const rollout = frozenCopy(validate("plan-rollout", json)) as PlanRollout;
  const { waves } = rollout;
  const falling = waves.findIndex((percent, at) => at > 0 && percent <= (waves[at - 1] ?? 0));
  if (falling !== -1) throw wrong(falling, `more than ${waves[falling - 1]}`, waves[falling]);
  if (waves.at(-1) !== 100) throw wrong(waves.length - 1, "100, which is everybody", waves.at(-1));
  return rollout;
}

function wrong(at: number, expected: string, received: number | undefined): RegraftError {
  return new RegraftError("INPUT.INVALID", "the waves of a rollout rise to 100 percent", {
    path: `/waves/${at}`,
    expected,
    received: String(received),
  });
}

/**
 * Whether a session belongs to the first so many percent of a plan's sessions. Who is among them depends on the ids alone, so it is
 * the same in every process, and whoever is reached by a wave is reached by all later ones.
 *
 * @param percent - from 0 to 100, in steps of 0.01
 * @remarks Pure. One hash.
 *
 * @example
 * inCohort("plan-1", "session-1", 100); // true
 *
 * @since 0.2.0
 * @public
 */
export function inCohort(planId: string, sessionId: string, percent: number): boolean {
  if (percent >= 100) return true;
  const digits = sha256Hex(JSON.stringify([planId, sessionId])).slice(0, 16);
  return BigInt(`0x${digits}`) % BigInt(buckets) < BigInt(Math.round((percent * buckets) / 100));
}

/** Whether a plan moves sessions now: all of them, or those that its wave has reached. */
export function reachesSessions({ status, wave }: Pick<Plan, "status" | "wave">): boolean {
  return status === "deployed" || (status === "canary" && wave !== undefined);
}

/** Whether the rollout of a plan has come to a session. */
export function waveReaches({ id, wave }: Pick<Plan, "id" | "wave">, sessionId: string): boolean {
  return wave === undefined || inCohort(id, sessionId, wave.percent);
}
