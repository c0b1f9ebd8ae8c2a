import { describe, expect, it } from "vitest";
import type { Field } from "../../src/contracts/types.js";
import { checkEvidence } from "../../src/fill/evidence.js";
import { defaultExtractor } from "../../src/fill/extract-default.js";
import type { Turn } from "../../src/ports/extractor.js";

const at = "2026-03-02T09:00:00Z";
const guests: Field = { name: "guests", type: "integer" };
const email: Field = { name: "email", type: "email" };
const day: Field = { name: "day", type: "date" };

/** How sure anybody may be of words of the last turn, whoever has found them. */
async function sureness(field: Field, question: string, said: string, quote: string): Promise<number> {
  const turns: Turn[] = [
    { role: "assistant", text: question },
    { role: "user", text: said },
  ];
  const request = { turns, fields: [field], at };
  const answer = { values: [{ field: field.name, quote, turn: 1, confidence: 1 }] };
  const [found] = (await checkEvidence(answer, request)).values;
  const [own] = (await checkEvidence(await defaultExtractor().extract(request), request)).values;
  return Math.max(found?.confidence ?? 0, own?.confidence ?? 0);
}

describe("words that leave a value open", () => {
  it.each([
    ["a guess", guests, "How many guests?", "maybe 4, I'm not sure", "4"],
    ["a number that is nearly so", guests, "How many guests?", "about 4", "4"],
    ["a value that is taken back at once", guests, "How many guests?", "two, no three", "two"],
    ["an address of another person", email, "How can I reach you?", "my wife's email is w@x.example", "w@x.example"],
    ["an address of somebody named", email, "How can I reach you?", "Anna's email is w@x.example", "w@x.example"],
    ["what somebody else wrote", email, "Anything else?", "my boss wrote: 'the email is b@x.example'", "b@x.example"],
    ["a day that is not certain", day, "Which day?", "vielleicht am Tuesday", "Tuesday"],
  ])("make %s one that is confirmed first, also if a model is sure", async (_, field, question, said, quote) => {
    expect(await sureness(field, question, said, quote)).toBeLessThanOrEqual(0.9);
  });

  it.each([
    ["a plain answer", guests, "How many guests?", "4, no problem", "4"],
    ["an address of one's own", email, "How can I reach you?", "it's a@x.example", "a@x.example"],
    ["a doubt about something else", guests, "How many guests?", "4. Maybe with breakfast.", "4"],
  ])("are told from %s", async (_, field, question, said, quote) => {
    expect(await sureness(field, question, said, quote)).toBeGreaterThanOrEqual(0.95);
  });
});
