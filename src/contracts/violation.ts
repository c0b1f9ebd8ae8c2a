import { nameKind } from "./redact-names.js";
import { tags, type ValidationError } from "./validators.js";

/** One fault of a value: where it is, what belongs there and what was found. */
export interface Violation {
  /** JSON pointer into the value; empty for the value itself. */
  readonly path: string;
  readonly expected: string;
  readonly received: string;
}

const timestampPattern = "^(?:\\d{4}-";
const hashPattern = "^r1:";
const digestPattern = "^sha256:";

/** Puts an error of a generated validator into words. */
export function toViolation(error: ValidationError, root: unknown): Violation {
  const { instancePath: path, keyword, params, propertyName } = error;
  if (propertyName !== undefined) {
    return {
      path: child(path, propertyName),
      expected: `${expectation(keyword, params)} as name`,
      received: describe(propertyName),
    };
  }
  const received = shown(root, path);
  switch (keyword) {
    case "required":
      return { path: child(path, params.missingProperty), expected: "a value", received: "nothing" };
    case "additionalProperties": {
      const extra = child(path, params.additionalProperty);
      return { path: extra, expected: "no such property", received: shown(root, extra) };
    }
    case "discriminator": {
      const tag = child(path, params.tag);
      return { path: tag, expected: `one of ${some(tags[String(params.tag)])}`, received: describe(params.tagValue) };
    }
    default:
      return { path, expected: expectation(keyword, params), received };
  }
}

/** The value in a few words, unless it is a secret by its name. */
function shown(root: unknown, path: string): string {
  return isNamedSecret(path) ? "a value that is not shown" : describe(valueAt(root, path));
}

/** Whether a name on the way says that the value is a secret. */
function isNamedSecret(path: string): boolean {
  return path.split("/").some((name) => nameKind(name) === "secret");
}

function expectation(keyword: string, params: Record<string, unknown>): string {
  switch (keyword) {
    case "type":
      return params.type === "integer" ? "a whole number" : withArticle(String(params.type));
    case "enum":
      return `one of ${some(params.allowedValues)}`;
    case "const":
      return describe(params.allowedValue);
    case "minLength":
      return params.limit === 1 ? "a text that is not empty" : `a text of at least ${params.limit} characters`;
    case "maxLength":
      return `a text of at most ${params.limit} characters`;
    case "minItems":
      return `at least ${params.limit} items`;
    case "maxItems":
      return `at most ${params.limit} items`;
    case "minimum":
    case "maximum":
      return `a number ${params.comparison} ${params.limit}`;
    case "pattern":
      return form(String(params.pattern));
    default:
      return `a value that satisfies ${keyword}`;
  }
}

function form(pattern: string): string {
  if (pattern.startsWith(timestampPattern)) return "a UTC timestamp such as 2026-03-01T09:30:00.000Z";
  if (pattern.startsWith(hashPattern)) return "a hash: r1: and 64 hex digits";
  if (pattern.startsWith(digestPattern)) return "a digest: sha256: and 64 hex digits";
  return `a text of the form ${pattern}`;
}

const withArticle = (type: string): string => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);

function some(values: unknown): string {
  if (!Array.isArray(values)) return "the allowed values";
  if (values.length <= 12) return values.join(", ");
  return `${values.length} known values (${values.slice(0, 3).join(", ")}, ...)`;
}

const child = (path: string, key: unknown): string =>
  `${path}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;

function valueAt(root: unknown, path: string): unknown {
  const keys = path.split("/").slice(1);
  return keys.reduce<unknown>((value, key) => {
    if (typeof value !== "object" || value === null) return undefined;
    const name = key.replaceAll("~1", "/").replaceAll("~0", "~");
    return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
  }, root);
}

/** A value in a few words, short enough for a message. */
export function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string")
    return value.length > 60 ? `${JSON.stringify(value.slice(0, 57))}...` : JSON.stringify(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "function" || typeof value === "symbol" ? `a ${typeof value}` : String(value);
}
