import { describe, expect, it } from "vitest";
import { checkEvidence } from "../../src/fill/evidence.js";
import { defaultExtractor } from "../../src/fill/extract-default.js";
import { contactCases, contactFields } from "./fixtures/contacts.js";

describe("email addresses and phone numbers", () => {
  it.each(contactCases)("reads $title", async ({ turns, expected, locale }) => {
    const request = {
      turns,
      fields: contactFields,
      at: "2026-03-02T09:00:00Z",
      ...(locale === undefined ? {} : { locale }),
    };
    const { values } = await checkEvidence(await defaultExtractor().extract(request), request);
    const used = values.filter(({ confidence }) => confidence >= 0.85);
    const found = Object.fromEntries(
      Object.keys(expected).map((name) => [name, used.find(({ field }) => field === name)?.value ?? null]),
    );
    expect(found).toEqual(expected);
  });
});
