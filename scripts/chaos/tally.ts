const shownProblems = 5;

/** Counts what was tried and says what failed. */
export class Tally {
  passed = 0;
  failed = 0;

  /** One thing that was tried: it passed if there is no problem. */
  add(name: string, problems: readonly string[]): void {
    if (problems.length === 0) {
      this.passed += 1;
      return;
    }
    this.failed += 1;
    const more = problems.length > shownProblems ? `\n  and ${problems.length - shownProblems} more` : "";
    process.stdout.write(`FAILED ${name}\n  ${problems.slice(0, shownProblems).join("\n  ")}${more}\n`);
  }

  /** A line about what was done. */
  say(line: string): void {
    process.stdout.write(`${line}\n`);
  }
}

/** Seconds since a moment of `performance.now()`, for people. */
export function secondsSince(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
