import { z } from "zod";
import type { Field } from "../../src/contracts/types.js";
import type { ExtractedValue, Extractor } from "../../src/ports/extractor.js";

const resultShape = z.array(
  z.object({
    start: z.number(),
    end: z.number(),
    resolution: z
      .object({
        value: z.unknown().optional(),
        values: z.array(z.object({ type: z.string(), value: z.string().optional() })).optional(),
      })
      .nullish(),
  }),
);
const recogniser = z.custom<(text: string, culture: string, options?: number, reference?: Date) => unknown>(
  (given) => typeof given === "function",
);
const suiteShape = z.object({
  recognizeDateTime: recogniser,
  recognizeNumber: recogniser,
  recognizeBoolean: recogniser,
  recognizeEmail: recogniser,
  recognizePhoneNumber: recogniser,
});

interface Hit {
  readonly value: unknown;
  readonly quote: string;
}

/**
 * The public rule-based recogniser of Microsoft (`@microsoft/recognizers-text-suite`) for dates, times, numbers, yes and no, email and
 * phone, in place of the regular expressions of the naive baseline. It knows types and no fields, so the last match of the person wins; an
 * enum takes its last value that is named word for word. Free text is not read.
 */
export async function recognisersExtractor(): Promise<Extractor> {
  const suite = suiteShape.parse(await import("@microsoft/recognizers-text-suite"));
  const read = (field: Field, text: string, at: Date): Hit[] => {
    const run = (call: typeof suite.recognizeNumber) => hits(resultShape.parse(call(text, "en-us")), text);
    switch (field.type) {
      case "date":
      case "time":
        return moments(resultShape.parse(suite.recognizeDateTime(text, "en-us", 0, at)), text, field.type);
      case "number":
      case "integer":
        return run(suite.recognizeNumber).map((hit) => ({ ...hit, value: Number(hit.value) }));
      case "boolean":
        return run(suite.recognizeBoolean);
      case "email":
        return run(suite.recognizeEmail);
      case "phone":
        return run(suite.recognizePhoneNumber);
      case "enum":
        return named(field, text);
      default:
        return [];
    }
  };
  return {
    name: "recognisers",
    extract: async ({ turns, fields, at }) =>
      fields.flatMap((field): ExtractedValue[] => {
        const found = turns.flatMap(({ role, text }, turn) =>
          role === "user"
            ? read(field, text, new Date(at)).map((hit) => ({ field: field.name, confidence: 1, turn, ...hit }))
            : [],
        );
        return found.slice(-1);
      }),
  };
}

function hits(results: z.infer<typeof resultShape>, text: string): Hit[] {
  return results.map(({ start, end, resolution }) => ({ value: resolution?.value, quote: text.slice(start, end + 1) }));
}

/** Of the readings of a date without a year the last one, which lies ahead. */
function moments(results: z.infer<typeof resultShape>, text: string, type: "date" | "time"): Hit[] {
  return results.flatMap(({ start, end, resolution }) => {
    const reading = (resolution?.values ?? []).findLast((one) => one.type === type || one.type === "datetime")?.value;
    if (reading === undefined) return [];
    const [first = "", second = first] = reading.split(" ");
    return [{ value: type === "date" ? first : second.slice(0, 5), quote: text.slice(start, end + 1) }];
  });
}

function named({ values = [] }: Field, text: string): Hit[] {
  const folded = text.toLowerCase();
  const found = values.map(({ value }) => ({ value, quote: value, at: folded.lastIndexOf(value.toLowerCase()) }));
  return found
    .filter(({ at }) => at >= 0)
    .sort((one, other) => one.at - other.at)
    .map(({ value, quote }) => ({ value, quote }));
}
