/** What the author of a plan gives in files. */
export interface TermOptions {
  readonly policies?: string;
  readonly mapping?: string;
  readonly effects?: string;
  readonly data?: string;
  readonly allowRepeat?: string[];
}

/** Options of `regraft diff`. */
export interface DiffOptions extends Pick<TermOptions, "mapping" | "effects"> {
  readonly json?: boolean;
  readonly mermaid?: boolean;
  readonly dot?: boolean;
  readonly explain?: boolean;
}

/** Options of `regraft lint`. */
export interface LintOptions extends TermOptions {
  readonly json?: boolean;
  readonly failOn: "error" | "warning" | "info" | "never";
  readonly sessions?: string;
}

/** Options of `regraft plan`. */
export interface PlanOptions extends TermOptions {
  readonly json?: boolean;
  readonly out?: string;
  readonly sessions?: string;
  readonly id: string;
  readonly by?: string;
  readonly at?: string;
}

/** Options of `regraft rehearse`. */
export interface RehearseOptions extends TermOptions {
  readonly json?: boolean;
  readonly jsonl?: boolean;
  readonly quiet?: boolean;
  readonly sessions: string;
  readonly out?: string;
  readonly at?: string;
  readonly failOn?: string[];
}

/** Options of `regraft golden run`. */
export interface GoldenOptions {
  readonly json?: boolean;
  readonly filter?: string;
  readonly update?: boolean;
}
