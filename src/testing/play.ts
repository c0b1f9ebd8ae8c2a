import type { Session } from "../contracts/types.js";
import type { RehearsedSession } from "../engine/rehearse-session.js";
import type { Answering } from "./answering.js";

/** One session on its way through the questions. */
export class Play {
  readonly first: RehearsedSession;
  /** Fields that the person was asked for so far. */
  readonly questions: string[] = [];
  readonly #given = new Set<string>();
  #now: RehearsedSession;
  #session: Session;

  constructor(first: RehearsedSession) {
    [this.first, this.#now, this.#session] = [first, first, first.session];
  }

  /** The session with the answers so far. */
  get session(): Session {
    return this.#session;
  }

  /** What it comes to with them. */
  get now(): RehearsedSession {
    return this.#now;
  }

  goOn(next: RehearsedSession): void {
    this.#now = next;
  }

  /** Answers what is asked now; false if nothing is, or nothing that was not answered before. */
  answer(answering: Answering): boolean {
    const { decision, model } = this.#now;
    if (model === "needed") return false;
    for (const field of answering.askedOfPerson(decision))
      if (!this.questions.includes(field)) this.questions.push(field);
    const open = answering.open(decision).filter((field) => !this.#given.has(field));
    const answered = open.length === 0 ? undefined : answering.answered(this.#session, decision, open);
    if (answered === undefined) return false;
    for (const field of open) this.#given.add(field);
    this.#session = answered;
    return true;
  }
}
