import { defineScenario, isRegraftError, type Plan, type PlanTerms } from "./api.js";
import { isLoose, type Loose, list, record, text, texts } from "./case.js";
import { lacksFirst } from "./graphs.js";
import type { Command, Verb } from "./script.js";
import { either, policiesOf, scopeOf } from "./spelling.js";
import type { Trace } from "./trace.js";
import type { World } from "./world.js";

const dayMs = 86_400_000;
const operator = "operator";

/** Two versions as the case gives them. */
interface Pair {
  readonly from: Loose;
  readonly to: Loose;
}

function numbersOf({ from, to }: Pair): readonly [number, number] {
  return [Number(from.version), Number(to.version)];
}

/** The commands about versions and plans. */
export class PlanSteps {
  readonly #world: World;
  readonly #trace: Trace;
  /** Whether the case sets the policies with a command of its own. */
  readonly #amends: boolean;
  readonly #expires: boolean;

  constructor(world: World, trace: Trace, commands: readonly Command[]) {
    this.#world = world;
    this.#trace = trace;
    this.#amends = commands.some(({ verb }) => verb === "policies");
    this.#expires = commands.some(({ verb }) => verb === "expire");
  }

  async do(command: Command): Promise<void> {
    const { verb } = command;
    if (command.together !== undefined && verb !== "plan") {
      const outcomes = await Promise.allSettled(Array.from({ length: command.together }, () => this.#one(command)));
      for (const outcome of outcomes) if (outcome.status === "rejected") this.#trace.refuse(outcome.reason, verb);
      return;
    }
    await this.#one(command);
  }

  async #one(command: Command): Promise<void> {
    const deed = this.#deeds[command.verb];
    if (deed !== undefined) await deed(command);
  }

  readonly #deeds: Readonly<Partial<Record<Verb, (command: Command) => Promise<void>>>> = {
    plan: (command) => this.#forPairs(command, (pair) => this.#propose(pair)),
    approve: (command) => this.#forPlans(command, (plan) => this.#approve(plan)),
    reject: (command) =>
      this.#forPlans(command, ({ id }) => this.#world.engine.reject(id, { by: operator, reason: "not now" })),
    deploy: (command) => this.#deployAll(command),
    policies: (command) =>
      this.#forPlans(command, ({ id }) =>
        this.#world.engine.amend(id, { policies: this.#policies() ?? { "*": { updateDownstream: false } } }),
      ),
    rollback: (command) => this.#forPlans(command, ({ id }) => this.#world.engine.rollback(id, { by: operator })),
    pause: (command) => this.#forPlans(command, ({ id }) => this.#world.engine.pause(id, { by: operator })),
    resume: (command) => this.#forPlans(command, ({ id }) => this.#world.engine.resume(id, { by: operator })),
    publish: (command) => this.#publish(command),
    edit: (command) => this.#edit(command),
    restart: async () => this.#world.restart(),
    later: async ({ words }) => this.#world.later(Number(/\d+/.exec(words)?.[0] ?? 1) / (/hour/i.test(words) ? 24 : 1)),
    expire: async () => this.#world.later(2),
    list: () => this.#list(),
    clean: () => this.#clean(),
  };

  /** Pairs that a command is about: all neighbours, the one it names, or the first two versions. */
  #pairs({ everyHop, pair }: Command): Pair[] {
    const { graphs, given } = this.#world;
    const [first] = graphs;
    if (lacksFirst(given) && first !== undefined)
      return [{ from: { id: first.id, version: Number(first.version) - 1 }, to: first }];
    const neighbours = graphs.slice(1).flatMap((to, i) => ({ from: graphs[i] ?? to, to }));
    if (everyHop === true) return neighbours;
    if (pair === undefined) return neighbours.slice(0, 1);
    const [from, to] = pair.map((version) => this.#world.graph(version) ?? graphs[version - 1]);
    return from === undefined || to === undefined ? [] : [{ from, to }];
  }

  async #forPairs(command: Command, work: (pair: Pair) => Promise<void>): Promise<void> {
    // Every hop is planned, approved and deployed before the next: `deploy` does it.
    if (command.everyHop === true) return;
    for (const pair of this.#pairs(command)) await work(pair);
  }

  async #forPlans({ pair, everyHop, words }: Command, work: (plan: Plan) => Promise<Plan>): Promise<void> {
    if (everyHop === true) return;
    const known = /\b(both|all)\b/i.test(words) ? this.#trace.plans : [this.#trace.latest(pair)];
    const unknown = text(this.#world.given.planId) ?? "no-such-plan";
    for (const one of known) this.#trace.see(await work(await this.#world.plan(one?.id ?? unknown)));
  }

  async #propose(pair: Pair): Promise<void> {
    const { from, to } = pair;
    const expiry = this.#expires ? { expiresAt: new Date(this.#world.stage.clock.now() + dayMs).toISOString() } : {};
    const plan = await this.#world.engine.propose({
      from: Array.isArray(from.steps) ? defineScenario(from) : Number(from.version),
      to: defineScenario(to),
      by: operator,
      ...this.#terms(pair),
      ...expiry,
    });
    this.#trace.plans.push({ pair: numbersOf(pair), id: plan.id });
    this.#trace.see(plan);
  }

  /** Approves; where the library wants to know about reworded effects first, the operator says that they are other effects. */
  async #approve(plan: Plan): Promise<Plan> {
    const { engine } = this.#world;
    try {
      return await engine.approve(plan, { by: operator });
    } catch (error) {
      if (!isRegraftError(error, "PLAN.EFFECT_UNDECIDED")) throw error;
      const effects = Object.fromEntries(texts(error.details.stepIds).map((stepId) => [stepId, "other" as const]));
      this.#trace.notes.push(`effects answered as other: ${Object.keys(effects).join(", ")}`);
      return engine.approve(await engine.amend(plan, { effects: { ...plan.effects, ...effects } }), { by: operator });
    }
  }

  async #deployAll(command: Command): Promise<void> {
    if (command.everyHop !== true) {
      return this.#forPlans(command, ({ id }) => this.#world.engine.deploy(id));
    }
    const missing = list(either(this.#world.given, "missingPlans")).map((pair) => String(pair).replace(/\D+/g, "-"));
    for (const pair of this.#pairs(command)) {
      if (missing.includes(numbersOf(pair).join("-"))) await this.#world.engine.publish(defineScenario(pair.to));
      else await this.#hop(pair);
    }
  }

  async #hop(pair: Pair): Promise<void> {
    await this.#propose(pair);
    const known = this.#trace.latest(numbersOf(pair));
    if (known === undefined) return;
    this.#trace.see(await this.#approve(await this.#world.plan(known.id)));
    this.#trace.see(await this.#world.engine.deploy(known.id));
  }

  /** The terms of one hop: those under its name, and of all others those about steps it has; the first one gets them all. */
  #terms(pair: Pair): PlanTerms {
    const { given } = this.#world;
    const [from, to] = numbersOf(pair);
    const old = new Set(list(pair.from.steps).map((step) => record(step).id));
    const first = pair.from === this.#world.graphs[0];
    const own = (terms: unknown): Loose | undefined => {
      if (!isLoose(terms)) return undefined;
      const hop = terms[`${from}-${to}`];
      if (isLoose(hop)) return hop;
      const entries = Object.entries(terms).filter(
        ([key]) => !/^\d+-\d+$/.test(key) && (first || key === "*" || old.has(key)),
      );
      return entries.length === 0 ? undefined : Object.fromEntries(entries);
    };
    const mapping = own(first || isLoose(record(given.mapping)[`${from}-${to}`]) ? given.mapping : undefined);
    const effects = own(given.effects);
    const repeat = texts(given.allowRepeat ?? given.allow_repeat).filter((id) => old.has(id) || first);
    const policies = this.#amends ? undefined : own(this.#policies());
    const terms = {
      ...(policies === undefined ? {} : { policies }),
      ...(mapping === undefined ? {} : { mapping }),
      ...(effects === undefined ? {} : { effects }),
      ...(repeat.length === 0 ? {} : { allowRepeat: repeat }),
      ...(Array.isArray(given.data) ? { data: given.data } : {}),
    };
    // Invalid terms are passed on as they are: refusing them is the library's part.
    return terms as PlanTerms;
  }

  #policies(): PlanTerms["policies"] | undefined {
    const { given } = this.#world;
    const general = either(given, "scopeFilter", "filter", "scope");
    const named = Object.entries(given).flatMap(([key, value]) => {
      const hop = /^policies[\s_-]?(\d+)[\s_-]?(?:to)?[\s_-]?(\d+)$/i.exec(key);
      return hop === null || !isLoose(value) ? [] : [[`${hop[1]}-${hop[2]}`, policiesOf(value)]];
    });
    const policies = {
      ...(isLoose(general) ? { "*": { scope: scopeOf(general) } } : {}),
      ...(isLoose(given.policies) ? perHop(given.policies) : {}),
      ...Object.fromEntries(named),
    };
    return Object.keys(policies).length === 0 ? undefined : (policies as PlanTerms["policies"]);
  }

  async #publish({ version, words }: Command): Promise<void> {
    const newest = Number(this.#world.graphs.at(-1)?.version);
    const named = version ?? (/\b(v\d+)\b/i.test(words) ? undefined : newest);
    if (named !== undefined) await this.#publishVersion(named);
  }

  async #publishVersion(version: number): Promise<void> {
    const graph = this.#world.graph(version) ?? this.#world.graphs[version - 1];
    if (graph !== undefined) await this.#world.engine.publish(defineScenario(graph));
  }

  /** Somebody changes a version in place: the library refuses it, so it is done behind its back, in the store. */
  async #edit({ version, words }: Command): Promise<void> {
    const { given, raw, tenantId } = this.#world;
    const edits = Object.entries(given).flatMap(([key, value]) =>
      /^edit/i.test(key) && isLoose(value) ? [value] : [],
    );
    const wanted = version ?? Number(/\bv(\d+)/i.exec(words)?.[1] ?? Number.NaN);
    const graph = edits.find((edit) => edit.version === wanted) ?? edits[0];
    if (graph === undefined) return;
    const edited = defineScenario(graph);
    try {
      await this.#world.engine.publish(edited);
    } catch (error) {
      if (!isRegraftError(error, "SCENARIO.VERSION_TAKEN") && !isRegraftError(error, "SCENARIO.VERSION_NOT_GREATER"))
        throw error;
    }
    const subject = { kind: "scenario", tenantId, id: `${edited.id}@${edited.version}` };
    const before = await raw.pointer(subject);
    const tags = { scenarioId: edited.id, version: String(edited.version) };
    const { digest } = await raw.put({ ...subject, tags, body: edited });
    if (before !== undefined && before !== digest) await raw.cas(subject, before, digest);
    this.#world.restart();
  }

  async #clean(): Promise<void> {
    const { engine } = this.#world;
    const { dropped } = await engine.applyRetention(await engine.planRetention(), { by: operator });
    this.#trace.deleted = (this.#trace.deleted ?? 0) + dropped.filter(({ kind }) => kind === "plan").length;
  }

  async #list(): Promise<void> {
    const limit = Number(this.#world.given.limit ?? 50);
    const ids: string[] = [];
    let total = 0;
    let cursor: string | undefined;
    do {
      const page = await this.#world.engine.plans.list({ limit, ...(cursor === undefined ? {} : { cursor }) });
      ids.push(...page.plans.map((plan) => text(plan.id) ?? ""));
      total = page.total;
      cursor = page.cursor;
    } while (cursor !== undefined);
    this.#trace.list = { ids, total };
  }
}

/** Policies of one hop stay under its name; all others are by step. */
function perHop(policies: Loose): Loose {
  return Object.fromEntries(
    Object.entries(policies).map(([key, value]) =>
      /^\d+-\d+$/.test(key) ? [key, policiesOf(record(value))] : [key, policiesOf({ [key]: value })[key]],
    ),
  );
}
