import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Field, FieldType } from "../../src/contracts/types.js";
import { type NormaliseOptions, normaliseValue } from "../../src/fill/normal-value.js";

const at = "2026-03-02T09:00:00Z";

function field(type: FieldType, rest: Partial<Field> = {}): Field {
  return { name: "f", type, ...rest };
}

async function value(of: Field, given: unknown, options: NormaliseOptions = {}): Promise<unknown> {
  const read = await normaliseValue(of, given, { at, ...options });
  return read.ok ? read.value : read.problem;
}

const size = field("enum", {
  values: [{ value: "small" }, { value: "large", synonyms: ["big", "L"] }, { value: "extra large" }],
});
const people = field("enum", { values: [{ value: "Dr. Johnson" }, { value: "Dr. Morgan" }] });

describe("normaliseValue", () => {
  it.each([
    ["number", "1,234.5", undefined, 1234.5],
    ["number", "1.234,5", "de-DE", 1234.5],
    ["number", "1'234.5", "de-CH", 1234.5],
    ["number", "1,5", undefined, 1.5],
    ["number", "two", undefined, 2],
    ["number", "drei", "de-DE", 3],
    ["number", "twenty-five people", undefined, 25],
    ["number", "5k", undefined, 5000],
    ["number", "-4", undefined, -4],
    ["number", "minus five", undefined, -5],
    ["number", "twelve hundred", undefined, 1200],
    ["number", "one hundred and twenty", undefined, 120],
    ["number", "2 hundred", undefined, 200],
    ["number", "two and three", undefined, "ambiguous"],
    ["number", "1e5", undefined, "form"],
    ["number", "0x10", undefined, "form"],
    ["number", "vingt-deux", "fr-FR", 22],
    ["number", "quatre-vingt-dix", "fr-FR", "ambiguous"],
    ["number", "treinta y dos", "es-ES", 32],
    ["number", "sześćdziesiąt dwa", "pl-PL", 62],
    ["number", "сто двадцать", "ru-RU", 120],
    ["number", "2 or 3", undefined, "ambiguous"],
    ["number", "no idea", undefined, "form"],
    ["integer", "2.5", undefined, "form"],
    ["integer", 7, undefined, 7],
    ["boolean", "Yes, please!", undefined, true],
    ["boolean", "nein", "de-DE", false],
    ["boolean", "maybe", undefined, "form"],
    ["boolean", false, undefined, false],
    ["date", "2026-02-29", undefined, "form"],
    ["date", "03/04/2026", "en-US", "2026-03-04"],
    ["date", "03/04/2026", "en-GB", "2026-04-03"],
    ["date", "3.4.2026", "de-DE", "2026-04-03"],
    ["date", "no, make it Tuesday", undefined, "2026-03-03"],
    ["date", "not Monday but Wednesday", undefined, "2026-03-04"],
    ["date", "the 14th of this month", undefined, "2026-03-14"],
    ["date", "the day after tomorrow", undefined, "2026-03-04"],
    ["date", "in two weeks", undefined, "2026-03-16"],
    ["date", "now", undefined, "form"],
    ["date", "next month", undefined, "form"],
    ["date", "am Freitag", "de-DE", "2026-03-06"],
    ["date", "03/04/2026", undefined, "ambiguous"],
    ["date", "04/04/2026", undefined, "2026-04-04"],
    ["date", "13/04/2026", undefined, "2026-04-13"],
    ["date", "le 5 avril 2026", "fr-FR", "2026-04-05"],
    ["date", "el 5 de abril de 2026", "es-ES", "2026-04-05"],
    ["date", "12 kwietnia 2026", "pl-PL", "2026-04-12"],
    ["date", "12 kwietnia", "pl-PL", "2026-04-12"],
    ["date", "1 lutego", "pl-PL", "2027-02-01"],
    ["date", "31 kwietnia 2026", "pl-PL", "form"],
    ["date", "3.04.2026", "pl-PL", "2026-04-03"],
    ["date", "12 квітня 2026", "uk-UA", "2026-04-12"],
    ["date", "12 апреля 2026", "ru-RU", "2026-04-12"],
    ["date", "завтра", "uk-UA", "2026-03-03"],
    ["date", "завтра", "ru-RU", "2026-03-03"],
    ["number", "1 234,5", "uk-UA", 1234.5],
    ["number", "1.234,5", "es-ES", 1234.5],
    ["number", "1\u202F234,5", "fr-FR", 1234.5],
    ["number", "dwóch", "pl-PL", 2],
    ["number", "п'ять", "uk-UA", 5],
    ["number", "двадцать", "ru-RU", 20],
    ["boolean", "так", "uk-UA", true],
    ["boolean", "нет", "ru-RU", false],
    ["boolean", "Tak, proszę", "pl-PL", true],
    ["phone", "01 23 45 67 89", "fr-FR", "+33123456789"],
    ["phone", "612 34 56 78", "es-ES", "+34612345678"],
    ["phone", "22 123 45 67", "pl-PL", "+48221234567"],
    ["phone", "044 123 4567", "uk-UA", "+380441234567"],
    ["time", "half past 5 in the evening", undefined, "17:30"],
    ["time", "12 am", undefined, "00:00"],
    ["time", "quarter to noon", undefined, "12:00"],
    ["time", "5 p.m.", undefined, "17:00"],
    ["time", "5:30", undefined, "ambiguous"],
    ["time", "15 Uhr 30", "de-DE", "15:30"],
    ["time", "18h15", "fr-FR", "18:15"],
    ["datetime", "tomorrow at 5 pm", undefined, "2026-03-03T17:00"],
    ["datetime", "tomorrow", undefined, "form"],
    ["datetime", "2026-03-03T17:00Z", undefined, "2026-03-03T17:00Z"],
    ["email", "it's Ana@Example.ORG.", undefined, "Ana@example.org"],
    ["email", "ana at example", undefined, "form"],
    ["phone", "415-555-2671", undefined, "+14155552671"],
    ["phone", "030 901820", "de-DE", "+4930901820"],
    ["phone", "call me", undefined, "form"],
    ["string", "  hello ", undefined, "hello"],
    ["string", 42, undefined, "42"],
    ["string", "  ", undefined, "empty"],
    ["number", null, undefined, "empty"],
    ["object", '{"a":1}', undefined, "form"],
  ] as const)("reads %s from %j in %s as %j", async (type, given, locale, expected) => {
    expect(await value(field(type), given, { locale })).toEqual(expected);
  });

  it("takes the value of an enum by its name, a synonym, or words that only it has, the longest first", async () => {
    expect(await value(size, "LARGE")).toBe("large");
    expect(await value(size, "the big one please")).toBe("large");
    expect(await value(size, "extra large please")).toBe("extra large");
    expect(await value(size, "not small but big")).toBe("large");
    expect(await value(size, "small or large")).toBe("ambiguous");
    expect(await value(size, "huge")).toBe("choice");
    expect(await value(people, "Doc Johnson")).toBe("Dr. Johnson");
    expect(await value(people, "Dr. Who")).toBe("choice");
  });

  it("reads an enum of times, of numbers, and of yes and no as such", async () => {
    const hours = field("enum", { values: [{ value: "4 pm" }, { value: "5 pm" }] });
    expect(await value(hours, "17:00")).toBe("5 pm");
    expect(await value(field("enum", { values: [{ value: "1" }, { value: "2" }] }), "two")).toBe("2");
    expect(await value(field("enum", { values: [{ value: "True" }, { value: "False" }] }), "no thanks")).toBe("False");
  });

  it("reads a statement that names a yes-or-no field", async () => {
    const pets = { name: "pets_allowed", type: "boolean" } as const;
    expect(await value(pets, "we have pets")).toBe(true);
    expect(await value(pets, "without pets")).toBe(false);
    expect(await value(pets, "we have children")).toBe("form");
  });

  it("says what a field takes where a value is out of its bounds", async () => {
    const guests = field("integer", { min: 1, max: 8 });
    expect(await normaliseValue(guests, "twelve")).toEqual({
      ok: false,
      problem: "range",
      expected: "a whole number, at least 1, at most 8",
    });
    expect(await value(field("string", { max: 3 }), "four")).toBe("range");
    expect(await value(field("string", { pattern: "[A-Z]{2}\\d+" }), "ab1")).toBe("pattern");
    expect(await value(field("string", { pattern: "[A-Z]{2}\\d+" }), "AB1")).toBe("AB1");
  });

  it("counts relative dates in the person's zone", async () => {
    const late = { at: "2026-03-02T23:30:00Z" };
    expect(await value(field("date"), "tomorrow", late)).toBe("2026-03-03");
    expect(await value(field("date"), "tomorrow", { ...late, timeZone: "Asia/Tokyo" })).toBe("2026-03-04");
    expect(await value(field("date"), "tomorrow", { ...late, timeZone: "Nowhere/None" })).toBe("form");
  });

  it("asks the host's schema with the canonical value, and takes what it makes of it if the field does", async () => {
    const guests = field("integer", { max: 10 });
    const even = z.number().refine((count) => count % 2 === 0, "an even number");
    expect(await value(guests, "four", { fieldValidators: { f: even } })).toBe(4);
    expect(await normaliseValue(guests, "3", { fieldValidators: { f: even } })).toEqual({
      ok: false,
      problem: "refused",
      expected: "an even number",
    });
    expect(await value(guests, "4", { fieldValidators: { f: z.number().transform((count) => count * 2) } })).toBe(8);
    expect(await value(guests, "9", { fieldValidators: { f: z.number().transform((count) => count * 2) } })).toBe(
      "refused",
    );
    const broken = {
      "~standard": {
        validate: () => {
          throw new TypeError("no");
        },
      },
    };
    expect(await value(guests, "4", { fieldValidators: { f: broken } })).toBe("refused");
  });

  it("reads dates with a year, addresses and canonical values without the optional packages", async () => {
    const bare = { libraries: { notes: [] } };
    expect(await value(field("date"), "3/4/2026", { ...bare, locale: "en-US" })).toBe("2026-03-04");
    expect(await value(field("date"), "next Friday", bare)).toBe("form");
    expect(await value(field("phone"), "+14155552671", bare)).toBe("+14155552671");
  });
});
