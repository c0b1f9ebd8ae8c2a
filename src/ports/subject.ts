/**
 * What a record, a pointer, a lease or a ledger stream is about.
 *
 * The parts are never joined by callers, so an id may hold any character.
 *
 * @public
 */
export interface Subject {
  /** For example `plan`, `session`, `scenario`, `live`. */
  readonly kind: string;
  /** Empty where there is one tenant only. */
  readonly tenantId: string;
  readonly id: string;
}
