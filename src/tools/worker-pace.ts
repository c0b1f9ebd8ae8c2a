/** Waits, and stops waiting when it is told to. */
export type Wait = (ms: number) => Promise<void>;

/** Sessions a second, for each tenant on its own. */
export class TenantPace {
  readonly #gapMs: number;
  readonly #now: () => number;
  readonly #wait: Wait;
  /** When the next session of a tenant may be taken. */
  readonly #next = new Map<string, number>();

  constructor(perSecond: number, parts: { readonly now: () => number; readonly wait: Wait }) {
    this.#gapMs = 1000 / perSecond;
    this.#now = parts.now;
    this.#wait = parts.wait;
  }

  /** Waits until a session of the tenant may be taken. */
  async take(tenantId: string): Promise<void> {
    const now = this.#now();
    const at = Math.max(now, this.#next.get(tenantId) ?? now);
    this.#next.set(tenantId, at + this.#gapMs);
    if (at > now) await this.#wait(at - now);
  }
}
