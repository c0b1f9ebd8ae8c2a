/** A pattern that can be tested in bounded time. */
export interface SafePattern {
  /** Whether the whole text matches. Longer texts than can be tested in bounded time do not. */
  test(text: string): boolean;
}

/** Longest value that any pattern is tested on. */
const maxTextLength = 4096;
/** Paths that a backtracking engine may try on one text. */
const maxPaths = 1e7;
const maxRuns = 8;
const maxChoices = 12;
/** Repetitions above this count as unbounded ones. */
const manyTimes = 16;

/** What a part of a pattern lets a backtracking engine try: 2^choices paths, times n^runs over a text of n characters. */
interface Cost {
  readonly choices: number;
  readonly runs: number;
}

const free: Cost = { choices: 0, runs: 0 };
const cacheSize = 1000;
const cache = new Map<string, SafePattern | string>();

/**
 * Compiles the pattern of a field, or says why it cannot be used.
 *
 * Refused are repetitions of what itself varies (`(a+)+`, `(a|b)*`), back references, and patterns with too many alternatives or
 * repetitions: a text could stall the engine on them. What is left is tested on texts so short that at most ten million paths exist.
 *
 * @example
 * safePattern("[A-Z]{2}\\d+"); // { test }
 * safePattern("(a+)+"); // "it repeats a part that itself varies"
 */
export function safePattern(pattern: string): SafePattern | string {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  const made = make(pattern);
  if (cache.size >= cacheSize) cache.delete(cache.keys().next().value ?? "");
  cache.set(pattern, made);
  return made;
}

function make(pattern: string): SafePattern | string {
  const expression = compile(`^(?:${pattern})$`, "u") ?? compile(`^(?:${pattern})$`, "");
  if (expression === undefined || (compile(pattern, "u") === undefined && compile(pattern, "") === undefined)) {
    return "it is no regular expression";
  }
  const cost = new Scanner(pattern).scan();
  if (typeof cost === "string") return cost;
  if (cost.runs > maxRuns || cost.choices > maxChoices) return "it has too many repetitions or alternatives";
  const longest = longestText(cost);
  return Object.freeze({ test: (text: string) => text.length <= longest && expression.test(text) });
}

function compile(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

/** Over n characters, r repetitions split the text in about n^r / r! ways. */
function longestText({ choices, runs }: Cost): number {
  if (runs === 0) return maxTextLength;
  let orders = 1;
  for (let count = 2; count <= runs; count += 1) orders *= count;
  return Math.min(maxTextLength, Math.floor(((maxPaths / 2 ** choices) * orders) ** (1 / runs)));
}

class Scanner {
  readonly #text: string;
  #at = 0;
  #problem: string | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): Cost | string {
    const cost = this.#alternatives(0);
    return this.#problem ?? cost;
  }

  #alternatives(depth: number): Cost {
    if (depth > 32) this.#problem ??= "its groups are nested too deeply";
    const branches = [this.#sequence(depth)];
    while (this.#text[this.#at] === "|" && this.#problem === undefined) {
      this.#at += 1;
      branches.push(this.#sequence(depth));
    }
    return {
      choices: Math.max(...branches.map((branch) => branch.choices)) + Math.log2(branches.length),
      runs: Math.max(...branches.map((branch) => branch.runs)),
    };
  }

  #sequence(depth: number): Cost {
    let choices = 0;
    let runs = 0;
    while (this.#problem === undefined) {
      const next = this.#text[this.#at];
      if (next === undefined || next === "|" || next === ")") break;
      const part = this.#repeated(this.#atom(depth));
      choices += part.choices;
      runs += part.runs;
    }
    return { choices, runs };
  }

  #atom(depth: number): Cost {
    const start = this.#text.slice(this.#at);
    if (start.startsWith("(")) {
      this.#at += /^\((?:\?(?:<?[=!]|:|<[^>]*>)?)?/.exec(start)?.[0].length ?? 1;
      const inside = this.#alternatives(depth + 1);
      this.#at += 1;
      return inside;
    }
    if (/^\\(?:[1-9]|k<)/.test(start)) this.#problem ??= "it refers back to a group";
    const [text] = /^(?:\[(?:\\.|[^\]\\])*\]|\\[pPu]\{[^}]*\}|\\.|.)/su.exec(start) ?? [""];
    this.#at += Math.max(1, text.length);
    return free;
  }

  #repeated(part: Cost): Cost {
    const quantifier = /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/.exec(this.#text.slice(this.#at));
    if (quantifier === null) return part;
    this.#at += quantifier[0].length;
    const [least, most] = boundsOf(quantifier);
    if (most <= manyTimes) {
      return { choices: part.choices * most + Math.log2(most - least + 1), runs: part.runs * most };
    }
    if (part.choices > 0 || part.runs > 0) this.#problem ??= "it repeats a part that itself varies";
    return least === most ? part : { choices: 0, runs: 1 };
  }
}

function boundsOf([text, low, comma, high]: RegExpExecArray): [number, number] {
  if (text.startsWith("?")) return [0, 1];
  if (low === undefined) return [0, Number.POSITIVE_INFINITY];
  const least = Number(low);
  if (comma === undefined) return [least, least];
  return [least, high === undefined || high === "" ? Number.POSITIVE_INFINITY : Number(high)];
}
