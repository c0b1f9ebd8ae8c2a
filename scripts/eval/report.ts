import { emptyTally, type Score, type Tally } from "./score.js";

function percent(part: number, whole: number): string {
  return whole === 0 ? "-" : ((100 * part) / whole).toFixed(1);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, at) => (at < 2 ? "---" : "---:"))), ...rows.map(line), ""];
}

/** The figures of several extractors on the same sessions, as Markdown. */
export function renderScores(scores: readonly Score[]): string {
  const order = ["date", "time", "number", "enum", "boolean", "string", "all"];
  const types = order.filter((type) => scores.some(({ byType }) => byType.has(type)));
  const each = (make: (tally: Tally, score: Score, type: string) => readonly string[]) =>
    types.flatMap((type) => scores.map((score) => make(score.byType.get(type) ?? emptyTally(), score, type)));
  return [
    "Values that are stated word for word, in percent (counts in brackets):",
    "",
    ...table(
      ["type", "extractor", "recall", "recall sure", "precision", "precision sure", "confirmed", "asked"],
      each((tally, { name }, type) => [
        type,
        name,
        `${percent(tally.rightUsed, tally.stated)} (${tally.stated})`,
        percent(tally.rightSure, tally.stated),
        `${percent(tally.usedRight, tally.used)} (${tally.used})`,
        `${percent(tally.sureRight, tally.sure)} (${tally.sure})`,
        percent(tally.used - tally.sure, all(tally)),
        percent(all(tally) - tally.used, all(tally)),
      ]),
    ),
    "Fields that were never stated and were filled all the same, in percent, used and (sure):",
    "",
    ...table(
      ["type", "extractor", "hard", "easy", "not yet", "together"],
      each((tally, { name }, type) => [
        type,
        name,
        ...["same_service_unstated", "foreign_service", "not_yet_stated"].map((kind) => filled(tally, [kind])),
        filled(tally, Object.keys(tally.unstated)),
      ]),
    ),
    "Apart: recall of values that are inferred, revised later, and offered by the assistant; precision where a value was revised:",
    "",
    ...table(
      ["type", "extractor", "inferred", "revised", "offered", "precision revised"],
      each((tally, { name }, type) => [
        type,
        name,
        `${percent(tally.inferredRight, tally.inferred)} (${tally.inferred})`,
        `${percent(tally.revisedRight, tally.revised)} (${tally.revised})`,
        `${percent(tally.offeredRight, tally.offered)} (${tally.offered})`,
        percent(tally.revisedRight, tally.revisedUsed),
      ]),
    ),
    ...scores.map(
      ({ name, sessions, millisecondsPerSession, modelCalls }) =>
        `${name}: ${sessions} sessions, ${millisecondsPerSession.toFixed(1)} ms a session, ${modelCalls} model calls`,
    ),
  ].join("\n");
}

function all(tally: Tally): number {
  return tally.stated + tally.inferred + Object.values(tally.unstated).reduce((sum, { fields }) => sum + fields, 0);
}

function filled(tally: Tally, kinds: readonly string[]): string {
  const [fields, used, sure] = kinds.reduce<[number, number, number]>(
    ([f, u, s], kind) => {
      const one = tally.unstated[kind];
      return one === undefined ? [f, u, s] : [f + one.fields, u + one.used, s + one.sure];
    },
    [0, 0, 0],
  );
  return fields === 0 ? "-" : `${percent(used, fields)} (${percent(sure, fields)}) of ${fields}`;
}
