import { nameKind } from "./redact-names.js";

/** What stands in the place of a secret. */
export const mask = "[REDACTED]";

/** What a rule has found: a sort of secret, in words for a message. */
export type SecretKind =
  | "a private key or certificate"
  | "a JSON web token"
  | "a key of a cloud service"
  | "credentials of a request"
  | "an address with a password"
  | "a value under the name of a secret";

/** A part of a text that is a secret; from `start` to, not including, `end`. */
export interface SecretSpan {
  readonly start: number;
  readonly end: number;
  readonly kind: SecretKind;
  /** It is no way of writing that flows about passwords have, too: `Password: at least eight letters`. */
  readonly certain: boolean;
}

/** One quick look that says no for nearly every text; all other rules look only where it says yes. */
const suspicious =
  /secret|token|passw|passphrase|pwd|key|credential|authori|cookie|bearer|basic|:\/\/|eyJ|-----B|A[KS]IA|AIza|gh[opsur]_|github_p|glpat|xox|[srp]k[_-]|npm_|hf_|SG\.|ya29/i;
/** What identifiers, digests and times look like: most texts of a ledger. */
const plain = /^(?:[\w.-]{0,12}|(?:sha256|r1):[0-9a-f]{64}|\d{4}-\d\d-\d\dT[\d:.]{5,12}Z)$/;
/** Letters that may look like others, or like nothing. */
const disguised = /[\p{Cf}\uff21-\uff5a]/u;
const ascii = /^[\x20-\x7e]*$/;

