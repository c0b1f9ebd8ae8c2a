import type { GateMetric, Plan } from "../contracts/types.js";
import { gateMetrics } from "../ledger/gate-guards.js";
import type { Engine } from "./context.js";
import { rehearse } from "./rehearse.js";
import type { ModelOptions } from "./rehearse-informants.js";
import type { RehearsedSession } from "./rehearse-session.js";

/** What a rehearsal of a plan measures for its gate. */
export interface PlanMeasures {
  readonly metrics: Readonly<Record<string, GateMetric>>;
  /** Steps of the new version on which sessions would be put, or are on their way to. */
  readonly targets: readonly string[];
}

class Measuring {
  #sessions = 0;
  #questions = 0;
  #blocked = 0;
  #failed = 0;
  readonly #targets = new Set<string>();
  readonly #images: ReadonlyMap<string, string>;

  constructor({ map }: Plan) {
    const certain = map.pairs.filter(({ relation }) => relation !== "suggested" && relation !== "proposed");
    this.#images = new Map(certain.map(({ from, to }) => [from, to]));
  }

  fail(): void {
    this.#sessions += 1;
    this.#failed += 1;
  }

  add({ session: { stepId }, decision, model }: RehearsedSession): void {
    this.#sessions += 1;
    // What hangs on a model that was not asked is not known.
    if (model === "needed") this.#failed += 1;
    if (decision.action === "blocked" || decision.action === "review") this.#blocked += 1;
    if (decision.action === "teleport") this.#targets.add(decision.stepId);
    const asked = decision.action === "collect" ? decision.fields.length : decision.action === "confirm" ? 1 : 0;
    this.#questions = Math.max(this.#questions, asked);
    const waits = asked > 0 || decision.action === "execute_action";
    const image = waits ? this.#images.get(stepId) : undefined;
    if (image !== undefined) this.#targets.add(image);
  }

  sum(): PlanMeasures {
    const sample = this.#sessions;
    const share = (count: number): GateMetric => ({ value: sample === 0 ? 0 : count / sample, sample });
    return {
      metrics: {
        [gateMetrics.sessions]: { value: sample, sample },
        [gateMetrics.questionsPerSession]: { value: this.#questions, sample },
        [gateMetrics.blockedRatio]: share(this.#blocked),
        [gateMetrics.failureRatio]: share(this.#failed),
      },
      targets: [...this.#targets].sort(),
    };
  }
}

/** Rehearses a stored plan over all its sessions. O(sessions); nothing is kept of them. */
export async function measured(engine: Engine, plan: Plan, models: ModelOptions): Promise<PlanMeasures> {
  const measuring = new Measuring(plan);
  await rehearse(engine, plan.id, {
    ...models,
    sampleSize: 0,
    onSession: (session) => measuring.add(session),
    onFailure: () => measuring.fail(),
  });
  return measuring.sum();
}
