export { resolveConfig } from "./config/config.js";
export type { Configuration } from "./config/configuration.js";
export { DEFAULTS } from "./config/defaults.js";
export type { Machine } from "./contracts/machine.js";
export { reasonCodes } from "./contracts/reason-codes.js";
export { isReasonCode, reasons } from "./contracts/reasons.js";
export type * from "./contracts/types.js";
export type { ContractKind } from "./contracts/validate.js";
export { contractKinds, isContractKind, validate, violations } from "./contracts/validate.js";
export type { Violation } from "./contracts/violation.js";
export type { AnchorClass, Classes } from "./diff/classify.js";
export type { ScenarioDiff } from "./diff/diff.js";
export { diffScenarios } from "./diff/diff.js";
export { explainMatching } from "./diff/explain.js";
export type { MatchOptions } from "./diff/match.js";
export type { Matching, PairEvidence, PairRelation, StepMatch } from "./diff/matching.js";
export type { ChangeView } from "./diff/views.js";
export type { WayKey, WayPair, WaysChange, WaysDiff } from "./diff/ways.js";
export type { Answers, Confirmations } from "./engine/answers.js";
export type { CompletionInput, ResolutionInput } from "./engine/decisions.js";
export type { HoldInput, UnmarkTarget } from "./engine/holds.js";
export type { RegraftOptions, StoreOptions } from "./engine/options.js";
export type { PlanCatalogue, PlanPage, PlanQuery } from "./engine/plans.js";
export type { ProposeInput, VersionPair } from "./engine/propose.js";
export type { ReconcileOptions } from "./engine/reconcile.js";
export type { Regraft } from "./engine/regraft.js";
export { createRegraft } from "./engine/regraft.js";
export type { Rehearsal, RehearsalTarget, RehearsedSession, RehearseOptions } from "./engine/rehearse.js";
export type { Decider, PlanRef } from "./engine/review.js";
export type { SessionUpdate, StartInput, VisitInput } from "./engine/sessions.js";
export type { DeploymentStatus } from "./engine/status.js";
export type { ErrorDetails } from "./errors.js";
export { isRegraftError, RegraftError } from "./errors.js";
export type { PlanTerms } from "./plan/build.js";
export type { PlanEvent } from "./plan/lifecycle.js";
export { planLifecycle, planStatusAfter } from "./plan/lifecycle.js";
export type { EffectivePolicy } from "./plan/policy.js";
export { policyFor, validatePolicies } from "./plan/policy.js";
export type { ScopeMoment, ScopeVerdict } from "./plan/scope.js";
export { inScope, scopeQuery } from "./plan/scope.js";
export type { SessionFilter } from "./plan/session-filter.js";
export type { StoreCapabilities } from "./ports/capabilities.js";
export type { Clock } from "./ports/clock.js";
export type { FieldFinding, FieldRequest, FieldSource, FieldSourceKind } from "./ports/field-source.js";
export type { IdSource } from "./ports/id-source.js";
export type { Judge, JudgeRequest } from "./ports/judge.js";
export type { LedgerEntry, LedgerRecord } from "./ports/ledger.js";
export type { LogFields, Logger } from "./ports/logger.js";
export type { PageRequest } from "./ports/paging.js";
export type {
  AppendResult,
  CasResult,
  Fence,
  LeaseHolder,
  LeaseResult,
  NewRecord,
  PointerConflict,
  RecordPage,
  RecordQuery,
  RecordStore,
  SequenceConflict,
  StoredRecord,
  StreamPage,
} from "./ports/record-store.js";
export type {
  Mark,
  MarkPage,
  RevisionConflict,
  SessionCommit,
  SessionCommitResult,
  SessionCount,
  SessionKey,
  SessionPage,
  SessionQuery,
  SessionStore,
} from "./ports/session-store.js";
export type { Subject } from "./ports/subject.js";
export { scenarioChecksum } from "./scenario/checksum.js";
export type { CompiledScenario, Way } from "./scenario/compile.js";
export { compile } from "./scenario/compile.js";
export type { Condition, Verdict } from "./scenario/condition.js";
export { contentHash } from "./scenario/content-hash.js";
export type {
  ScenarioAttributes,
  ScenarioGraph,
  StepAttributes,
  TransitionAttributes,
} from "./scenario/graphology.js";
export { fromGraphology, toGraphology } from "./scenario/graphology.js";
export { defineScenario } from "./scenario/parse.js";
export { decide } from "./session/decide.js";
export type { Facts, Needs } from "./session/facts.js";
export type { Hop, Migration, MigrationOptions } from "./session/migration.js";
export { prepareMigration } from "./session/migration.js";
export type { DecideInput } from "./session/situation.js";
export type { StartOptions, VisitOptions } from "./session/visits.js";
export { recordVisit, startSession } from "./session/visits.js";
export type { WitnessInput, WitnessProblem, WitnessVerdict } from "./session/witness-check.js";
export { verifyWitness } from "./session/witness-check.js";
export { explainDecision } from "./tools/explain-decision.js";
