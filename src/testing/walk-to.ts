import type { Scenario, Session } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { type CompiledScenario, compile } from "../scenario/compile.js";
import { recordVisit, startSession } from "../session/visits.js";
import { seededRandom } from "./random.js";
import { RunSearch } from "./run-search.js";
import { sampleValue } from "./sample.js";

/** Which walk is wanted. */
export interface WalkToOptions {
  /** Equal seeds give equal sessions; other seeds may take other ways and give other answers. */
  readonly seed: number;
  /** Values that the session has from the start; the walk never changes them. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** Default `s1`. */
  readonly id?: string;
  /** When the session enters the flow, in UTC; each visit is a minute later. Default the start of 2026. */
  readonly at?: string;
  readonly tenantId?: string;
  readonly channel?: string;
  readonly customerId?: string;
}

/**
 * Walks a session to a step along a run whose conditions all hold: its variables, visits and passed checkpoints fit together.
 *
 * What a step before the last one collects is known; what the last one collects is still open. A condition that reads a field which
 * no step on the way collects is decided by a value as the host would set it. Decisions of a judge and open choices go where they
 * have to. Of all runs it finds a short one.
 *
 * @param scenario - the version to walk
 * @param stepId - where the session shall stand
 * @returns a session that stands at the step
 * @throws RegraftError `SESSION.STEP_UNKNOWN` for a step that the version does not have; `TARGET.UNREACHABLE` if no run leads
 * there, with the conditions that stand in the way
 *
 * @remarks Pure: equal arguments give equal sessions. It tries the values that conditions compare with and a few others, so a
 * condition that only unlikely values satisfy may need `data`.
 *
 * @example
 * walkTo(v2, "offer", { seed: 1, data: { income: 100 } }).variables; // { income: 100 }
 *
 * @since 0.1.0
 * @public
 */
export function walkTo(scenario: Scenario, stepId: string, options: WalkToOptions): Session {
  const c = compile(scenario);
  const target = c.index.get(stepId);
  if (target === undefined) {
    throw new RegraftError("SESSION.STEP_UNKNOWN", `${scenario.id} version ${scenario.version} has no step ${stepId}`, {
      path: "/stepId",
      expected: `a step of ${scenario.id} version ${scenario.version}`,
      received: stepId,
    });
  }
  const { seed, data = {}, id = "s1", at = "2026-01-01T00:00:00Z", ...person } = options;
  const random = seededRandom(seed);
  const search = new RunSearch(c, target, random);
  const found = search.find(data, "asked") ?? search.find(data, "any");
  if (found === undefined) throw unreachable(c, stepId, search);
  const variables: Record<string, unknown> = { ...data, ...found.data };
  for (const step of found.visits.slice(0, -1)) {
    for (const name of c.steps[step]?.collects ?? []) {
      if (!Object.hasOwn(variables, name)) {
        variables[name] = sampleValue(c.fields.get(name) ?? { name, type: "string" }, random);
      }
    }
  }
  const start = Date.parse(at);
  const [, ...rest] = found.visits;
  return rest.reduce(
    (session, step, n) => {
      const enteredAt = new Date(start + (n + 1) * 60_000).toISOString();
      return recordVisit(session, c.scenario, c.steps[step]?.id ?? "", { at: enteredAt, turn: n + 1 });
    },
    startSession(c.scenario, { ...person, id, at, variables }),
  );
}

function unreachable({ scenario }: CompiledScenario, stepId: string, search: RunSearch): RegraftError {
  const inTheWay = search.inTheWay();
  const received =
    inTheWay.length > 0
      ? `${search.gaveUp ? "none found among many runs" : "none"}; not satisfied: ${inTheWay.slice(0, 5).join("; ")}`
      : "no transitions lead there";
  return new RegraftError(
    "TARGET.UNREACHABLE",
    `no run of ${scenario.id} version ${scenario.version} leads to ${stepId}`,
    {
      path: "/stepId",
      expected: "a run from the entry whose conditions hold",
      received,
    },
  );
}
