import { languageOf } from "./normal-language.js";
import { fold, tokens } from "./normal-text.js";

/** Longest beginning of a turn that is read. */
const maxLength = 2000;

/** What a person makes of what the assistant said before. */
export type Reaction = "accept" | "reject" | "ask" | "other";

const agreement =
  /\b(?:sounds? (?:\w+ )?(?:good|great|perfect|fine|nice|wonderful|awesome|excellent|right|lovely|interesting|okay|ok|amazing|cool|like (?:a|what))|that(?:'s| is| one|'ll| will| would|'d)? (?:\w+ ){0,2}(?:works?|good|great|fine|perfect|ok|okay|nice|right|correct|wonderful|excellent|it|do|awesome|suits?)|(?:looks?|seems?|is|it's) (?:\w+ )?(?:good|great|perfect|fine|nice|correct|right|okay|ok)|works? for me|go ahead|please do|please book|book (?:it|that|this)|i(?:'ll| will| would|'d)? (?:like|love|take|want|prefer) (?:it|that|this)|i love it|i'm (?:good|fine|happy) with|i am (?:good|fine|happy) with|that works|(?:i )?(?:like|love) the sound|go with (?:it|that|this)|suits me|good (?:for me|choice|option)|(?:perfect|great|excellent|awesome|wonderful)[.!,]|^(?:perfect|great|excellent|awesome|wonderful|good|cool|fine|nice|lovely)\b)/;
const refusal =
  /\b(?:other (?:\w+ )?(?:options?|ones?|choices?|places?)|any(?:thing|one)? (?:other|else)|something else|others?\b|another|different|instead|rather (?:have|not)|change (?:it|that|the|my)|not (?:that|this|what|good|really|quite|interested)|don't (?:like|want|need)|do not (?:like|want|need)|i'd rather|too (?:expensive|late|early|far|much)|wrong|incorrect|make (?:it|that)|actually|what about|how about|no[,.]? i|nope|nah)\b/;
const correcting =
  /\b(?:actually|instead|make (?:it|that)|change|rather|sorry|i meant?|correction|scratch that|on second thoughts?|wait|should be|switch|move it|no[,.]|nope|not)\b/;

/** Reads how a turn answers the one before. A question about an offer leaves it standing. */
export function reactionOf(text: string, locale: string | undefined): Reaction {
  const { yes, no } = languageOf(locale);
  const folded = fold(text.slice(0, maxLength));
  const [first] = tokens(folded);
  const head = folded.slice(0, 80);
  if (first !== undefined && no.has(first.word) && !/^no (?:problem|worries|that's (?:it|all)|preference)/.test(folded))
    return "reject";
  const refuses = refusal.test(folded);
  const starts = first !== undefined && yes.has(first.word);
  if (starts && !refuses) return "accept";
  if (agreement.test(head)) return refuses && !starts ? "reject" : "accept";
  if (refuses) return "reject";
  if (starts) return "accept";
  return folded.includes("?") || /^(?:what|when|where|who|how|which|is|are|does|do|can|could|tell|will)\b/.test(folded)
    ? "ask"
    : "other";
}

/** Whether a turn takes back what was said before. */
export function isCorrection(text: string): boolean {
  return correcting.test(fold(text.slice(0, maxLength)));
}
