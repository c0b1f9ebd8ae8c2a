import {
  createRegraft,
  defineScenario,
  GoldenStage,
  type Judge,
  type Plan,
  type Regraft,
  type Scenario,
  type Session,
} from "./api.js";
import { count, isLoose, type Loose, record, text, texts } from "./case.js";
import { type CaseFaults, crashOf, type Store, turnIn, withFaults } from "./faults.js";
import { definitionsFor, RecordedReader, sourcesOf } from "./fill-sources.js";
import { lacksFirst, versionsOf } from "./graphs.js";
import type { Verb } from "./script.js";
import { recordLater, sessionOf, walkOf } from "./sessions.js";
import { configurationOf, either } from "./spelling.js";

const defaultNow = "2025-06-01T00:00:00Z";
const dayMs = 86_400_000;

/** One case's stores, clock and engine, with the graphs and sessions it gives. */
export class World {
  readonly given: Loose;
  readonly graphs: readonly Loose[];
  readonly tenantId: string;
  readonly scenarioId: string;
  readonly stage: GoldenStage;
  /** The customer's profile, as the sessions leave it. */
  readonly profile: Record<string, unknown>;
  readonly reader: RecordedReader;
  readonly #faults: CaseFaults;

  constructor(given: Loose, when = "") {
    this.given = given;
    const graphs = versionsOf(given);
    this.graphs =
      given.conversation === undefined ? graphs : graphs.map((graph) => ({ ...definitionsFor(graph), ...graph }));
    const [first] = sessionsOf(given);
    this.tenantId = text(given.tenant) ?? text(either(first ?? {}, "tenant", "tenantId")) ?? "";
    this.scenarioId = text(given.scenario) ?? text(this.graphs[0]?.id) ?? "flow";
    const crash = crashOf(given.crash ?? (/\bcrash/i.test(when) ? when : undefined));
    const pages = crash?.pageSize === undefined ? {} : { markPageSize: crash.pageSize };
    const retention = count(given.retentionDays);
    const kept = retention === undefined ? {} : { planRetentionDays: retention };
    const judge = judgeOf(given);
    this.profile = { ...record(given.profile) };
    this.reader = new RecordedReader(given);
    this.stage = new GoldenStage({
      now: text(given.now) ?? defaultNow,
      config: { ...pages, ...configurationOf({ ...kept, ...record(given.config) }) },
      fieldSources: [...sourcesOf(this.profile), ...this.reader.sources],
      ...(judge === undefined ? {} : { judge }),
    });
    const turns = texts(given.interleave).flatMap((line) => turnIn(line) ?? []);
    this.#faults = withFaults(this.stage.faults, crash, turns.length === 0 ? undefined : () => this.#saveTurns(turns));
  }

  /** The store itself, past all faults. */
  get raw(): Store {
    return this.stage.raw;
  }

  get regraft(): Regraft {
    return this.stage.engine();
  }

  /** From now on the faults of the case that concern such a command may happen. */
  arm(verb: Verb): void {
    if (verb !== "deploy" && verb !== "message") return;
    const lines = texts(this.given.interleave).join(" ").toLowerCase();
    if (verb === "message" || !/\breconcil|\bmessage/.test(lines)) this.#faults.armTurns();
    this.#faults.armCrash(verb);
  }

  /** A new engine over the same store, as after a restart of the process. */
  restart(): void {
    this.stage.advance(60_000);
    this.stage.restart();
  }

  /** The engine of a tenant. */
  of(tenantId: string): Regraft {
    return this.stage.engine(tenantId);
  }

  get engine(): Regraft {
    return this.of(this.tenantId);
  }

  /** A plan that has to exist; asking for it is refused as the library refuses it. */
  async plan(id: string): Promise<Plan> {
    const plan = await this.engine.plans.get(id);
    if (plan !== undefined) return plan;
    await this.engine.status(id);
    throw new TypeError(`plan ${id} has a status and is not there`);
  }

  later(days: number): void {
    this.stage.advance(days * dayMs);
  }

  graph(version: number): Loose | undefined {
    return this.graphs.find((graph) => graph.version === version);
  }

  /** A version of a scenario; a copy of the nearest given graph where the case gives none under that name. */
  scenario(scenarioId: string, version: number): Scenario {
    const own = this.graphs.find((graph) => graph.id === scenarioId && graph.version === version);
    const model = own ?? this.graph(version) ?? this.graphs[0];
    if (model === undefined) throw new TypeError(`no graph for ${scenarioId} version ${version}`);
    return defineScenario({ ...model, id: scenarioId, version });
  }

