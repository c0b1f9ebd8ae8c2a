/** What the author of a plan gives in files. */
export interface TermOptions {
  readonly policies?: string;
  readonly mapping?: string;
  readonly effects?: string;
  readonly data?: string;
  readonly allowRepeat?: string[];
  readonly contract?: string;
  readonly rollout?: string;
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
export interface PlanOptions extends TermOptions, StoreOptions {
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly out?: string;
  readonly sessions?: string;
  readonly id?: string;
  readonly by?: string;
  readonly at?: string;
}

/** Options of `regraft rehearse`. */
export interface RehearseOptions extends TermOptions, StoreOptions {
  readonly json?: boolean;
  readonly jsonl?: boolean;
  readonly quiet?: boolean;
  readonly sessions?: string;
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

/** Which store, and which tenant in it. */
export interface StoreOptions {
  readonly store?: string;
  readonly tenant?: string;
}

/** Options of commands that read or change a store. */
export interface OnStoreOptions extends StoreOptions {
  readonly json?: boolean;
}

/** Options of `regraft store setup`. */
export interface SetupOptions extends OnStoreOptions {
  readonly url?: string;
}

/** Options of `regraft approve`. */
export interface ApproveOptions extends OnStoreOptions {
  readonly by: string;
  readonly digest: string;
  readonly evidence?: string;
}

/** Options of `regraft deploy`. */
export interface DeployOptions extends OnStoreOptions {
  readonly by?: string;
  readonly evidence?: string;
}

/** Options of `regraft promote`, `pause` and `resume`. */
export interface RolloutOptions extends OnStoreOptions {
  readonly by: string;
}

/** Options of `regraft show`. */
export interface ShowOptions extends OnStoreOptions {
  readonly markdown?: true;
}

/** Options of `regraft reject`. */
export interface RejectOptions extends OnStoreOptions {
  readonly by: string;
  readonly reason?: string;
}

/** Options of `regraft rollback`. */
export interface RollbackOptions extends RolloutOptions {
  readonly reason?: string;
}

/** Options of `regraft gate check`. */
export interface GateCheckOptions extends OnStoreOptions {
  readonly plan: string;
  readonly stage: "plan.approve" | "deploy";
  readonly contract?: string;
  readonly evidence?: string;
}

/** Options of `regraft retention plan`. */
export interface RetentionPlanOptions extends OnStoreOptions {
  readonly at?: string;
  readonly out?: string;
}

/** Options of `regraft retention apply`. */
export interface RetentionApplyOptions extends OnStoreOptions {
  readonly by: string;
}

/** Options of `regraft worker`. */
export interface WorkerOptions extends OnStoreOptions {
  readonly concurrency: number;
  readonly pageSize: number;
  readonly rate?: number;
  readonly once?: boolean;
}
