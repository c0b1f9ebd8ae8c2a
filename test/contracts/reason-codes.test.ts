import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type ReasonCode, reasonCodes } from "../../src/contracts/reason-codes.js";
import { isReasonCode, reasons } from "../../src/contracts/reasons.js";
import { violations } from "../../src/contracts/validate.js";

const file = (path: string) => new URL(`../../${path}`, import.meta.url);
const catalogue = JSON.parse(readFileSync(file("schemas/reason-codes.json"), "utf8"));

describe("catalogue of reason codes", () => {
  it("follows its own schema", () => {
    expect(violations("reason-codes", catalogue)).toEqual([]);
  });

  it("is what the code carries, frozen", () => {
    expect(reasonCodes).toEqual(catalogue.codes);
    expect(reasons.codes).toEqual(Object.keys(catalogue.codes));
    expect(Object.isFrozen(reasonCodes)).toBe(true);
    expect(Object.values(reasonCodes).every(Object.isFrozen)).toBe(true);
  });

  it("speaks in short whole sentences, each different", () => {
    const messages = Object.values(reasonCodes).map((entry) => entry.message);
    for (const { message, hint } of Object.values(reasonCodes)) {
      for (const text of [message, hint]) expect(text).toMatch(/^[A-Z*].{8,158}\.$/);
    }
    expect(new Set(messages).size).toBe(messages.length);
  });

  it("advises a retry only where something may pass or be undone by itself", () => {
    const never = Object.entries(reasonCodes).filter(
      ([, entry]) => entry.retryable && (entry.category === "deterministic" || entry.category === "security"),
    );
    expect(never).toEqual([]);
  });

  it("holds every code that the source names", () => {
    const sources = readdirSync(file("src"), { recursive: true, encoding: "utf8" }).filter(
      (path) => path.endsWith(".ts") && !/contracts\/(types|reason-codes|validators)/.test(path),
    );
    const groups = [...new Set(reasons.codes.map((code) => code.slice(0, code.indexOf("."))))].join("|");
    const named = new RegExp(`["'\`]((?:${groups})\\.[A-Z][A-Z0-9_]*)["'\`]`, "g");
    const unknown = sources.flatMap((path) =>
      [...readFileSync(file(`src/${path}`), "utf8").matchAll(named)]
        .map((match) => match[1])
        .filter((code) => !isReasonCode(code))
        .map((code) => `${path}: ${code}`),
    );
    expect(unknown).toEqual([]);
  });
});

describe("look-up", () => {
  it("gives the entry of a code", () => {
    expect(reasons.get("SESSION.CONFLICT")).toMatchObject({ category: "transient", retryable: true });
  });

  it.each(["NOPE.X", "toString", "__proto__", "", 1, null, undefined])("does not take %j for a code", (value) => {
    expect(isReasonCode(value)).toBe(false);
  });

  it("is closed in the types too", () => {
    // @ts-expect-error a code outside the catalogue is no ReasonCode
    const code: ReasonCode = "NOPE.X";
    expect(isReasonCode(code)).toBe(false);
  });
});
