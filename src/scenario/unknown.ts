/** A result that is neither true nor false, nor any other value. */
export class Unknown {
  /** Absent fields that could settle it. Empty for an error, which no field settles. */
  readonly missing: readonly string[];

  constructor(missing: readonly string[]) {
    this.missing = missing;
  }
}

/** An error of evaluation. */
export const failure = new Unknown([]);

/** What is unknown for several reasons: any of them may settle it. */
export function unite(unknowns: readonly Unknown[]): Unknown {
  const [only] = unknowns;
  if (only !== undefined && unknowns.length === 1) return only;
  const missing = new Set(unknowns.flatMap((unknown) => unknown.missing));
  return missing.size === 0 ? failure : new Unknown([...missing]);
}
