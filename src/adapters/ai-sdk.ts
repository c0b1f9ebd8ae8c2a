import { z } from "zod";
import type { Extractor } from "../ports/extractor.js";
import type { Judge } from "../ports/judge.js";
import { extractionPrompt, judgePrompt, type ModelPrompt } from "./ai-sdk-prompt.js";

/** What a call of the AI SDK is given here. */
export interface AiSdkCall<M> extends ModelPrompt {
  readonly model: M;
  readonly maxRetries: number;
  readonly temperature: number;
  readonly maxOutputTokens: number;
  readonly abortSignal?: AbortSignal;
}

/** The part of `generateObject` of the AI SDK that is used. */
export type GenerateObject<M> = (
  call: AiSdkCall<M> & { readonly schema: z.ZodType; readonly schemaName: string },
) => Promise<{ readonly object: unknown }>;

/** The part of `generateText` of the AI SDK that is used, for models without structured output. */
export type GenerateText<M> = (call: AiSdkCall<M>) => Promise<{ readonly text: string }>;

/** A model of the AI SDK and one of its two functions, given so that this package does not depend on it. */
export type AiSdkOptions<M> = {
  readonly model: M;
  /** Names the model in the records; its `modelId` if absent. */
  readonly modelName?: string;
  /** Most tokens of an answer; 2000 if absent. */
  readonly maxOutputTokens?: number;
  /** 0 if absent. */
  readonly temperature?: number;
} & (
  | { readonly generateObject: GenerateObject<M>; readonly generateText?: never }
  | { readonly generateText: GenerateText<M>; readonly generateObject?: never }
);

const maxTextLength = 200_000;

const extraction = z.object({
  values: z.array(
    z.object({
      field: z.string(),
      value: z.string(),
      quote: z.string(),
      turn: z.number(),
      acceptedIn: z.number().nullable(),
      confidence: z.number(),
    }),
  ),
});

const judgement = z.object({ verdict: z.enum(["true", "false", "unknown"]), confidence: z.number() });

/** How an answer in text has to look, for models without structured output. */
function asJson(schema: z.ZodType): string {
  return `\n\nAnswer with JSON only, in this form: ${JSON.stringify(z.toJSONSchema(schema))}`;
}

function modelName<M>({ model, modelName: given }: AiSdkOptions<M>): string {
  if (given !== undefined) return given;
  if (typeof model === "string") return model;
  const id: unknown = typeof model === "object" && model !== null && "modelId" in model ? model.modelId : undefined;
  return typeof id === "string" && id !== "" ? id : "unnamed";
}

/** The text of an answer that the AI SDK could not bring into the schema: it may be read all the same. */
function textOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("text" in error) || !("name" in error)) return undefined;
  return error.name === "AI_NoObjectGeneratedError" && typeof error.text === "string" ? error.text : undefined;
}

/** Text that is not too long to be looked at. */
function bounded(text: unknown): string | undefined {
  return typeof text === "string" && text.length <= maxTextLength ? text : undefined;
}

interface Wanted {
  readonly told: ModelPrompt;
  readonly schema: z.ZodType;
  readonly schemaName: string;
  readonly signal: AbortSignal | undefined;
}

/** One call without retries: who asks has a policy of its own. */
async function generate<M>(options: AiSdkOptions<M>, { told, schema, schemaName, signal }: Wanted): Promise<unknown> {
  const call: AiSdkCall<M> = {
    model: options.model,
    ...told,
    maxRetries: 0,
    temperature: options.temperature ?? 0,
    maxOutputTokens: options.maxOutputTokens ?? 2000,
    ...(signal === undefined ? {} : { abortSignal: signal }),
  };
  if (options.generateObject === undefined) {
    const { text } = await options.generateText({ ...call, system: told.system + asJson(schema) });
    return bounded(text);
  }
  try {
    return (await options.generateObject({ ...call, schema, schemaName })).object;
  } catch (error) {
    const text = textOf(error);
    if (text === undefined) throw error;
    return bounded(text);
  }
}

/**
 * An extractor over a model of the Vercel AI SDK (`ai`, an optional peer). The conversation reaches the model as data, and what it
 * answers is checked against the conversation by `conversationSource`.
 *
 * @param options - the model, and `generateObject` of `ai`, or `generateText` for models without structured output
 *
 * @example
 * import { generateObject } from "ai";
 *
 * const model = "openai/gpt-5-mini"; // or a model of a provider's package
 * const extractor = aiSdkExtractor({ model, generateObject });
 * const source = conversationSource({ turns: async (session) => [], extractor });
 *
 * @since 0.1.0
 * @public
 */
export function aiSdkExtractor<M>(options: AiSdkOptions<M>): Extractor & { readonly model: string } {
  return {
    name: "ai-sdk",
    model: modelName(options),
    extract: async (request) => {
      const { signal } = request;
      return generate(options, { told: extractionPrompt(request), schema: extraction, schemaName: "values", signal });
    },
  };
}

/**
 * A judge over a model of the Vercel AI SDK. It sees the condition and the facts, not the session; what it cannot tell, and what is
 * no verdict, is `unknown`.
 *
 * @example
 * import { generateObject } from "ai";
 *
 * const judge = aiSdkJudge({ model: "openai/gpt-5-mini", generateObject });
 *
 * @since 0.1.0
 * @public
 */
export function aiSdkJudge<M>(options: AiSdkOptions<M>): Judge {
  return {
    judge: async (request) => {
      const { signal } = request;
      const told = judgePrompt(request);
      const answer = await generate(options, { told, schema: judgement, schemaName: "verdict", signal });
      const read = judgement.safeParse(typeof answer === "string" ? parsed(answer) : answer);
      if (!read.success) return "unknown";
      const { verdict, confidence } = read.data;
      if (confidence < 0 || confidence > 1) return "unknown";
      return { verdict: verdict === "unknown" ? verdict : verdict === "true", confidence };
    },
  };
}

/** JSON text, possibly in one code fence. */
function parsed(text: string): unknown {
  const trimmed = text.trim();
  const isFenced = trimmed.startsWith("```") && trimmed.endsWith("```") && trimmed.length > 6;
  const body = isFenced ? trimmed.slice(3, -3).replace(/^[A-Za-z]*\s/, "") : trimmed;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
