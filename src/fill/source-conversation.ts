import { digestOf } from "../hash/digest.js";
import type { ConversationReader } from "../ports/conversation.js";
import type { ExtractionRequest, Extractor, Turn } from "../ports/extractor.js";
import type { FieldFinding, FieldRequest, FieldSource } from "../ports/field-source.js";
import { retry } from "../resilience/retry.js";
import { isPassing } from "../resilience/transient.js";
import { type CheckedEvidence, checkEvidence, type EvidenceOptions, type RejectedValue } from "./evidence.js";

/** How a conversation is read. */
export interface ConversationSourceOptions extends Pick<EvidenceOptions, "fieldValidators" | "libraries"> {
  /** Names the source in the records; `conversation` if absent. */
  readonly name?: string;
  readonly turns: ConversationReader;
  readonly extractor: Extractor;
  /** Latest turns that are shown to the extractor, at most `conversationTurns` of the configuration. */
  readonly maxTurns?: number;
  /** Characters of all these turns together; 20,000 if absent. Older turns go first. */
  readonly maxChars?: number;
  /** Tries of an extractor with a model, all within `limits.sourceTimeoutMs`; 2 if absent. */
  readonly attempts?: number;
  /** Longest pause before the second try in milliseconds; 200 if absent. */
  readonly pauseMs?: number;
  /** Told what the extractor said without evidence: names of fields and why, never a value. */
  readonly onRejected?: (rejected: readonly RejectedValue[]) => void;
}

/** Answers that are kept, so that the same conversation is not read twice: a write that has to be decided anew costs no call. */
const maxKept = 64;

/**
 * The conversation as a source of values: one call of the extractor for all fields that are missing, and evidence or nothing. What the
 * extractor answers counts only where its quote stands in a turn of the person, or in an offer that the person accepted, and gives the
 * value.
 *
 * A failing model is tried again while there is time; an extractor without a model is not.
 *
 * @example
 * conversationSource({ turns: (session) => chat.turns(session.id), extractor: defaultExtractor() });
 *
 * @since 0.1.0
 * @public
 */
export function conversationSource(options: ConversationSourceOptions): FieldSource {
  const { name = "conversation", extractor } = options;
  const kept = new Map<string, CheckedEvidence>();
  return {
    name,
    kind: "conversation",
    costly: extractor.model !== undefined,
    find: async (request) => {
      const limit = Math.min(options.maxTurns ?? request.maxTurns, request.maxTurns);
      if (limit < 1) return [];
      const { turns, offset } = await latest(options, request, limit);
      if (turns.length === 0) return [];
      const asked = extractionOf(request, turns);
      const key = keyOf(extractor, request, asked);
      const evidence = kept.get(key) ?? (await read(options, request, asked));
      keep(kept, key, evidence);
      const { model } = extractor;
      return evidence.values.map(({ field, value, confidence, quote, turn, span }): FieldFinding => {
        const origin = { turn: turn + offset, extractor: extractor.name, ...(model === undefined ? {} : { model }) };
        return { field, value, confidence, quote, ...(span === undefined ? {} : { span }), ...origin };
      });
    },
  };
}

async function read(
  { extractor, attempts = 2, pauseMs = 200, onRejected, fieldValidators, libraries }: ConversationSourceOptions,
  { signal, timeZone }: FieldRequest,
  asked: ExtractionRequest,
): Promise<CheckedEvidence> {
  const tries = extractor.model === undefined ? 1 : attempts;
  const answer = await retry(() => extractor.extract(asked), {
    maxAttempts: tries,
    baseMs: pauseMs,
    signal,
    mayRetry: isPassing,
  });
  const evidence = await checkEvidence(answer, asked, {
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(fieldValidators === undefined ? {} : { fieldValidators }),
    ...(libraries === undefined ? {} : { libraries }),
  });
  if (evidence.rejected.length > 0) onRejected?.(evidence.rejected);
  return evidence;
}

function extractionOf({ fields, at, locale, signal }: FieldRequest, turns: readonly Turn[]): ExtractionRequest {
  return { turns, fields, at, signal, ...(locale === undefined ? {} : { locale }) };
}

/** The last turns within the bounds, and how many of those that were read stand before them. */
async function latest(
  { turns: reader, maxChars = 20_000 }: ConversationSourceOptions,
  { session, signal }: FieldRequest,
  limit: number,
): Promise<{ readonly turns: readonly Turn[]; readonly offset: number }> {
  const all: unknown = await reader(session, { limit, signal });
  if (!Array.isArray(all)) return { turns: [], offset: 0 };
  const turns: Turn[] = [];
  let left = maxChars;
  for (let at = all.length - 1; at >= 0 && turns.length < limit; at -= 1) {
    const turn = turnIn(all[at]);
    left -= turn.text.length;
    if (left < 0) break;
    turns.unshift(turn);
  }
  return { turns, offset: all.length - turns.length };
}

/** A turn as it is, or an empty one of the assistant, which says nothing, in the place of what is none. */
function turnIn(item: unknown): Turn {
  const { role, text, at } = (typeof item === "object" && item !== null ? item : {}) as {
    readonly [K in keyof Turn]?: unknown;
  };
  if ((role !== "user" && role !== "assistant") || typeof text !== "string") return { role: "assistant", text: "" };
  // Half a character, where a host has cut a text, is no JSON; the offsets stay what they are.
  return {
    role,
    text: text.replace(/\p{Surrogate}/gu, "\ufffd"),
    ...(typeof at === "string" && !Number.isNaN(Date.parse(at)) ? { at } : {}),
  };
}

/** What a call depends on. "Tomorrow" in a turn without a time depends on the day. */
function keyOf({ name, model }: Extractor, { timeZone }: FieldRequest, asked: ExtractionRequest): string {
  const { turns, fields, locale = "", at } = asked;
  return digestOf({
    name,
    model: model ?? "",
    turns,
    fields,
    locale,
    timeZone: timeZone ?? "",
    day: at.slice(0, "2026-01-01".length),
  });
}

function keep(kept: Map<string, CheckedEvidence>, key: string, evidence: CheckedEvidence): void {
  kept.delete(key);
  kept.set(key, evidence);
  const [oldest] = kept.keys();
  if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest);
}