const pem = /-----BEGIN [A-Z0-9 ]{1,48}-----[\s\S]*?(?:-----END [A-Z0-9 ]{1,48}-----|$)/g;
const jwt = /(?<![\w-])eyJ[\w-]{4,}\.[\w-]{4,}\.[\w-]*/g;
const cloud = new RegExp(
  `(?<![A-Za-z0-9_])(?:${[
    "A(?:K|S)IA[0-9A-Z]{16}",
    "AIza[\\w-]{30,}",
    "gh[opsur]_[A-Za-z0-9]{20,}",
    "github_pat_\\w{20,}",
    "glpat-[\\w-]{16,}",
    "xox[abeprs]-[\\w-]{10,}",
    "[srp]k_(?:live|test)_[A-Za-z0-9]{10,}",
    "sk-(?=[a-z_-]*[0-9A-Z])(?=[\\w-]*\\d)[\\w-]{20,}",
    "npm_[A-Za-z0-9]{30,}",
    "hf_[A-Za-z0-9]{30,}",
    "SG\\.[\\w-]{16,}\\.[\\w-]{16,}",
    "ya29\\.[\\w-]{16,}",
  ].join("|")})`,
  "g",
);
const scheme = /(?<![\w-])(bearer|basic)\s{1,4}([\w.~+/=-]+)/gi;
const address = /(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]*:\/\/[^\s/?#@:"'<>]{0,512}:([^\s"'<>/?#]{1,512})@/g;
const assignment =
  /(?<![\p{L}\p{N}\p{Cf}_.-])([\p{L}\p{N}\p{Cf}_.-]+)(\\{0,7}["'`]?\s{0,8}(?:=(?![=>~])|:(?![:/]))\s{0,8})/gu;
const header = /(?:^|-)(?:authorization|cookie)$/i;
const spacedPair = /(?:^|[^\p{L}\p{N}])(api|private|access|account) $/iu;

/** Base64 of a name and a password is 'Basic'; letters alone are a word. */
function isCredential(method: string, value: string): boolean {
  if (value.startsWith(mask)) return false;
  if (method.toLowerCase() === "bearer") return value.length >= 20 || (value.length >= 5 && /[\d.~+/=]/.test(value));
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(value) || value.length < 4) return false;
  try {
    return atob(value.slice(0, 4096).replaceAll("-", "+").replaceAll("_", "/")).includes(":");
  } catch {
    return false;
  }
}

/** Where the value of an assignment ends, and where it starts behind its quote. Undefined where there is none. */
function valueAt(
  text: string,
  at: number,
  { isColon, isHeader }: { readonly isColon: boolean; readonly isHeader: boolean },
): { readonly start: number; readonly end: number } | undefined {
  const quote = /\\{0,7}["'`]/y;
  quote.lastIndex = at;
  const opening = quote.exec(text)?.[0];
  if (opening !== undefined) {
    const start = at + opening.length;
    return { start, end: closingOf(text, start, opening) };
  }
  const open = text[at];
  if (open === "{" || open === "[") return { start: at, end: balanced(text, at) };
  if (isColon && text.startsWith("expected ", at)) return undefined;
  const rest = isHeader ? /[^\r\n"'`]+/y : /(?:[^\s,;&"'`<>(){}[\]\\]|,(?=[^\s"'`{}[\]\\]))+/y;
  rest.lastIndex = at;
  const plain = rest.exec(text)?.[0].trimEnd();
  if (plain === undefined || plain === "") return undefined;
  const more = /(?: {1,2}[\p{L}\p{N}]+(?![\p{L}\p{N}_.-]*[=:/]))+/uy;
  more.lastIndex = at + plain.length;
  if (isColon) return { start: at, end: at + plain.length + (more.exec(text)?.[0].length ?? 0) };
  const worded = /(?:bearer|basic|digest|token)\s{1,4}[^\s,;"'`]+/iy;
  worded.lastIndex = at;
  return { start: at, end: at + Math.max(plain.length, worded.exec(text)?.[0].length ?? 0) };
}

/** The quote that closes a text: as deep in backslashes as the one that opened it. To the end where there is none. */
function closingOf(text: string, start: number, opening: string): number {
  const quote = opening.slice(-1);
  const depth = opening.length - 1;
  for (let at = text.indexOf(quote, start); at >= 0; at = text.indexOf(quote, at + 1)) {
    let slashes = 0;
    while (at - slashes > start && text[at - slashes - 1] === "\\" && slashes <= depth) slashes += 1;
    if (slashes <= depth && (slashes === depth || depth === 0)) return at - slashes;
  }
  return text.length;
}

function balanced(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === "{" || sign === "[") depth += 1;
    if ((sign === "}" || sign === "]") && --depth === 0) return at + 1;
  }
  return text.length;
}

/** Values that hold nothing: a literal, and what was redacted or masked before. */
function isHarmless(value: string, name: string): boolean {
  if (
    /^[.*\u2022\u2026-]*$/.test(value) ||
    value.startsWith(mask) ||
    /^(?:null|true|false|undefined|nothing|\{\}|\[\])$/.test(value)
  )
    return true;
  if (/^\{"?redacted"?:/.test(value)) return true;
  return nameKind(name) === "unless_number" && /^-?[\d.,_]+$/.test(value);
}

function* assignments(text: string): Generator<SecretSpan> {
  const names = new RegExp(assignment);
  for (let found = names.exec(text); found !== null; found = names.exec(text)) {
    const [, name = "", separator = ""] = found;
    const last = name.toLowerCase();
    const isPair =
      (last === "key" || last === "keys") && spacedPair.test(text.slice(Math.max(0, found.index - 9), found.index));
    if (!isPair && nameKind(name) === "plain") continue;
    const isColon = separator.includes(":");
    const value = valueAt(text, names.lastIndex, { isColon, isHeader: isColon && header.test(name) });
    const at = names.lastIndex;
    const held = value === undefined ? "" : text.slice(value.start, value.end);
    if (value === undefined || isHarmless(held, name)) continue;
    const certain = !isColon || value.start > at || (/^\S{6,}$/.test(held) && /\d/.test(held) && /[a-z]/i.test(held));
    yield { ...value, kind: "a value under the name of a secret", certain };
    names.lastIndex = value.end;
  }
}

function* matches(text: string, rule: RegExp, kind: SecretKind, group = 0): Generator<SecretSpan> {
  for (const found of text.matchAll(rule)) {
    const part = found[group] ?? "";
    if (part === mask) continue;
    const start = found.index + found[0].length - part.length - (group === 0 ? 0 : 1);
    yield { start, end: start + part.length, kind, certain: true };
  }
}

function* credentials(text: string): Generator<SecretSpan> {
  for (const { index, 0: whole, 1: method = "", 2: value = "" } of text.matchAll(scheme)) {
    const end = index + whole.length;
    if (isCredential(method, value))
      yield { start: end - value.length, end, kind: "credentials of a request", certain: true };
  }
}

/** The secrets that show by themselves, whatever stands around them. */
function* unmistakable(text: string): Generator<SecretSpan> {
  yield* matches(text, pem, "a private key or certificate");
  yield* matches(text, jwt, "a JSON web token");
  yield* matches(text, cloud, "a key of a cloud service");
  yield* matches(text, address, "an address with a password", 1);
  yield* credentials(text);
}

/** The secrets in a text, in the order of the rules; parts may overlap. O(length). */
export function secretsIn(text: string): readonly SecretSpan[] {
  if (plain.test(text)) return [];
  if (!suspicious.test(text) && (ascii.test(text) || !disguised.test(text))) return [];
  return [...unmistakable(text), ...assignments(text)];
}

/** A text, and how many secrets were taken out of it. */
export interface RedactedText {
  readonly text: string;
  readonly count: number;
}

/**
 * Replaces the secrets in a text by `[REDACTED]`: values under the name of a secret (`token=...`, `"password": "..."`), credentials of
 * requests, passwords in addresses, PEM blocks, JSON web tokens and keys of cloud services.
 *
 * What was redacted once is left as it is. O(length).
 *
 * @example
 * redactText("postgres://ana:hunter2@db/main").text; // "postgres://ana:[REDACTED]@db/main"
 *
 * @since 0.2.0
 * @public
 */
export function redactText(text: string): RedactedText {
  const spans = secretsIn(text);
  if (spans.length === 0) return { text, count: 0 };
  const sorted = [...spans].sort((a, b) => a.start - b.start || b.end - a.end);
  const parts: string[] = [];
  let at = 0;
  let count = 0;
  for (const { start, end } of sorted) {
    if (end <= at) continue;
    if (start >= at) {
      parts.push(text.slice(at, start), mask);
      count += 1;
    }
    at = end;
  }
  return { text: parts.join("") + text.slice(at), count };
}
