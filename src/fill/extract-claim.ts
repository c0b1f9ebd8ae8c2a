import type { FieldView } from "./extract-field.js";
import type { Found } from "./normal-text.js";

/** What a turn says about a field. */
export interface Claim {
  readonly view: FieldView;
  readonly turn: number;
  readonly start: number;
  readonly end: number;
  /** In the form in which values are compared. */
  readonly value: unknown;
  readonly confidence: number;
  readonly acceptedIn?: number;
  /** Accepted as a part of something else that was offered: "a flat for 900 a month". */
  readonly aside?: true;
  /** The assistant said the same afterwards and was not contradicted. */
  readonly echoed?: boolean;
}

/** Something that was said about a field, in the order in which it was said. */
export interface ClaimEvent {
  readonly what: "claim" | "deny" | "doubt";
  readonly view: FieldView;
  /** The turn of the person that settled it. */
  readonly settled: number;
  /** Where the words stand; absent where only doubt was cast. */
  readonly words?: { readonly turn: number; readonly start: number; readonly end: number };
  readonly confidence: number;
  /** The assistant said it, and the person accepted. */
  readonly accepted: boolean;
  readonly aside: boolean;
}

const plain = { accepted: false, aside: false } as const;

/** What stands for each field after all turns: the last claim that is sure enough; weaker ones that contradict it make it less sure. */
export class Claims {
  readonly #by = new Map<FieldView, Claim>();
  readonly #log: ClaimEvent[] = [];

  /** Everything that was said, also what did not last. */
  get log(): readonly ClaimEvent[] {
    return this.#log;
  }

  get(view: FieldView): Claim | undefined {
    return this.#by.get(view);
  }

  all(): Claim[] {
    return [...this.#by.values()];
  }

  add(claim: Claim): void {
    const { view, turn, start, end, confidence } = claim;
    this.#log.push({
      what: "claim",
      view,
      settled: claim.acceptedIn ?? turn,
      words: { turn, start, end },
      confidence,
      accepted: claim.acceptedIn !== undefined,
      aside: claim.aside === true,
    });
    const before = this.#by.get(claim.view);
    if (before === undefined) {
      this.#by.set(claim.view, claim);
      return;
    }
    if (before.value === claim.value) {
      const better = claim.confidence >= before.confidence ? claim : before;
      const agreed = Math.max(claim.confidence, before.confidence) + 0.01;
      this.#by.set(claim.view, { ...better, confidence: Math.min(0.98, agreed), echoed: before.echoed === true });
      return;
    }
    if (claim.acceptedIn !== undefined && before.acceptedIn === undefined && before.confidence >= 0.85) {
      // Whoever agrees to a thing does not take back what they said themselves, as far as anybody can tell.
      if (claim.aside === true) return;
      this.#by.set(claim.view, { ...claim, confidence: Math.min(claim.confidence, 0.9) });
      return;
    }
    if (before.turn === claim.turn && before.confidence - claim.confidence >= 0.04) return;
    if (claim.confidence >= 0.85 || claim.confidence >= before.confidence) {
      const wavering = before.confidence >= 0.85 && claim.confidence < 0.93;
      this.#by.set(claim.view, wavering ? { ...claim, confidence: Math.min(claim.confidence, 0.9) } : claim);
    } else if (claim.confidence >= 0.6) {
      this.#by.set(claim.view, { ...before, confidence: Math.min(before.confidence, 0.9) });
    }
  }

  /** The assistant said the same. */
  echo(view: FieldView, value: unknown): void {
    const claim = this.#by.get(view);
    if (claim === undefined || claim.value !== value || claim.echoed === true || claim.confidence < 0.75) return;
    this.#by.set(view, { ...claim, echoed: true, confidence: Math.min(0.98, claim.confidence + 0.04) });
  }

  /** Something was said that may have changed it. */
  doubt(view: FieldView, turn: number): void {
    this.#log.push({ what: "doubt", view, settled: turn, confidence: 0, ...plain });
    const claim = this.#by.get(view);
    if (claim !== undefined) this.#by.set(view, { ...claim, confidence: Math.min(claim.confidence, 0.9) });
  }

  /** It is said that it is not this. */
  deny(view: FieldView, turn: number, { start, end, value }: Found<unknown>): void {
    this.#log.push({ what: "deny", view, settled: turn, words: { turn, start, end }, confidence: 1, ...plain });
    if (this.#by.get(view)?.value === value) this.#by.delete(view);
  }
}
