import { z } from "zod";
import { isRegraftError, RegraftError } from "../errors.js";
import type { Extractor } from "../ports/extractor.js";
import type { Judge } from "../ports/judge.js";
import { retry } from "../resilience/retry.js";
import { isPassing } from "../resilience/transient.js";
import { extractionPrompt, judgePrompt, type ModelPrompt } from "./ai-sdk-prompt.js";

/** What a call of the AI SDK is given here. */
export interface AiSdkCall<M> extends ModelPrompt {
  readonly model: M;
  readonly maxRetries: number;
  readonly temperature: number;
  readonly maxOutputTokens: number;
  readonly abortSignal?: AbortSignal;
}

/** What a call used, as the AI SDK counts it: tokens. */
export interface AiSdkUsage {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly totalTokens?: number | undefined;
}

/** The part of `generateObject` of the AI SDK that is used. */
export type GenerateObject<M> = (
  call: AiSdkCall<M> & { readonly schema: z.ZodType; readonly schemaName: string },
) => Promise<{ readonly object: unknown; readonly usage?: AiSdkUsage }>;

/** The part of `generateText` of the AI SDK that is used: its text, or what `Output.object` made of it. */
export type GenerateText<M> = (call: AiSdkCall<M>) => Promise<{ readonly text: string; readonly usage?: AiSdkUsage }>;

/** `Output` of the AI SDK, for structured output over `generateText`. */
export interface AiSdkOutput<O> {
  object(given: { readonly schema: z.ZodType }): O;
}

/** `generateText` of the AI SDK that is given an `Output`: as `output` from version 6 on, as `experimental_output` in version 5. */
export type GenerateOutput<M, O> = (
  call: AiSdkCall<M> & { readonly output: O; readonly experimental_output: O },
) => Promise<{ readonly text: string; readonly usage?: AiSdkUsage }>;

/**
 * A model of the AI SDK (versions 5 to 7) and one of its functions, given so that this package does not depend on it: `generateText` with
 * `output: Output`; `generateText` alone, for models without structured output; or `generateObject`, deprecated by the AI SDK since
 * its version 6.
 */
