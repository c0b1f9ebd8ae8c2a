import type { Regraft } from "../../src/engine/regraft.js";
import { isRegraftError } from "../../src/errors.js";
import { seededRandom } from "../../src/testing/random.js";
import type { OwnersWrite } from "./check-tenant.js";
import { idOf, shuffled, v1, v2 } from "./flow.js";
import { deploy } from "./story.js";

/** One process in a storm. */
export interface StormTask {
  /** From 0; number 0 deploys the plan first. */
  readonly process: number;
  /** How many processes had its place before and were killed. */
  readonly generation: number;
  readonly seed: number;
  readonly sessions: number;
}

const passing = ["STORE.UNAVAILABLE", "SESSION.CONFLICT", "STORE.CONFLICT", "STORE.LEASE_HELD"] as const;
const longestWaitMs = 50;

function isPassing(error: unknown): boolean {
  return passing.some((code) => isRegraftError(error, code));
}

const steps = new Map([v1, v2].map(({ version, steps: all }) => [version, all.map(({ id }) => id)]));

/** One of the processes that bring the same messages to the same sessions, and write to them as their owner. */
export class Stormer {
  private readonly random;
  private written = 0;

  constructor(
    private readonly regraft: Regraft,
    private readonly task: StormTask,
    private readonly acknowledge: (write: OwnersWrite) => void,
  ) {
    this.random = seededRandom(task.seed);
  }

  /** Messages, answers and owners' writes in an order of its own; every tenth move is taken back; then messages again. */
  async run(): Promise<void> {
    const { process: place, sessions, seed } = this.task;
    if (place === 0) await this.patiently(() => deploy(this.regraft));
    const numbers = shuffled(sessions, seed);
    for (const number of numbers) {
      await this.message(number, "first");
      if (this.random.chance(0.5)) await this.own(idOf(number));
    }
    await this.patiently(async () => {
      const [plan] = (await this.regraft.plans.list()).plans;
      if (plan?.marking?.done !== true) throw new Error("the plan is not deployed yet");
    }, true);
    for (const number of numbers) await this.message(number, "second");
    for (const number of numbers.filter((one) => one % 10 === 0)) {
      await this.patiently(() => this.regraft.undo(idOf(number), { by: "ana" }));
      await this.message(number, "third");
    }
  }

  private async message(number: number, which: string): Promise<void> {
    const id = idOf(number);
    const { action } = await this.patiently(() => this.regraft.reconcile(id, { messageId: `${which}-${id}` }));
    if (action !== "collect") return;
    const answer = () => this.regraft.provide(id, { email: "ana@example.org" }, { messageId: `answer-${id}` });
    await this.patiently(async () => {
      try {
        await answer();
      } catch (error) {
        // Somebody else has brought the answer meanwhile, and the session has moved.
        if (!isRegraftError(error, "ANSWER.NOT_ASKED")) throw error;
      }
    });
  }

  /** A write of the owner. It is not repeated where nobody knows what became of it. */
  private async own(id: string): Promise<void> {
    const { process: place, generation } = this.task;
    this.written += 1;
    const turn = (place * 100 + generation) * 100_000 + this.written;
    try {
      if (this.random.chance(0.5)) {
        const variable = `w${turn}`;
        await this.regraft.update(id, { variables: { [variable]: true } });
        this.acknowledge({ id, variable });
        return;
      }
      const { scenarioVersion: version, stepId } = await this.regraft.session(id);
      const known = steps.get(version) ?? [];
      const next = known[known.indexOf(stepId) + 1] ?? stepId;
      await this.regraft.recordVisit(id, this.random.chance(0.2) ? next : stepId, { version, turn });
      this.acknowledge({ id, turn });
    } catch (error) {
      if (!isPassing(error) && !isRegraftError(error, "SESSION.VERSION_MOVED")) throw error;
    }
  }

  private async patiently<T>(work: () => Promise<T>, always = false): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!always && !isPassing(error)) throw error;
        await new Promise((done) => setTimeout(done, this.random.integer(longestWaitMs)));
      }
    }
  }
}
