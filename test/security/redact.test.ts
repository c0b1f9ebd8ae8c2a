import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isRegraftError, RegraftError, redact, redactText, violations } from "../../src/index.js";

describe("redaction of texts", () => {
  it.each([
    ["token=abc123,def", "token=[REDACTED]"],
    ['{"token": "abc123"}', '{"token": "[REDACTED]"}'],
    ['{\\"password\\":\\"a b\\"} end', '{\\"password\\":\\"[REDACTED]\\"} end'],
    ["Authorization: Bearer abc.def", "Authorization: [REDACTED]"],
    ["got Bearer abc.def back", "got Bearer [REDACTED] back"],
    ["got Basic dXNlcjpwYXNz back", "got Basic [REDACTED] back"],
    ['secret: "multi word value"', 'secret: "[REDACTED]"'],
    ["secret: 'it\\'s me' end", "secret: '[REDACTED]' end"],
    ["password: correct horse battery", "password: [REDACTED]"],
    ["password=one two", "password=[REDACTED] two"],
    ["postgres://u:pw@h/db", "postgres://u:[REDACTED]@h/db"],
    ["redis://:p@ss@h:6379", "redis://:[REDACTED]@h:6379"],
    ["?a=1&access_token=zz9&b=2", "?a=1&access_token=[REDACTED]&b=2"],
    ["Cookie: sid=1; other=2\nHost: here", "Cookie: [REDACTED]\nHost: here"],
    ["api key: abcd", "api key: [REDACTED]"],
    ["-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- end", "[REDACTED] end"],
    ["-----BEGIN PRIVATE KEY-----\nMIIE cut", "[REDACTED]"],
    ["jwt eyJhbGciOiJ9.eyJzdWIiOiJ9.c2ln end", "jwt [REDACTED] end"],
    ["AKIAIOSFODNN7EXAMPLE", "[REDACTED]"],
    [`ghp_${"a1".repeat(18)}`, "[REDACTED]"],
    [`sk-proj-${"aB3x".repeat(6)}`, "[REDACTED]"],
    ['credentials: {"user":"x","pass":"y"} end', "credentials: [REDACTED] end"],
    ["ｐａｓｓｗｏｒｄ=hunter2", "ｐａｓｓｗｏｒｄ=[REDACTED]"],
    ["pass\u200bword=hunter2", "pass\u200bword=[REDACTED]"],
  ])("takes the secret out of %j", (text, expected) => {
    expect(redactText(text)).toEqual({ text: expected, count: 1 });
    expect(redactText(expected)).toEqual({ text: expected, count: 0 });
  });

  it.each([
    "tokens_used: 12",
    "llmTokens=3",
    "tokenCount: 7",
    "Basic information",
    "the bearer of this letter",
    "https://h:8080/p?mail=a@b.example",
    "password == 'x'",
    "/token: expected a text, received nothing",
    "token: null",
    `sha256:${"a".repeat(64)}`,
    "sk-onboarding-form-for-people",
    "keyboard: qwerty",
  ])("leaves %j as it is", (text) => {
    expect(redactText(text)).toEqual({ text, count: 0 });
  });

  it("never shows a marked value, wherever it stands", () => {
    const around = fc.string({ unit: "binary", maxLength: 40 });
    const forms: ((secret: string) => string)[] = [
      (secret) => ` token=${secret} `,
      (secret) => ` "password":"${secret}" `,
      (secret) => ` Bearer ${secret} `,
      (secret) => ` https://ana:${secret}@host/ `,
    ];
    fc.assert(
      fc.property(around, around, fc.constantFrom(...forms), (before, after, form) => {
        expect(redactText(before + form("zq7zq7zq7zq7zq7zq7zq7") + after).text).not.toContain("zq7zq7");
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});

describe("redaction of values", () => {
  it.each([
    "secret",
    "token",
    "accessToken",
    "DB_PASSWORD",
    "passwd",
    "pwd",
    "apikey",
    "apiKey",
    "x-api-key",
    "credentials",
    "authorization",
    "set-cookie",
    "privateKey",
    "sessionSecret",
  ])("takes out what goes by the name %s", (name) => {
    expect(redact({ [name]: "x" })).toEqual({ value: { [name]: "[REDACTED]" }, count: 1 });
    expect(redact({ [name]: { user: "x" } })).toEqual({ value: { [name]: "[REDACTED]" }, count: 1 });
  });

  it.each([
    "tokens_used",
    "tokenCount",
    "llmTokens",
    "maxTokens",
    "secretary",
    "tokenizer",
    "monkey",
    "keyboard",
  ])("leaves the number %s as it is", (name) => {
    const value = { [name]: 12 };
    expect(redact(value)).toEqual({ value, count: 0 });
    expect(redact(value).value).toBe(value);
  });

  it("looks into lists, maps, sets, errors with their causes, and tells dates and sizes", () => {
    const cause = new Error("postgres://u:pw@h/db is down");
    const failed = Object.assign(new Error("no luck with token=abc", { cause }), {
      request: { authorization: "Basic z" },
    });
    const given = {
      list: [["token=abc"]],
      map: new Map([["password", "p"]]),
      numbers: new Map([[1, "pwd=x"]]),
      set: new Set(["secret=s"]),
      at: new Date("2026-03-01T09:00:00Z"),
      bytes: Buffer.from("password=hunter2"),
      url: new URL("https://u:pw@h/"),
      failed,
    };
    const { value, count } = redact(given);
    const text = JSON.stringify(value);
    for (const secret of ["abc", '"p"', "pwd=x", "=s", "hunter2", ":pw@", "Basic z"])
      expect(text).not.toContain(secret);
    expect(value).toMatchObject({ at: "2026-03-01T09:00:00.000Z", bytes: "[16 bytes]", failed: { name: "Error" } });
    expect(count).toBeGreaterThanOrEqual(8);
    expect(given.failed.message).toContain("token=abc");
  });

  it("puts a digest in the place of a sensitive field", () => {
    const { value, count } = redact({ ssn: "123", list: [{ ssn: null }] }, { sensitive: ["ssn"] });
    expect(value).toEqual({
      ssn: { redacted: true, digest: expect.stringMatching(/^sha256:/) },
      list: [{ ssn: null }],
    });
    expect(count).toBe(1);
    expect(redact(value, { sensitive: ["ssn"] })).toEqual({ value, count: 0 });
  });

  it("follows the caller's names", () => {
    const options = { names: ["pin"], exempt: ["tokenType"] };
    expect(redact({ pin: 1234, tokenType: "bearer" }, options)).toEqual({
      value: { pin: "[REDACTED]", tokenType: "bearer" },
      count: 1,
    });
  });

  it("ends at cycles, depth, and members that throw", () => {
    const cycle: Record<string, unknown> = { token: "t" };
    cycle.self = cycle;
    let deep: unknown = "token=abc";
    for (let depth = 0; depth < 5000; depth += 1) deep = { deep };
    const trap = Object.defineProperty({}, "x", {
      enumerable: true,
      get: () => {
        throw new Error("token=abc");
      },
    });
    expect(JSON.stringify(redact({ cycle, deep, trap }).value)).not.toContain("abc");
  });

  it("does bounded work on parts that are shared over and over", () => {
    let reads = 0;
    let shared: unknown = "x";
    for (let depth = 0; depth < 30; depth += 1) {
      const inner = shared;
      const read = () => {
        reads += 1;
        return inner;
      };
      shared = Object.defineProperties({}, { a: { enumerable: true, get: read }, b: { enumerable: true, get: read } });
    }
    redact(shared);
    expect(reads).toBeLessThan(300_000);
  });

  it("does not touch prototypes", () => {
    const { value } = redact(JSON.parse('{"__proto__":{"token":"t"},"constructor":{"prototype":{"polluted":1}}}'));
    expect(JSON.stringify(value)).toBe(
      '{"__proto__":{"token":"[REDACTED]"},"constructor":{"prototype":{"polluted":1}}}',
    );
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect("polluted" in {}).toBe(false);
  });
});

describe("errors", () => {
  it("show no secret in message, details, stack or causes", () => {
    const driver = Object.assign(new Error("connect postgres://u:hunter2@h/db"), {
      code: "ECONN",
      config: { password: "hunter2" },
    });
    const cause = new Error("wrapped", { cause: driver });
    const error = new RegraftError(
      "STORE.UNAVAILABLE",
      "no way with password=hunter2",
      { received: "token: hunter2" },
      { cause },
    );
    const seen: unknown[] = [];
    for (let at: unknown = error; at instanceof Error; at = at.cause) seen.push(at.message, at.stack, { ...at });
    expect(JSON.stringify(seen)).not.toContain("hunter2");
    expect(seen).toHaveLength(9);
    expect((error.cause as Error).cause).toMatchObject({
      code: "ECONN",
      message: "connect postgres://u:[REDACTED]@h/db",
    });
    expect(isRegraftError(error, "STORE.UNAVAILABLE")).toBe(true);
  });

  it("keep a cause that shows none", () => {
    const cause = Object.assign(new TypeError("plain"), { code: "X" });
    expect(new RegraftError("INTERNAL.BUG", "x", {}, { cause }).cause).toBe(cause);
  });

  it("do not show a wrong value that goes by the name of a secret", () => {
    const [fault] = violations("policy", { scope: { password: "hunter2" } });
    expect(JSON.stringify(fault)).toContain("/scope/password");
    expect(JSON.stringify(fault)).not.toContain("hunter2");
  });
});
