import type { ReconciliationResult } from "../contracts/types.js";
import type { LogFields } from "../ports/logger.js";
import type { Engine } from "./context.js";

function fieldsOf(result: ReconciliationResult): LogFields {
  const { sessionId, tenantId, action, reasons, position, pending, messageId, audit } = result;
  const { fromVersion, toVersion, fromStep, planIds } = audit;
  const common = {
    sessionId,
    tenantId,
    messageId,
    action,
    reasons,
    position,
    pending,
    fromVersion,
    toVersion,
    fromStep,
    planIds,
  };
  switch (result.action) {
    case "teleport":
      return { ...common, kind: result.kind };
    case "blocked":
    case "review": {
      const { reason, obstacle } = result;
      const { checkpointDescription, stepId, message } = obstacle;
      return { ...common, reason, obstacle: message, stepId, checkpointDescription };
    }
    case "collect":
      return { ...common, fields: result.fields };
    case "confirm":
      return { ...common, fields: [result.field] };
    case "execute_action":
      return { ...common, stepIds: result.stepIds };
    default:
      return common;
  }
}

/** What is written about a session, or nothing where the configuration leaves it out. */
function messageFor(result: ReconciliationResult, log: Engine["config"]["log"]): string | undefined {
  switch (result.action) {
    case "continue":
      return undefined;
    case "blocked":
      return "session blocked";
    case "review":
      return "session needs review";
    case "exit_scenario":
      return log.reRoutes ? "session left the flow" : undefined;
    case "teleport":
      if (result.kind === "re_route") return log.reRoutes ? "session re-routed" : undefined;
      if (result.kind === "clean_graft") return log.cleanGrafts ? "session grafted" : undefined;
      return log.gapFills ? "session gap-filled" : undefined;
    default:
      return log.gapFills ? "session waits" : undefined;
  }
}

/**
 * Logs what became of a session. Blocked sessions and those that wait for a person's decision are always logged, the other
 * outcomes as configured; values of fields never are.
 */
export function logOutcome({ logger, config: { log } }: Engine, result: ReconciliationResult): void {
  const message = messageFor(result, log);
  if (message === undefined) return;
  const urgent = result.action === "blocked" || result.action === "review";
  logger?.[urgent ? "warn" : "info"](fieldsOf(result), message);
}
