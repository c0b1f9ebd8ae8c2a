/** One thing that is done in a case. */
export type Verb =
  | "plan"
  | "approve"
  | "reject"
  | "deploy"
  | "policies"
  | "message"
  | "publish"
  | "edit"
  | "restart"
  | "list"
  | "clean"
  | "expire"
  | "supersede"
  | "rollback"
  | "pause"
  | "resume"
  | "unmark"
  | "hold"
  | "release"
  | "answer"
  | "confirm"
  | "decline"
  | "complete"
  | "resolve"
  | "later"
  | "close"
  | "suspend"
  | "status";

/** A verb with what the words around it say. */
export interface Command {
  readonly verb: Verb;
  /** The two versions it is about, if named. */
  readonly pair?: readonly [number, number];
  /** The one version it is about, if named. */
  readonly version?: number;
  /** For every pair of neighbouring versions. */
  readonly everyHop?: boolean;
  /** How many at the same time. */
  readonly together?: number;
  /** The same message once more. */
  readonly again?: boolean;
  /** The words themselves. */
  readonly words: string;
}

/** What the words of a chunk mean, first match first. */
const meanings: readonly (readonly [RegExp, Verb])[] = [
  [/\b(updat|set|chang|amend)\w*\s+(the\s+)?polic|polic(y|ies) (are|is) (chang|updat|set)/, "policies"],
  [/\bedit|in place|hot ?fix/, "edit"],
  [/\breject|\bcancel|\bwithdraw/, "reject"],
  [/\bsupersed/, "supersede"],
  [/\broll(s|ed)? ?back|\bundeploy|\brevert/, "rollback"],
  [/\bunmark|mark is removed/, "unmark"],
  [/\bpause/, "pause"],
  [/\bresume\w* the plan|\bresume$/, "resume"],
  [/\bapprov/, "approve"],
  [/\bdeploy/, "deploy"],
  [/\bpublish|goes live|made (live|current)|becomes current/, "publish"],
  [/\brestart/, "restart"],
  [/\bclean|\bpurge|\bretention/, "clean"],
  [/\blist\b|all pages/, "list"],
  [/\bexpir/, "expire"],
  [/\bcomplet|action (is |was )?(done|run)/, "complete"],
  [/\bresolv|operator (choos|decid)|chooses/, "resolve"],
  [/\bdeclin|\bdenie|answers? no\b|says? no\b/, "decline"],
  [/\bconfirms?\b|\bconfirmed\b|answers? yes\b|says? yes\b/, "confirm"],
  [/\banswer|\bprovid|\breplies|\breply\b|\bsays\b/, "answer"],
  [/\b(days?|hours?) (later|pass|go by)|\bwait/, "later"],
  [/\bsuspend/, "suspend"],
  [/\breleas/, "release"],
  [/\bholds?\b/, "hold"],
  [/\bclose/, "close"],
  [/\bmessages?\b|\breconcile|\bturns?\b/, "message"],
  [/\bplan|\bgenerat|\bpropos/, "plan"],
  [/\bstatus\b/, "status"],
];

const numbers: Readonly<Record<string, number>> = {
  two: 2,
  both: 2,
  twice: 2,
  three: 3,
  thrice: 3,
  four: 4,
  five: 5,
  ten: 10,
};

/** Reads the words of a case as a list of commands. Words that name no deed are passed over. */
export function readScript(when: string): Command[] {
  const sentence = when
    .replace(/\([^)]*\)/g, " ")
    .replace(
      /\bwithout (a |an |any )?\w+|\bno (plan|approval|message)s?\b|\bnot (yet )?(approved|deployed|published|planned)\b/gi,
      " ",
    );
  const segments = sentence.split(/[,;]|\.(?=\s|$)|\bthen\b|(?:->|→)(?=\s*(?!v\d)[a-z])/i);
  return spreadHops(segments.flatMap((segment) => readSegment(segment.trim())));
}

function readSegment(segment: string): Command[] {
  const asOne = /\b(plan|generat)\w*\b(?! [a-z ]*\bapprov).*\band deploy/i.test(segment);
  if (asOne) return (["plan", "approve", "deploy"] as const).map((verb) => commandOf(verb, segment));
  return segment.split(/\band\b/i).flatMap((part) => {
    const words = part.trim();
    const found = meanings.find(([pattern]) => pattern.test(words.toLowerCase()));
    if (found === undefined) return [];
    const [, verb] = found;
    const command = commandOf(verb, words);
    const times = command.together === undefined ? timesOf(words) : 1;
    return Array.from({ length: times }, () => command);
  });
}

function commandOf(verb: Verb, words: string): Command {
  const pair = /\bv?(\d+)\s*(?:-|->|→|to)\s*v?(\d+)\b/i.exec(words);
  const version = /\bv(?:ersion )?\s*(\d+)\b/i.exec(words);
  const together = /simultaneous|at once|at the same time|concurrent|in parallel/i.test(words)
    ? Math.max(2, timesOf(words))
    : undefined;
  return {
    verb,
    words,
    ...(pair === null ? {} : { pair: [Number(pair[1]), Number(pair[2])] as const }),
    ...(version === null || pair !== null ? {} : { version: Number(version[1]) }),
    ...(/\b(every|each|all) (hop|version|pair)|\bin turn\b|hop by hop/i.test(words) ? { everyHop: true } : {}),
    ...(together === undefined ? {} : { together }),
    ...(/\bagain\b|same message|delivered twice|redeliver/i.test(words) ? { again: true } : {}),
  };
}

function timesOf(words: string): number {
  const digits = /\b(\d+) (messages|times|turns)\b/i.exec(words)?.[1];
  if (digits !== undefined) return Number(digits);
  const named = Object.entries(numbers).find(([word]) => new RegExp(`\\b${word}\\b`, "i").test(words));
  return named === undefined || /\bboth\b/i.test(words) ? 1 : named[1];
}

/** `plan, approve, deploy every version in turn`: the words of one command speak for its neighbours too. */
function spreadHops(commands: readonly Command[]): Command[] {
  const planning = new Set<Verb>(["plan", "approve", "deploy"]);
  const result = [...commands];
  for (let at = result.length - 1; at > 0; at -= 1) {
    const [before, here] = [result[at - 1], result[at]];
    if (before === undefined || here === undefined || here.everyHop !== true || before.pair !== undefined) continue;
    if (planning.has(before.verb) && planning.has(here.verb)) result[at - 1] = { ...before, everyHop: true };
  }
  return result;
}
