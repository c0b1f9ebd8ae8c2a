/** One place where the sources break a rule of the layout. */
export interface Violation {
  /** Path relative to the checked root, with forward slashes. */
  readonly file: string;
  readonly line: number;
  readonly rule: Rule;
  readonly message: string;
}

export type Rule =
  | "async"
  | "bare-error"
  | "clock"
  | "depth"
  | "direction"
  | "file-cycle"
  | "file-length"
  | "folder-cycle"
  | "host"
  | "names-only"
  | "no-any"
  | "node-import"
  | "outside-src"
  | "random"
  | "silenced-check"
  | "timer"
  | "unknown-folder";

export function violation(path: string, line: number, rule: Rule, message: string): Violation {
  return { file: `src/${path}`, line, rule, message };
}
