import type { Session } from "../contracts/types.js";
import type { PointerValue } from "../ports/session-store.js";
import type { Subject } from "../ports/subject.js";
import type { Engine } from "./context.js";
import { Lru } from "./lru.js";

/** Pointers that are read along with a session, whether or not its decision asks for them. */
const mostGuessed = 16;

function nameOf({ kind, id }: Subject): string {
  return JSON.stringify([kind, id]);
}

/**
 * The pointers that a decision rests on: which version is live, which plans there are, and what they are now. Those that decisions
 * asked for last come with the session, in one read; any other one is read when it is asked for.
 */
export class Heads {
  readonly #engine: Engine;
  readonly #guesses: Lru<Subject>;
  readonly #read = new Map<string, PointerValue>();
  readonly #used = new Map<string, PointerValue>();

  constructor(engine: Engine) {
    const { heads } = engine.cache;
    this.#engine = engine;
    this.#guesses = heads.get(engine.tenantId) ?? heads.set(engine.tenantId, new Lru(mostGuessed));
  }

  /** Reads a session, and with it the pointers that it may need. */
  async read(id: string, getWith: NonNullable<Engine["sessions"]["getWith"]>): Promise<Session | undefined> {
    const { session, pointers } = await getWith({ tenantId: this.#engine.tenantId, id }, this.#guesses.values());
    for (const one of pointers) this.#read.set(nameOf(one.pointer), one);
    return session;
  }

  /** The value of a pointer; the write has to find it still the same. */
  async value(pointer: Subject): Promise<string | undefined> {
    const name = nameOf(pointer);
    const known = this.#read.get(name) ?? (await this.#present(pointer));
    this.#read.set(name, known);
    this.#used.set(name, known);
    this.#guesses.set(name, pointer);
    return known.value;
  }

  /** What the decision has asked for. */
  get used(): readonly PointerValue[] {
    return [...this.#used.values()];
  }

  async #present(pointer: Subject): Promise<PointerValue> {
    const value = await this.#engine.records.pointer(pointer);
    return value === undefined ? { pointer } : { pointer, value };
  }
}
