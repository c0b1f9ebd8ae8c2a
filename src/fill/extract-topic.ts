import type { FieldView } from "./extract-field.js";
import { isContent, type SenseToken } from "./normal-words.js";

/** Turns over which a word counts in full. */
const lately = 6;

/** What a conversation was about so far: which words of the fields were said, and when. */
export class Topics {
  readonly #said = new Map<string, number>();
  #now = 0;

  /** Takes in what was said in a turn, by either side. */
  hear(turn: number, words: readonly SenseToken[]): void {
    this.#now = turn;
    for (const word of words) if (isContent(word)) this.#said.set(word.sense, turn);
  }

  /** A value of the field was given: then its words are what it is about, even if nobody said them. */
  touch({ words }: FieldView): void {
    for (const sense of words.keys()) this.#said.set(sense, this.#now);
  }

  /** Which part of the field's words was said, from 0 to 1; a half if it has none. What was said long ago counts half. */
  of({ words }: FieldView): number {
    let all = 0;
    let heard = 0;
    for (const [sense, weight] of words) {
      if (sense === "begin" || sense === "end") continue;
      all += weight;
      const last = this.#said.get(sense);
      if (last !== undefined) heard += this.#now - last <= lately ? weight : weight / 2;
    }
    return all === 0 ? 0.5 : heard / all;
  }
}
