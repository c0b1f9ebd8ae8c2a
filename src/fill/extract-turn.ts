import type { Turn } from "../ports/extractor.js";
import type { FieldView } from "./extract-field.js";
import { findMentions, type Mention } from "./extract-mention.js";
import { type Asked, askedBy, nothing, type Sentence, sentencesOf } from "./extract-question.js";
import { isCorrection, type Reaction, reactionOf } from "./extract-reaction.js";
import type { Reference } from "./normal-date.js";
import type { Libraries } from "./normal-libraries.js";
import type { SenseToken } from "./normal-words.js";

/** A turn with everything that is read in it once. */
export interface ReadTurn {
  readonly index: number;
  readonly role: Turn["role"];
  readonly text: string;
  readonly sentences: readonly Sentence[];
  readonly tokens: readonly SenseToken[];
  readonly mentions: readonly Mention[];
  readonly reaction: Reaction;
  readonly corrects: boolean;
  /** For the assistant: how much its last questions ask for each field, in the order of the fields. */
  readonly asked: readonly Asked[];
}

/** Reads one turn; of a text that is too long, only its beginning. */
export function readTurn(
  turn: Turn,
  index: number,
  views: readonly FieldView[],
  reference: Reference,
  libraries: Libraries,
  maxLength: number,
): ReadTurn {
  const text = turn.text.slice(0, maxLength);
  const sentences = sentencesOf(text);
  const questions = sentences.filter(({ isQuestion }) => isQuestion).map((sentence) => askedBy(sentence, views));
  const asked = views.map((_, view) =>
    questions.reduce(
      (best, each) => ((each[view] ?? nothing).score > best.score ? (each[view] ?? nothing) : best),
      nothing,
    ),
  );
  return {
    index,
    role: turn.role,
    text,
    sentences,
    tokens: sentences.flatMap((sentence) => sentence.tokens),
    mentions: findMentions(text, views, { ...reference, at: turn.at ?? reference.at }, libraries),
    reaction: reactionOf(text, reference.locale),
    corrects: isCorrection(text),
    asked: turn.role === "assistant" ? asked : views.map(() => nothing),
  };
}
