import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Field } from "../../src/contracts/types.js";
import { checkEvidence } from "../../src/fill/evidence.js";
import type { Turn } from "../../src/ports/extractor.js";

const at = "2026-03-02T09:00:00Z";
const fields: Field[] = [
  { name: "guests", type: "integer", max: 20 },
  { name: "day", type: "date" },
  { name: "note", type: "string" },
];
const turns: Turn[] = [
  { role: "assistant", text: "Shall I book a table for 6 on Friday?" },
  { role: "user", text: "No,  it\u2019s \u201CTHREE\u201D of us" },
  { role: "assistant", text: "A table for 3 on Saturday, is that right?" },
  { role: "user", text: "Yes, perfect" },
];
const request = { turns, fields, at };
const entry = { field: "guests", value: 3, confidence: 0.9, quote: "three", turn: 1 };

async function whyNot(answer: unknown): Promise<readonly string[]> {
  const { values, rejected } = await checkEvidence(answer, request);
  expect(values).toEqual([]);
  return rejected.map(({ why }) => why);
}

describe("checkEvidence", () => {
  it("finds a quote whatever its case, quotes and spaces, and gives it as it stands in the turn", async () => {
    const { values } = await checkEvidence([{ ...entry, quote: 'it\'s "three"' }], request);
    expect(values).toEqual([
      { field: "guests", value: 3, confidence: 0.9, quote: "it\u2019s \u201CTHREE\u201D", turn: 1, span: [5, 17] },
    ]);
    expect(turns[1]?.text.slice(5, 17)).toBe(values[0]?.quote);
  });

  it("corrects a wrong span and keeps a right one", async () => {
    const wrong = await checkEvidence([{ ...entry, span: [0, 2] }], request);
    expect(wrong.values[0]?.span).toEqual([11, 16]);
    const twice = { turns: [{ role: "user" as const, text: "3 or 3" }], fields, at };
    const named = await checkEvidence([{ ...entry, turn: 0, quote: "3", span: [5, 6] }], twice);
    expect(named.values[0]?.span).toEqual([5, 6]);
  });

  it("takes an offer of the assistant only if the user accepted it", async () => {
    const saturday = { field: "day", value: "2026-03-07", confidence: 0.9, quote: "Saturday", turn: 2 };
    expect((await checkEvidence([saturday], request)).values).toMatchObject([{ value: "2026-03-07", acceptedIn: 3 }]);
    expect(await whyNot([{ ...saturday, quote: "Friday", value: "2026-03-06", turn: 0 }])).toEqual([
      "the user did not accept what the assistant said",
    ]);
    expect(await whyNot([{ ...saturday, acceptedIn: 1 }])).toEqual(["the user did not accept what the assistant said"]);
  });

  it("drops what no turn says, and says why without a value", async () => {
    expect(await whyNot([{ ...entry, quote: "four" }])).toEqual(["its quote is not in the turn"]);
    expect(await whyNot([{ ...entry, quote: "hre" }])).toEqual(["its quote is not in the turn"]);
    expect(await whyNot([{ ...entry, turn: 9 }])).toEqual(["its turn does not exist"]);
    expect(await whyNot([{ ...entry, value: 4 }])).toEqual(["its value is not what the quote says"]);
    expect(await whyNot([{ ...entry, quote: "of us" }])).toEqual(["its quote gives no value (form)"]);
    expect(await whyNot([{ ...entry, field: "pin" }])).toEqual(["it was not asked for"]);
  });

  it("keeps the last of several values for a field", async () => {
    const two = { turns: [{ role: "user" as const, text: "3, no, 5" }], fields, at };
    const { values } = await checkEvidence(
      [
        { ...entry, turn: 0, quote: "5", value: 5 },
        { ...entry, turn: 0, quote: "3", value: 3 },
      ],
      two,
    );
    expect(values).toMatchObject([{ value: 5 }]);
  });

  it("reads JSON text, also in one code fence, and nothing else", async () => {
    const json = JSON.stringify([entry]);
    expect((await checkEvidence(json, request)).values).toHaveLength(1);
    expect((await checkEvidence(`\`\`\`json\n${json}\n\`\`\``, request)).values).toHaveLength(1);
    expect((await checkEvidence(JSON.stringify({ values: [entry] }), request)).values).toHaveLength(1);
    expect(await whyNot(`Here you are: ${json}`)).toEqual(["it is neither an array nor JSON text of one"]);
    expect(await whyNot(json.slice(0, -1))).toEqual(["it is neither an array nor JSON text of one"]);
  });

  it.each([
    undefined,
    null,
    7,
    "",
    {},
    [null],
    [[]],
    [{ ...entry, confidence: Number.NaN }],
    [{ ...entry, confidence: 2 }],
    [{ ...entry, turn: 0.5 }],
    [{ ...entry, turn: "1" }],
    [{ ...entry, quote: "" }],
    [{ ...entry, acceptedIn: "3" }],
    "x".repeat(300_000),
  ])("survives malformed answers (%#)", async (answer) => {
    expect(await whyNot(answer)).toHaveLength(1);
  });

  it("survives answers that throw or change when they are read", async () => {
    const throwing = new Proxy([], {
      get: () => {
        throw new TypeError("no");
      },
    });
    expect(await whyNot(throwing)).toEqual(["it cannot be read"]);
    const getter = Object.defineProperty({ ...entry }, "quote", { get: () => "three", enumerable: true });
    expect(await whyNot([getter])).toEqual(["an entry has no quote"]);
  });

  it("reads a bounded number of entries", async () => {
    const { values, rejected } = await checkEvidence(
      Array.from({ length: 5000 }, () => entry),
      request,
    );
    expect(values).toHaveLength(1);
    expect(rejected).toEqual([{ why: "it has 5000 entries, 100 are read" }]);
  });

  it("asks the host's own schema for a field", async () => {
    const { values, rejected } = await checkEvidence([entry], request, {
      fieldValidators: { guests: z.number().min(4) },
    });
    expect(values).toEqual([]);
    expect(rejected).toEqual([{ field: "guests", why: "its quote gives no value (refused)" }]);
  });
});
