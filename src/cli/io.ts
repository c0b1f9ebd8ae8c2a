/** Everything a command sees of the world. Tests give their own. */
export interface CliIo {
  /** Writes to standard output. */
  readonly out: (text: string) => void;
  /** Writes to standard error. */
  readonly err: (text: string) => void;
  readonly readFile: (path: string) => Promise<string>;
  readonly writeFile: (path: string, text: string) => Promise<void>;
  /** Relative paths are relative to this directory. */
  readonly cwd: string;
  /** Width of the terminal in characters; infinite where nobody reads on one. */
  readonly columns: number;
  /** Whether standard output, and standard error, are painted. */
  readonly colour: { readonly out: boolean; readonly err: boolean };
  /** The present moment as a timestamp. */
  readonly now: () => string;
  /** Shows the stack of unexpected errors. */
  readonly debug: boolean;
}
