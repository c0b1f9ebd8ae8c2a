import type { Claim } from "./extract-claim.js";
import type { Situation } from "./extract-fit.js";
import { readBoolean, readStatement } from "./normal-choice.js";

/** What a turn says about fields that take yes or no: the answer to a question, or a statement that names all the field's words. */
export function answersOf({ views, turn, question }: Situation): Claim[] {
  const best = Math.max(
    0,
    ...(question?.asked ?? []).filter((_, index) => views[index]?.kind === "boolean").map(({ score }) => score),
  );
  const answer = /^[^,.!?;]*/.exec(turn.text.trimStart())?.[0] ?? "";
  const lead = turn.text.length - turn.text.trimStart().length;
  return views.flatMap((view, index): Claim[] => {
    if (view.kind !== "boolean") return [];
    const asked = question?.asked[index];
    const word = /^[\p{L}']+/u.exec(answer)?.[0] ?? "";
    const said = word === "" ? undefined : readBoolean(word, undefined);
    if (asked?.closed === true && said !== undefined && asked.own >= 0.5 && asked.score >= best) {
      const confidence = asked.own >= 0.9 ? 0.96 : 0.9;
      return [{ view, turn: turn.index, start: lead, end: lead + word.length, value: said, confidence }];
    }
    for (const sentence of turn.sentences) {
      const stated = readStatement(view.field, sentence.text);
      if (stated === undefined) continue;
      const inquiry =
        /^(?:(?:and|ok|okay|also|so|great|thanks)[,.!]? )*(?:does|do they|do you|is|are|has|have they|what|which|how)\b/i.test(
          sentence.text,
        );
      const confidence = inquiry ? 0.6 : 0.88;
      return [{ view, turn: turn.index, start: sentence.start, end: sentence.end, value: stated, confidence }];
    }
    return [];
  });
}
