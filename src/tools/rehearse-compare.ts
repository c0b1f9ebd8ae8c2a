import type { Decision, ReconciliationResult, Session } from "../contracts/types.js";
import type { RehearsedSession } from "../engine/rehearse-session.js";
import { canonicalJson } from "../hash/canonical-json.js";
import { deepFreeze } from "../hash/freeze.js";

/** What a rehearsal said about one session, and the state of the session that it said it about. */
export interface Prediction extends Pick<RehearsedSession, "decision" | "model"> {
  readonly tenantId: string;
  readonly sessionId: string;
  /** Where the session stood. */
  readonly version: number;
  readonly stepId: string;
  readonly revision: number;
}

/** What really became of a session. */
export interface SettledSession {
  /** The session right before the message that settled it. */
  readonly before: Session;
  /** The first result after the deployment. */
  readonly result: ReconciliationResult;
}

/** Names a session of a comparison. */
interface Named {
  readonly tenantId: string;
  readonly sessionId: string;
}

/**
 * Why a prediction does not bind: the session stood elsewhere by then (`moved`), stood there with other data, status or waits
 * (`changed`), has a model in its decision (`model`), was not settled (`absent`), or was never rehearsed (`new`).
 */
export type Unbound = "moved" | "changed" | "model" | "absent" | "new";

/** What became of the predictions of a rehearsal. */
export interface PredictionReport {
  /** Sessions that were as rehearsed when they were settled, and need no model: here the prediction has to hold. */
  readonly bound: number;
  /** Those of them for which it held. */
  readonly held: number;
  /** Those of them for which it did not; always empty unless the terms, the configuration, a source or the time made a difference. */
  readonly broken: readonly (Named & { readonly predicted: Decision; readonly result: ReconciliationResult })[];
  /** Everybody else, and why. */
  readonly others: readonly (Named & { readonly why: Unbound })[];
}

/** Makes the prediction of one rehearsed session: what is needed later to compare, and no data of the person. */
export function predictionOf({ session, decision, model }: RehearsedSession): Prediction {
  const { tenantId, id, scenarioVersion, stepId, revision } = session;
  return { tenantId, sessionId: id, version: scenarioVersion, stepId, revision, decision, model };
}

/**
 * Compares what a rehearsal said with what happened after the plan was deployed and the sessions were reconciled.
 *
 * A prediction holds when the whole decision is the same: action, target, reasons, questions, witness. Ids of plans do not count, so
 * that two versions may be rehearsed before there is a plan. A rehearsal speaks for its own moment: where policies ask for ages or
 * found values expire, deploy at the same moment.
 *
 * @param predictions - one for each rehearsed session; see `predictionOf`
 * @param settled - one for each session, its first result after the deployment
 * @returns a frozen report; `others` and `broken` name every session that is not counted as held
 *
 * @remarks Pure. Keeps the predictions in memory, not the sessions.
 *
 * @example
 * const predicted: Prediction[] = [];
 * const regraft = createRegraft({ store: memoryStore() });
 * await regraft.publish(v1);
 * await regraft.startSession({ scenarioId: v1.id, id: "s1" });
 * const plan = await regraft.propose({ from: v1, to: v2 });
 * await regraft.rehearse(plan, { onSession: (one) => void predicted.push(predictionOf(one)) });
 * await regraft.deploy(await regraft.approve(plan, { by: "ana" }));
 * const before = await regraft.session("s1");
 * const settled = [{ before, result: await regraft.reconcile("s1") }];
 * comparePrediction(predicted, settled); // { bound: 1, held: 1, broken: [], others: [] }
 *
 * @since 0.1.0
 * @public
 */
export function comparePrediction(
  predictions: Iterable<Prediction>,
  settled: Iterable<SettledSession>,
): PredictionReport {
  const open = new Map<string, Prediction>();
  for (const prediction of predictions) open.set(keyOf(prediction), prediction);
  const broken: PredictionReport["broken"][number][] = [];
  const others: PredictionReport["others"][number][] = [];
  let held = 0;
  for (const { before, result } of settled) {
    const named: Named = { tenantId: before.tenantId, sessionId: before.id };
    const prediction = open.get(keyOf(named));
    open.delete(keyOf(named));
    const why = prediction === undefined ? "new" : unboundBy(prediction, before);
    if (why !== undefined) others.push({ ...named, why });
    else if (prediction !== undefined) {
      if (sameDecision(prediction.decision, result)) held += 1;
      else broken.push({ ...named, predicted: prediction.decision, result });
    }
  }
  for (const { tenantId, sessionId } of open.values()) others.push({ tenantId, sessionId, why: "absent" });
  return deepFreeze<PredictionReport>({ bound: held + broken.length, held, broken, others });
}

function keyOf({ tenantId, sessionId }: Named): string {
  return JSON.stringify([tenantId, sessionId]);
}

function unboundBy({ version, stepId, revision, model }: Prediction, before: Session): Unbound | undefined {
  if (before.scenarioVersion !== version || before.stepId !== stepId) return "moved";
  if (before.revision !== revision) return "changed";
  return model === "none" ? undefined : "model";
}

function sameDecision(predicted: Decision, result: ReconciliationResult): boolean {
  const { sessionId: _, tenantId: __, messageId: ___, position: ____, pending: _____, ...decision } = result;
  return canonicalJson(comparable(predicted)) === canonicalJson(comparable(decision));
}

/** The decision without what says where it was made. */
function comparable(decision: Decision | Omit<ReconciliationResult, "position">): object {
  const { planIds: _, ...audit } = decision.audit;
  return { ...decision, audit, reasons: decision.reasons.filter((code) => code !== "MIGRATION.SETTLED") };
}
