import type { ReconciliationResult } from "./api.js";
import { isLoose, type Loose, record, text, texts } from "./case.js";
import { readValue } from "./faults.js";
import type { Command, Verb } from "./script.js";
import { either } from "./spelling.js";
import type { Trace } from "./trace.js";
import type { World } from "./world.js";

const person = "operator";

/** The commands about sessions. */
export class SessionSteps {
  readonly #world: World;
  readonly #trace: Trace;
  #messages = 0;

  constructor(world: World, trace: Trace) {
    this.#world = world;
    this.#trace = trace;
  }

  async do(command: Command): Promise<void> {
    const deed = this.#deeds[command.verb];
    if (deed === undefined) return;
    for (const given of this.#named(command)) await deed(this.#world.idOf(given), command, given);
  }

  readonly #deeds: Readonly<Partial<Record<Verb, (id: string, command: Command, given: Loose) => Promise<void>>>> = {
    message: (id, command, given) => this.#message(id, command, given),
    answer: async (id, command) => this.#told(id, await this.#world.engine.provide(id, this.#answers(id, command))),
    confirm: async (id) => this.#confirm(id, true),
    decline: async (id) => this.#confirm(id, false),
    complete: async (id) => {
      const last = this.#lastOf(id);
      if (last?.action !== "execute_action") return;
      for (const stepId of last.stepIds)
        this.#told(id, await this.#world.engine.completeAction(id, stepId, { by: person }));
    },
    resolve: async (id) => {
      const given = record(either(this.#world.given, "resolve", "resolution"));
      const stepId = text(either(given, "step", "stepId", "choose", "map"));
      const action =
        text(given.action) ?? (given.map === undefined ? (stepId === undefined ? "hold" : "choose") : "map");
      const choice =
        action === "hold" || stepId === undefined
          ? { hold: true as const }
          : action === "map"
            ? { map: stepId }
            : { choose: stepId };
      this.#told(id, await this.#world.engine.resolve(id, choice, { by: person }));
    },
    hold: async (id) => {
      await this.#world.engine.hold(id, { by: person });
    },
    release: async (id) => {
      await this.#world.engine.release(id, { by: person });
    },
    unmark: async (id) => {
      await this.#world.engine.unmark({ sessionId: id });
    },
    suspend: async (id) => {
      await this.#world.engine.update(id, { status: "suspended" });
    },
    close: async (id) => {
      await this.#world.engine.update(id, { status: "closed" });
    },
  };

  /** The sessions that the words name, else all of them. */
  #named({ words }: Command): readonly Loose[] {
    const { sessions } = this.#world;
    const named = sessions.filter((given) =>
      new RegExp(`(^|[^\\w-])${this.#world.idOf(given)}([^\\w-]|$)`, "i").test(words),
    );
    return named.length > 0 ? named : sessions;
  }

  async #message(id: string, { together, again }: Command, given: Loose): Promise<void> {
    if (this.#world.given.restartBetween === true && this.#messages > 0) this.#world.restart();
    const engine = this.#world.of(this.#world.tenantOf(given));
    const sends = Array.from({ length: together ?? 1 }, () => {
      if (again !== true) this.#messages += 1;
      return engine.reconcile(id, { messageId: `message-${this.#messages}` });
    });
    for (const outcome of await Promise.allSettled(sends)) {
      if (outcome.status === "fulfilled") this.#told(id, outcome.value);
      else this.#trace.refuse(outcome.reason, "message");
    }
  }

  async #confirm(id: string, yes: boolean): Promise<void> {
    const last = this.#lastOf(id);
    if (last?.action !== "confirm") return;
    this.#told(id, await this.#world.engine.confirm(id, { [last.field]: yes }));
  }

  /** Values that the words give as `field = value` or the case gives apart; else some text for each field that was asked. */
  #answers(id: string, { words }: Command): Record<string, unknown> {
    const written = [...words.matchAll(/([\w-]+)\s*=\s*([^\s,;]+)/g)].map(
      ([, name = "", value = ""]) => [name, readValue(value)] as const,
    );
    if (written.length > 0) return Object.fromEntries(written);
    const apart = either(this.#world.given, "answers", "answer", "provide");
    if (isLoose(apart)) return { ...apart };
    const last = this.#lastOf(id);
    return Object.fromEntries(
      texts(last?.action === "collect" ? last.fields : []).map((field) => [field, `some ${field}`]),
    );
  }

  #lastOf(id: string): ReconciliationResult | undefined {
    return this.#trace.results.findLast(({ sessionId }) => sessionId === id)?.result;
  }

  #told(sessionId: string, result: ReconciliationResult): void {
    this.#trace.results.push({ sessionId, result });
  }
}
