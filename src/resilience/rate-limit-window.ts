/** What was used, and when; what is older than the window does not count. */
export class RollingWindow {
  readonly #windowMs: number;
  #entries: { at: number; amount: number }[] = [];
  #sum = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  #drop(now: number): void {
    // Where the clock was set back, what was used counts from now on: not for the length of the jump.
    for (let at = this.#entries.length - 1; at >= 0; at -= 1) {
      const entry = this.#entries[at];
      if (entry === undefined || entry.at <= now) break;
      entry.at = now;
    }
    let gone = 0;
    for (const { at, amount } of this.#entries) {
      if (at > now - this.#windowMs) break;
      this.#sum -= amount;
      gone += 1;
    }
    if (gone > 0) this.#entries = this.#entries.slice(gone);
  }

  /** Units used within the window that ends now. */
  used(now: number): number {
    this.#drop(now);
    return this.#sum;
  }

  add(now: number, amount: number): void {
    const last = this.#entries.at(-1);
    if (last?.at === now) last.amount += amount;
    else this.#entries.push({ at: now, amount });
    this.#sum += amount;
  }

  /** Milliseconds until at most so many units are used. */
  untilFree(now: number, atMost: number): number {
    let left = this.used(now);
    for (const { at, amount } of this.#entries) {
      if (left <= atMost) break;
      left -= amount;
      if (left <= atMost) return at + this.#windowMs - now;
    }
    return 0;
  }
}
