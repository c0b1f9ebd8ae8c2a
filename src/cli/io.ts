/** A file that is being written. */
export interface OpenFile {
  readonly write: (text: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Everything a command sees of the world. Tests give their own. */
export interface CliIo {
  /** Writes to standard output. */
  readonly out: (text: string) => void;
  /** Writes to standard error. */
  readonly err: (text: string) => void;
  readonly readFile: (path: string) => Promise<string>;
  /** The text of a file piece by piece; asked for again, it is read again. */
  readonly readPieces: (path: string) => AsyncIterable<string>;
  /** Reads a file by a name that a document gives; it lies in the directory, with no link on the way out of it. */
  readonly readInside: (directory: string, name: string) => Promise<string>;
  /** Writes a file whole, in the place of one that exists. */
  readonly writeFile: (path: string, text: string | AsyncIterable<string>) => Promise<void>;
  /** Puts another text into a file that exists: all of it or, if that fails, nothing. */
  readonly replaceFile: (path: string, text: string) => Promise<void>;
  /** Opens a file to be written piece by piece; what it held is gone. */
  readonly openFile: (path: string) => Promise<OpenFile>;
  /** Relative paths are relative to this directory. */
  readonly cwd: string;
  /** Width of the terminal in characters; infinite where nobody reads on one. */
  readonly columns: number;
  /** Whether standard output, and standard error, are painted. */
  readonly colour: { readonly out: boolean; readonly err: boolean };
  /** Whether standard error is a terminal that can redraw a line, and its width. */
  readonly redraws: { readonly err: false | number };
  /** The present moment as a timestamp. */
  readonly now: () => string;
  /** Expected outcomes of golden cases may be rewritten. */
  readonly updatesGolden: boolean;
  /** The store that commands use where none is named; absent for the directory `.regraft`. */
  readonly store?: string;
  /** Variables of the environment that start with `REGRAFT_`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Calls back when the process is asked to end; returns what takes the call back. */
  readonly onStop?: (stop: () => void) => () => void;
  /** Shows the stack of unexpected errors. */
  readonly debug: boolean;
}
