import type { AccessAction } from "../ports/authorizer.js";
import type { Intent } from "./authorize.js";

/** A member of what a caller gave; the use case itself checks what it is. */
function part(given: unknown, name: string): unknown {
  return typeof given === "object" && given !== null ? (given as Record<string, unknown>)[name] : undefined;
}

function idIn(given: unknown): string {
  const id = typeof given === "string" ? given : part(given, "id");
  return typeof id === "string" && id !== "" ? id : "*";
}

/** A call that names a plan, and perhaps who decides in its second argument. */
export function onPlan(action: AccessAction): (plan: unknown, decider?: unknown) => Intent {
  return (plan, decider) => ({ action, resource: { kind: "plan", id: idIn(plan) }, by: part(decider, "by") });
}

/** A call that names a session first. What comes second is data, unless it is said who decides. */
export function onSession(action: AccessAction): (sessionId: unknown) => Intent {
  return (sessionId) => ({ action, resource: { kind: "session", id: idIn(sessionId) } });
}

/** A call that names a session first, and who decides second. */
export function decidesOn(action: AccessAction): (sessionId: unknown, decider: unknown) => Intent {
  return (sessionId, decider) => ({ ...onSession(action)(sessionId), by: part(decider, "by") });
}

/** A call whose first argument describes something of a scenario. */
export function onScenario(action: AccessAction): (input: unknown) => Intent {
  return (input) => ({ action, resource: { kind: "scenario", id: idIn(input) } });
}

/** A proposal: the scenario, from its name or from one of its ends. */
export function onProposal(input: unknown): Intent {
  const [from, to] = [part(input, "from"), part(input, "to")];
  const id = [from, to, part(input, "scenarioId")].map((one) => idIn(one)).find((one) => one !== "*");
  return { action: "plan.propose", resource: { kind: "scenario", id: id ?? "*" }, by: part(input, "by") };
}

/** A call that takes marks off: those of a plan, or that of a session. */
export function onUnmark(target: unknown): Intent {
  const sessionId = part(target, "sessionId");
  const resource =
    typeof sessionId === "string" ? { kind: "session", id: sessionId } : { kind: "plan", id: idIn(target) };
  return { action: "plan.unmark", resource };
}

/** A report about a required action; a waiver is another right. */
export function onCompletion(sessionId: unknown, _stepId: unknown, input?: unknown): Intent {
  const action = part(input, "waive") === true ? "session.waive" : "session.complete";
  return { ...onSession(action)(sessionId), by: part(input, "by") };
}

/** A decision about a session, with who decides in the third argument. */
export function onResolution(sessionId: unknown, _input: unknown, decider: unknown): Intent {
  return { ...onSession("session.resolve")(sessionId), by: part(decider, "by") };
}

/** A call about everything of a kind in the tenant; who decides stands in its last argument. */
export function onAll(action: AccessAction, kind: string): (first?: unknown, decider?: unknown) => Intent {
  return (first, decider) => ({
    action,
    resource: { kind, id: "*" },
    by: part(decider === undefined ? first : decider, "by"),
  });
}

/** A session that begins: in which scenario does not matter, it is named by its own id. */
export function onStart(input: unknown): Intent {
  return { action: "session.start", resource: { kind: "session", id: idIn(input) } };
}

/** A change of a plan's terms, with who makes it in the third argument. */
export function onAmendment(plan: unknown, _changes: unknown, decider?: unknown): Intent {
  return { action: "plan.amend", resource: { kind: "plan", id: idIn(plan) }, by: part(decider, "by") };
}

/** A legal hold, by what it keeps. */
export function onHold(action: AccessAction): (subject: unknown, decider: unknown) => Intent {
  return (subject, decider) => {
    const kinds = [
      ["session", "sessionId"],
      ["plan", "planId"],
      ["scenario", "scenarioId"],
    ] as const;
    const found = kinds.find(([, name]) => part(subject, name) !== undefined) ?? kinds[2];
    return { action, resource: { kind: found[0], id: idIn(part(subject, found[1])) }, by: part(decider, "by") };
  };
}
