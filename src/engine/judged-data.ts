import type { Configuration } from "../config/configuration.js";
import type { JsonObject } from "../contracts/types.js";
import type { CompiledScenario } from "../scenario/compile.js";

/**
 * What a judge is told about a condition: the fields that its transitions name, or all data where one names none; sensitive fields
 * only if the configuration allows it.
 */
export function judgedData(
  versions: { readonly from: CompiledScenario | undefined; readonly target: CompiledScenario },
  condition: string,
  known: JsonObject,
  { extraction }: Configuration,
): JsonObject {
  const { from, target } = versions;
  const asking = target.scenario.transitions.filter((way) => way.conditionText === condition);
  const named = asking.every(({ fields }) => fields !== undefined && fields.length > 0)
    ? new Set(asking.flatMap(({ fields = [] }) => fields))
    : undefined;
  const isHidden = (name: string) =>
    !extraction.sensitive && (target.fields.get(name)?.sensitive ?? from?.fields.get(name)?.sensitive) === true;
  return Object.fromEntries(
    Object.entries(known).filter(([name]) => (named === undefined || named.has(name)) && !isHidden(name)),
  );
}
