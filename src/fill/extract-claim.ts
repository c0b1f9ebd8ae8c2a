import type { FieldView } from "./extract-field.js";

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
  /** The assistant said the same afterwards and was not contradicted. */
  readonly echoed?: boolean;
}

/** What stands for each field after all turns: the last claim that is sure enough; weaker ones that contradict it make it less sure. */
export class Claims {
  readonly #by = new Map<FieldView, Claim>();

  get(view: FieldView): Claim | undefined {
    return this.#by.get(view);
  }

  all(): Claim[] {
    return [...this.#by.values()];
  }

  add(claim: Claim): void {
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
  doubt(view: FieldView): void {
    const claim = this.#by.get(view);
    if (claim !== undefined) this.#by.set(view, { ...claim, confidence: Math.min(claim.confidence, 0.9) });
  }

  /** It is said that it is not this. */
  deny(view: FieldView, value: unknown): void {
    if (this.#by.get(view)?.value === value) this.#by.delete(view);
  }
}
