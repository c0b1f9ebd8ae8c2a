import type { SessionQuery } from "../ports/session-store.js";
import type { Params } from "./postgres-params.js";

/** `= one value` where there is one: unlike `= ANY`, it keeps the order of an index that leads with the column. */
function isOneOf<T>(column: string, values: readonly T[], one: (value: T) => string, list: () => string): string {
  const [first] = values;
  return first !== undefined && values.length === 1 ? `${column} = ${one(first)}` : `${column} = ANY (${list()})`;
}

/**
 * The condition of a query over the sessions in alias `s`, after the cursor if there is one. It names each parameter
 * once, so a statement may repeat the text.
 */
export function sessionCondition(query: SessionQuery, params: Params, cursor?: string): string {
  const texts = (column: string, values: readonly string[]): string =>
    isOneOf(
      column,
      values,
      (value) => params.text(value),
      () => params.texts(values),
    );
  const parts = [`s.tenant_id = ${params.text(query.tenantId)}`];
  if (query.scenarioId !== undefined) parts.push(`s.scenario_id = ${params.text(query.scenarioId)}`);
  if (query.versions !== undefined) {
    const versions = query.versions.filter(Number.isSafeInteger);
    const one = (version: number): string => params.number(version, "bigint");
    parts.push(isOneOf("s.scenario_version", versions, one, () => params.numbers(versions)));
  }
  if (query.statuses !== undefined) parts.push(texts("s.status", query.statuses));
  if (query.stepIds !== undefined) parts.push(texts("s.step_id", query.stepIds));
  if (query.notStepIds?.length) parts.push(`s.step_id <> ALL (${params.texts(query.notStepIds)})`);
  if (query.channels !== undefined) parts.push(texts("s.channel", query.channels));
  if (query.notChannels?.length) {
    parts.push(`(s.channel IS NULL OR s.channel <> ALL (${params.texts(query.notChannels)}))`);
  }
  if (query.sessionIds !== undefined) parts.push(texts("s.id", query.sessionIds));
  if (query.notSessionIds?.length) parts.push(`s.id <> ALL (${params.texts(query.notSessionIds)})`);
  if (query.createdFromMs !== undefined) parts.push(`s.created_at_ms >= ${params.number(query.createdFromMs)}`);
  if (query.createdToMs !== undefined) parts.push(`s.created_at_ms <= ${params.number(query.createdToMs)}`);
  if (typeof query.marked === "string") parts.push(`s.mark_plan_id = ${params.text(query.marked)}`);
  else if (query.marked !== undefined) parts.push(`s.mark_plan_id IS ${query.marked ? "NOT NULL" : "NULL"}`);
  if (query.outbox === true) parts.push("s.has_outbox");
  if (cursor !== undefined) parts.push(`s.id > ${params.plain(cursor)}`);
  return parts.join("\n  AND ");
}