  /** Publishes the versions that the sessions walk, and the first one. */
  async publishWalked(): Promise<void> {
    const first = lacksFirst(this.given) ? undefined : this.graphs[0];
    const walked = [
      ...this.sessions,
      ...(first === undefined ? [] : [{ version: first.version, scenario: this.scenarioId }]),
    ];
    const current = count(either(this.given, "current", "currentVersion", "live", "liveVersion"));
    const wanted = walked
      .map((session) => ({ tenantId: this.tenantOf(session), ...walkOf(session, this.defaults) }))
      .filter(({ version }) => current === undefined || version <= current)
      .sort((a, b) => a.version - b.version);
    const done = new Set<string>();
    for (const { tenantId, scenarioId, version } of wanted) {
      const key = JSON.stringify([tenantId, scenarioId, version]);
      if (done.has(key)) continue;
      done.add(key);
      await this.of(tenantId).publish(this.scenario(scenarioId, version));
    }
  }

  async importSessions(): Promise<void> {
    const markedAt = text(either(this.given, "markedAtStep"));
    for (const given of this.sessions) {
      const { scenarioId, version } = walkOf(given, this.defaults);
      const find = (id: string, number: number) => this.scenario(id, number);
      const early = markedAt === undefined ? given : recordLater(given, markedAt).before;
      await this.of(this.tenantOf(given)).importSession(sessionOf(early, this.scenario(scenarioId, version), find));
    }
  }

  /** What the sessions do between the marking and the next message. */
  async moveOn(): Promise<void> {
    const markedAt = text(either(this.given, "markedAtStep"));
    for (const given of this.sessions) {
      const after = record(record(this.given.afterMark)[this.idOf(given)]);
      const steps = [
        ...(markedAt === undefined ? [] : recordLater(given, markedAt).after),
        ...texts(after.historyAppend),
      ];
      const step = text(either(after, "step", "stepId"));
      if (step !== undefined && steps.at(-1) !== step) steps.push(step);
      await this.#walk(this.idOf(given), this.tenantOf(given), steps, record(after.variables));
    }
  }

  get sessions(): readonly Loose[] {
    return sessionsOf(this.given);
  }

  idOf(given: Loose): string {
    return text(given.id) ?? "s1";
  }

  tenantOf(given: Loose): string {
    return text(either(given, "tenant", "tenantId")) ?? this.tenantId;
  }

  get defaults(): { scenarioId: string; version: number } {
    const version = count(this.given.fromVersion) ?? count(this.graphs[0]?.version) ?? 1;
    return { scenarioId: this.scenarioId, version };
  }

  async #walk(id: string, tenantId: string, steps: readonly string[], variables: Session["variables"]): Promise<void> {
    for (const stepId of steps) {
      const session = await this.raw.get({ tenantId, id });
      if (session === undefined) return;
      await this.of(tenantId).recordVisit(id, stepId, { version: session.scenarioVersion });
    }
    if (Object.keys(variables).length > 0) await this.of(tenantId).update(id, { variables });
  }

  /** What another process saves meanwhile, past all faults. */
  async #saveTurns(
    turns: readonly { sessionId: string; step?: string; variables: Session["variables"] }[],
  ): Promise<void> {
    const other = createRegraft({ store: this.raw, clock: this.stage.clock });
    const engine = this.tenantId === "" ? other : other.forTenant(this.tenantId);
    for (const { sessionId, step, variables } of turns) {
      const session = await this.raw.get({ tenantId: this.tenantId, id: sessionId });
      if (session === undefined) continue;
      await engine.recordVisit(sessionId, step ?? session.stepId, { version: session.scenarioVersion, variables });
    }
  }
}

/** The sessions of a case; `{ count: n, ... }` stands for so many of the kind. */
function sessionsOf(given: Loose): Loose[] {
  const groups = [given.sessions, given.session, given.sessionCount].flatMap((group) => {
    if (typeof group === "number") return [{ count: group }];
    return Array.isArray(group) ? group : [group];
  });
  return groups.filter(isLoose).flatMap((group) => {
    const size = count(group.count);
    if (size === undefined) return [group];
    return Array.from({ length: size }, (_, i): Loose => ({ ...group, id: `${text(group.id) ?? "s"}${i + 1}` }));
  });
}

/** Answers to conditions in natural language, by their text. */
function judgeOf(given: Loose): Judge | undefined {
  const answers = either(given, "judge", "judgeAnswers", "judged");
  if (!isLoose(answers)) return undefined;
  return {
    judge: async ({ condition }) => {
      const answer = answers[condition];
      return answer === true || answer === false ? answer : "unknown";
    },
  };
}
