import type { CliIo } from "./io.js";

const barWidth = 30;
const clearLine = "\r\u001b[2K";

/** Shows how far a command has come. */
export interface Progress {
  /** One more is done. */
  readonly step: () => void;
  /** Takes the bar away. */
  readonly end: () => void;
}

const silent: Progress = { step: () => undefined, end: () => undefined };

/**
 * A bar on standard error, drawn anew at each per cent and taken away in the end. Nothing is written where standard error is no
 * terminal.
 *
 * @param total - how many steps there are
 */
export function progressBar(io: CliIo, total: number, options: { readonly quiet: boolean }): Progress {
  const columns = io.redraws.err;
  if (columns === false || options.quiet || total === 0) return silent;
  let done = 0;
  let shown = -1;
  return {
    step: () => {
      done += 1;
      const percent = Math.floor((100 * done) / total);
      if (percent === shown) return;
      shown = percent;
      io.err(`\r${barOf(done, total, columns)}`);
    },
    end: () => io.err(clearLine),
  };
}

/** The line, shorter by one than the terminal, so that it never wraps. */
function barOf(done: number, total: number, columns: number): string {
  const filled = Math.floor((barWidth * done) / total);
  const bar = `[${"#".repeat(filled)}${".".repeat(barWidth - filled)}]`;
  const words = `${Math.floor((100 * done) / total)} %, ${done} of ${total} sessions`;
  return `rehearsing ${bar} ${words}`.slice(0, columns - 1);
}
