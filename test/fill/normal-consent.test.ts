import { describe, expect, it } from "vitest";
import { bareConsent, leadingConsent } from "../../src/fill/normal-consent.js";

describe("a bare yes or no", () => {
  it.each([
    ["yes", undefined, true],
    ["Yep!", undefined, true],
    ["yes yes yes", undefined, true],
    ["Yes, that's correct.", undefined, true],
    ["that is right, thank you", undefined, true],
    ["I said yes", undefined, true],
    ["👍🏽", undefined, true],
    ["y", undefined, true],
    ["Ja, genau", "de-DE", true],
    ["Ja", undefined, true],
    ["да", undefined, true],
    ["sí", undefined, true],
    ["no", undefined, false],
    ["no way", undefined, false],
    ["not right", undefined, false],
    ["that's not correct", undefined, false],
    ["of course not", undefined, false],
    ["nein danke", "de-DE", false],
    ["❌", undefined, false],
    ["no, that's right", undefined, undefined],
    ["not wrong", undefined, undefined],
    ["that's not incorrect", undefined, undefined],
    ["I will not say no", undefined, undefined],
    ["no, not right", undefined, false],
    ["yes and no", undefined, undefined],
    ["no, Tuesday", undefined, undefined],
    ["yes but make it Tuesday", undefined, undefined],
    ["right?", undefined, undefined],
    ["maybe", undefined, undefined],
    ["", undefined, undefined],
    ["yes ".repeat(50), undefined, undefined],
  ])("reads %j in %s as %s", (text, locale, expected) => {
    expect(bareConsent(text, locale)).toBe(expected);
  });

  it("is told from one that more follows", () => {
    expect(leadingConsent("no, Anna", undefined)).toBe(false);
    expect(leadingConsent("yes, Anna is right", undefined)).toBe(true);
    expect(leadingConsent("Right Bank House", undefined)).toBeUndefined();
    expect(leadingConsent("No Name Street 5", undefined)).toBeUndefined();
  });
});