export type AiSdkOptions<M, O = unknown> = {
  readonly model: M;
  /** Names the model in the records; its `modelId` if absent. */
  readonly modelName?: string;
  /** Most tokens of an answer; 2000 if absent. */
  readonly maxOutputTokens?: number;
  /** 0 if absent. */
  readonly temperature?: number;
  /** Most tokens of all calls together, as the model counts them. What has used them up throws `LIMIT.EXCEEDED` without a call. */
  readonly maxTotalTokens?: number;
  /** Told what each answered call used. */
  readonly onUsage?: (usage: AiSdkUsage) => void;
} & (
  | { readonly generateObject: GenerateObject<M>; readonly generateText?: never; readonly output?: never }
  | { readonly generateText: GenerateOutput<M, O>; readonly output: AiSdkOutput<O>; readonly generateObject?: never }
  | { readonly generateText: GenerateText<M>; readonly output?: never; readonly generateObject?: never }
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

function modelName<M, O>({ model, modelName: given }: AiSdkOptions<M, O>): string {
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

/** What all calls of one extractor or judge have used. */
interface Spent {
  tokens: number;
}

/** One call without retries: who asks has a policy of its own. */
async function generate<M, O>(options: AiSdkOptions<M, O>, wanted: Wanted, spent: Spent): Promise<unknown> {
  const { maxTotalTokens = Number.POSITIVE_INFINITY, onUsage } = options;
  if (spent.tokens >= maxTotalTokens) {
    const details = { path: "maxTotalTokens", expected: `less than ${maxTotalTokens}`, received: String(spent.tokens) };
    throw new RegraftError("LIMIT.EXCEEDED", "the tokens of this model are used up", details);
  }
  const { usage, answer } = await answerOf(options, wanted);
  if (usage !== undefined) {
    const { inputTokens = 0, outputTokens = 0, totalTokens = inputTokens + outputTokens } = usage;
    spent.tokens += totalTokens;
    onUsage?.(usage);
  }
  return answer;
}

interface Answered {
  readonly answer: unknown;
  readonly usage: AiSdkUsage | undefined;
}

async function answerOf<M, O>(
  options: AiSdkOptions<M, O>,
  { told, schema, schemaName, signal }: Wanted,
): Promise<Answered> {
  const call: AiSdkCall<M> = {
    model: options.model,
    ...told,
    maxRetries: 0,
    temperature: options.temperature ?? 0,
    maxOutputTokens: options.maxOutputTokens ?? 2000,
    ...(signal === undefined ? {} : { abortSignal: signal }),
  };
  if (options.generateObject === undefined && options.output === undefined) {
    const { text, usage } = await options.generateText({ ...call, system: told.system + asJson(schema) });
    return { answer: bounded(text), usage };
  }
  try {
    if (options.generateObject !== undefined) {
      const { object, usage } = await options.generateObject({ ...call, schema, schemaName });
      return { answer: object, usage };
    }
    const output = options.output.object({ schema });
    const result = await options.generateText({ ...call, output, experimental_output: output });
    return { answer: outputOf(result) ?? bounded(result.text), usage: result.usage };
  } catch (error) {
    const text = textOf(error);
    if (text === undefined) throw error;
    return { answer: bounded(text), usage: usageOf(error) };
  }
}

/** What the AI SDK read from the text; its getters throw where it read nothing. */
function outputOf(result: object): unknown {
  for (const name of ["output", "experimental_output"]) {
    try {
      const read: unknown = Reflect.get(result, name);
      if (read !== undefined) return read;
    } catch (error) {
      if (!(error instanceof Error) || !/^AI_No\w+GeneratedError$/.test(error.name)) throw error;
    }
  }
  return undefined;
}

const usageShape = z.object({
  inputTokens: z.number().optional(),
  outputTokens: z.number().optional(),
  totalTokens: z.number().optional(),
});

function usageOf(error: unknown): AiSdkUsage | undefined {
  const { data } = z.object({ usage: usageShape }).safeParse(error);
  return data?.usage;
}

/**
 * An extractor over a model of the Vercel AI SDK (`ai`, an optional peer). The conversation reaches the model as data, and what it
 * answers is checked against the conversation by `conversationSource`.
 *
 * @param options - the model, and of `ai`: `generateText` and `output: Output`, or `generateText` alone for models without structured
 * output, or `generateObject` (deprecated by `ai` since its version 6)
 *
 * @example
 * import { generateText, Output } from "ai";
 *
 * const model = "openai/gpt-5-mini"; // or a model of a provider's package
 * const extractor = aiSdkExtractor({ model, generateText, output: Output });
 * const source = conversationSource({ turns: async (session) => [], extractor });
 *
 * @since 0.1.0
 * @public
 */
export function aiSdkExtractor<M, O = unknown>(options: AiSdkOptions<M, O>): Extractor & { readonly model: string } {
  const spent: Spent = { tokens: 0 };
  return {
    name: "ai-sdk",
    model: modelName(options),
    extract: async (request) => {
      const { signal } = request;
      const wanted = { told: extractionPrompt(request), schema: extraction, schemaName: "values", signal };
      return generate(options, wanted, spent);
    },
  };
}

/**
 * A judge over a model of the Vercel AI SDK. It sees the condition and the facts, not the session; what it cannot tell, and what is
 * no verdict, is `unknown`. A call that fails is tried again, `attempts` (2) times in all, until the signal is aborted.
 *
 * @example
 * import { generateText, Output } from "ai";
 *
 * const judge = aiSdkJudge({ model: "openai/gpt-5-mini", generateText, output: Output });
 *
 * @since 0.1.0
 * @public
 */
export function aiSdkJudge<M, O = unknown>(options: AiSdkOptions<M, O> & { readonly attempts?: number }): Judge {
  const spent: Spent = { tokens: 0 };
  const maxAttempts = options.attempts ?? 2;
  return {
    judge: async (request) => {
      const { signal } = request;
      const told = judgePrompt(request);
      const wanted = { told, schema: judgement, schemaName: "verdict", signal };
      const mayRetry = (error: unknown) => !isRegraftError(error) && isPassing(error);
      const call = () => generate(options, wanted, spent);
      const answer = await retry(call, { maxAttempts, baseMs: 200, signal, mayRetry });
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
