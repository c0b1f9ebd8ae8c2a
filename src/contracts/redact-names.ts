/** Words that make a name that of a secret, in the singular. */
const secretWords = new Set([
  "secret",
  "token",
  "password",
  "passwd",
  "passphrase",
  "pwd",
  "apikey",
  "credential",
  "authorization",
  "cookie",
]);

/** Pairs of words, next to each other, that do the same. */
const secretPairs = new Set(["api key", "private key", "access key", "account key", "session secret"]);

/** Words beside which a name counts or describes secrets instead of holding one. */
const countingWords = new Set([
  "count",
  "counts",
  "used",
  "limit",
  "max",
  "min",
  "total",
  "budget",
  "length",
  "size",
  "usage",
  "left",
  "ms",
  "seconds",
]);

const invisible = /\p{Cf}/gu;
const mostRemembered = 4096;

/** The words of a name in camel, snake, kebab, dotted or spaced form, in lower case. */
function wordsOf(name: string): string[] {
  return name
    .normalize("NFKC")
    .replace(invisible, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .replace(/([A-Za-z])(\d)/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

const singular = (word: string): string => (word.length > 3 && word.endsWith("s") ? word.slice(0, -1) : word);

/** What a name says about its value: that it is a secret, a secret unless it is a number, or nothing. */
export type NameKind = "secret" | "unless_number" | "plain";

function judged(name: string): NameKind {
  const words = wordsOf(name);
  let kind: NameKind = "plain";
  for (const [at, word] of words.entries()) {
    const one = singular(word);
    const pair = at > 0 && secretPairs.has(`${words[at - 1]} ${one}`);
    if (!pair && !secretWords.has(one)) continue;
    if (one === word || secretWords.has(word)) kind = "secret";
    else if (kind === "plain") kind = "unless_number";
  }
  return kind === "secret" && words.some((word) => countingWords.has(word)) ? "unless_number" : kind;
}

const remembered = new Map<string, NameKind>();

/** Judges a name by its whole words: `apiKey` and `db_password` are secrets, `tokens_used` is one unless it is a number. */
export function nameKind(name: string): NameKind {
  if (name.length > 256) return judged(name.slice(-256));
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const kind = judged(name);
  if (remembered.size >= mostRemembered) remembered.clear();
  remembered.set(name, kind);
  return kind;
}
