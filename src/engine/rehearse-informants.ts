import { verdictIn } from "../fill/judge-verdict.js";
import type { FieldSource } from "../ports/field-source.js";
import type { Judge } from "../ports/judge.js";
import type { Verdict } from "../scenario/condition.js";
import type { Engine } from "./context.js";
import type { Informants } from "./informants.js";

/** Which models a rehearsal may ask. */
export interface ModelOptions {
  /** Ask the engine's judge; otherwise conditions in natural language stay undecided. */
  readonly judge?: boolean;
  /** Ask sources that read the conversation; otherwise they find nothing. */
  readonly conversation?: boolean;
}

/**
 * What one session of a rehearsal asks. Watches over models, the judge and the sources that read the conversation: they cost, and may
 * answer otherwise the next time.
 */
export class WatchedInformants implements Informants {
  readonly sources: readonly FieldSource[];
  readonly judge: Judge | undefined;
  /** Fields for which a source that reads the conversation would have been asked. */
  readonly unread = new Set<string>();
  /** What the judge has said. */
  readonly judged = new Map<string, Verdict>();
  readonly #threshold: number;
  #asked = false;

  constructor({ sources, judge, config }: Engine, options: ModelOptions) {
    this.#threshold = config.thresholds.judge;
    const mayRead = options.conversation === true;
    this.sources = sources.map((one) => (one.kind === "conversation" ? this.#watched(one, mayRead) : one));
    this.judge = options.judge === true && judge !== undefined ? this.#heard(judge) : undefined;
  }

  /** Whether a model was asked. */
  get asked(): boolean {
    return this.#asked;
  }

  #watched(source: FieldSource, mayRead: boolean): FieldSource {
    const { name, kind, costly } = source;
    return {
      name,
      kind,
      ...(costly === undefined ? {} : { costly }),
      find: async (request) => {
        if (mayRead) {
          this.#asked = true;
          return source.find(request);
        }
        for (const field of request.fields) this.unread.add(field.name);
        return [];
      },
    };
  }

  #heard(judge: Judge): Judge {
    return {
      judge: async (request) => {
        this.#asked = true;
        const answer = await judge.judge(request);
        const verdict = verdictIn(answer, this.#threshold);
        if (verdict === true || verdict === false) this.judged.set(request.condition, verdict);
        return answer;
      },
    };
  }
}
