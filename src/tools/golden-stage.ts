import type { ConfigurationInput } from "../contracts/types.js";
import { createRegraft, type Regraft } from "../engine/regraft.js";
import type { FieldSource } from "../ports/field-source.js";
import type { IdSource } from "../ports/id-source.js";
import type { Judge } from "../ports/judge.js";
import { memoryStore } from "../stores/memory.js";
import { Faults, type WholeStore } from "./golden-faults.js";

/** What a case is played on. */
export interface StageOptions {
  /** The first moment of its clock, as a timestamp. */
  readonly now: string;
  readonly config?: ConfigurationInput;
  readonly fieldSources?: readonly FieldSource[];
  readonly judge?: Judge;
}

/** A store in memory, a clock that stands still, ids that count, and an engine over them that can be restarted. */
export class GoldenStage {
  readonly faults = new Faults();
  /** The store itself, past all faults. */
  readonly raw: WholeStore;
  readonly #options: StageOptions;
  readonly #seen: WholeStore;
  readonly #ids = countedIds();
  #nowMs: number;
  #engine: Regraft;

  constructor(options: StageOptions) {
    this.#options = options;
    this.#nowMs = Date.parse(options.now);
    this.raw = memoryStore({ clock: this.clock });
    this.#seen = this.faults.over(this.raw);
    this.#engine = this.#open();
  }

  readonly clock = { now: () => this.#nowMs };

  /** The engine of a tenant. */
  engine(tenantId = ""): Regraft {
    return tenantId === "" ? this.#engine : this.#engine.forTenant(tenantId);
  }

  /** Moves the clock, by a negative number back. */
  advance(ms: number): void {
    this.#nowMs += ms;
  }

  /** A new engine over the same store, as after a restart of the process. */
  restart(): void {
    this.#engine = this.#open();
  }

  #open(): Regraft {
    const { config, fieldSources, judge } = this.#options;
    return createRegraft({
      store: this.#seen,
      clock: this.clock,
      ids: this.#ids,
      ...(config === undefined ? {} : { config }),
      ...(fieldSources === undefined ? {} : { fieldSources }),
      ...(judge === undefined ? {} : { judge }),
    });
  }
}

function countedIds(): IdSource {
  const counts = new Map<string, number>();
  return {
    next: (prefix) => {
      const count = (counts.get(prefix) ?? 0) + 1;
      counts.set(prefix, count);
      return `${prefix}-${count}`;
    },
  };
}
