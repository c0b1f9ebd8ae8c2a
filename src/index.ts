export { resolveConfig } from "./config/config.js";
export type { Configuration } from "./config/configuration.js";
export { DEFAULTS } from "./config/defaults.js";
export type { ArtifactKind } from "./contracts/artifact-kind.js";
export { defineArtifactKind } from "./contracts/artifact-kind.js";
export type { Machine } from "./contracts/machine.js";
export type {
  BreakerEvent,
  BreakerStatus,
  DeadLetterEvent,
  DeadLetterStatus,
  FlagEvent,
  FlagStage,
  PlanningEvent,
  PlanningStatus,
  RolloutEvent,
  RolloutStatus,
  RunEvent,
  RunStatus,
  SessionMigrationEvent,
  SessionMigrationStatus,
} from "./contracts/machine-tables.js";
export {
  breakerMachine,
  deadLetterMachine,
  flagMachine,
  planningMachine,
  rolloutMachine,
  runMachine,
  sessionMigrationMachine,
} from "./contracts/machine-tables.js";
export { reasonCodes } from "./contracts/reason-codes.js";
export { isReasonCode, reasons } from "./contracts/reasons.js";
export type { RedactedText } from "./contracts/redact-text.js";
export { redactText } from "./contracts/redact-text.js";
export type { Redacted } from "./contracts/redact-value.js";
export type * from "./contracts/types.js";
export type { ContractKind } from "./contracts/validate.js";
export { contractKinds, isContractKind, validate, violations } from "./contracts/validate.js";
export type { Violation } from "./contracts/violation.js";
export type { AnchorClass, Classes } from "./diff/classify.js";
export type { StepMap } from "./diff/compose.js";
export { composeMaps } from "./diff/compose.js";
export type { StepTrace, TracedImage, TracedPair } from "./diff/compose-trace.js";
export type { ScenarioDiff } from "./diff/diff.js";
export { diffScenarios } from "./diff/diff.js";
export { explainMatching } from "./diff/explain.js";
export type { MatchOptions } from "./diff/match.js";
export type { Matching, PairEvidence, PairRelation, StepMatch } from "./diff/matching.js";
export type { ChangeView } from "./diff/views.js";
export type { WayKey, WayPair, WaysChange, WaysDiff } from "./diff/ways.js";
export type { Answers, Confirmations } from "./engine/answers.js";
export { withArtifactKinds } from "./engine/artifact-kinds.js";
export { accessPolicy } from "./engine/authorize-policy.js";
export type { DeadLetterPage, DeadLetters, RequeueResult } from "./engine/dead-letter-book.js";
export type { CompletionInput, ResolutionInput } from "./engine/decisions.js";
export type { Delivered, DeliverOptions } from "./engine/delivery.js";
export type { DeployInput } from "./engine/deploy.js";
export type { DrainOptions, DrainOutcome, DrainPage, MarkedPageOfIds, MarkedQuery } from "./engine/drain.js";
export type { Evidence, PlanGateStage } from "./engine/gate.js";
export type { GateRequest } from "./engine/gate-check.js";
export type { GateOptions, HostGuard } from "./engine/gate-options.js";
export type { HoldInput, UnmarkTarget } from "./engine/holds.js";
export type { LedgerBook } from "./engine/ledger-book.js";
export type { ErasureInput, ErasureResult } from "./engine/ledger-erase.js";
export type { SealOptions, SealResult } from "./engine/ledger-seal.js";
export type { ShortenInput, ShortenResult } from "./engine/ledger-shorten.js";
export type { LedgerFinding, LedgerVerdict, VerifyOptions } from "./engine/ledger-verify.js";
export type { RegraftOptions, StoreOptions } from "./engine/options.js";
export type { PlanRef } from "./engine/plan-ref.js";
export type { PlanCatalogue, PlanPage, PlanQuery } from "./engine/plans.js";
export type { PromotionResult, Waves } from "./engine/promote.js";
export type { ProposeInput, VersionPair } from "./engine/propose.js";
export type { ReconcileOptions } from "./engine/reconcile.js";
export type { Regraft } from "./engine/regraft.js";
export { createRegraft } from "./engine/regraft.js";
export type { RehearsalTarget, RehearseOptions } from "./engine/rehearse.js";
export type { ModelOptions } from "./engine/rehearse-informants.js";
export type { RehearsedSession } from "./engine/rehearse-session.js";
export type { Rehearsal, RehearsalSamples } from "./engine/rehearse-tally.js";
export type { SeenStep } from "./engine/reply.js";
export type { RetentionInput } from "./engine/retention.js";
export type { HoldSubject, LegalHold, LegalHolds } from "./engine/retention-holds.js";
export type {
  KeptItem,
  RetainedItem,
  RetainedPlan,
  RetainedVersion,
  RetentionPlan,
  RetentionResult,
} from "./engine/retention-items.js";
export type { Upkeep } from "./engine/retention-upkeep.js";
export type { Approver, Decider } from "./engine/review.js";
export type { SessionUpdate, StartInput, VisitInput } from "./engine/sessions.js";
export type { DeploymentStatus } from "./engine/status.js";
export type { UndoResult } from "./engine/undo.js";
export type { InverseProposal } from "./engine/undo-plan.js";
export type { ErrorDetails } from "./errors.js";
export { isRegraftError, RegraftError } from "./errors.js";
export type { CheckedEvidence, EvidenceOptions, RejectedValue } from "./fill/evidence.js";
export { checkEvidence } from "./fill/evidence.js";
export type { DefaultExtractorOptions } from "./fill/extract-default.js";
export { defaultExtractor } from "./fill/extract-default.js";
export { cachedJudge } from "./fill/judge-cache.js";
export type { Reference } from "./fill/normal-date.js";
export type { Normalised, NormalProblem } from "./fill/normal-field.js";
export type { DateReader, Libraries, PhoneReader, ReadMoment, ReadPhone } from "./fill/normal-libraries.js";
export { loadLibraries } from "./fill/normal-libraries.js";
export type { FieldValidator, NormaliseOptions, ValidatorResult } from "./fill/normal-value.js";
export { normaliseValue } from "./fill/normal-value.js";
export type { PromptRequest, Prompts } from "./fill/prompt-render.js";
export type { PromptsByLocale, PromptTemplates } from "./fill/prompt-templates.js";
export { defaultPrompts, germanPrompts } from "./fill/prompt-templates.js";
export type { ConversationSourceOptions } from "./fill/source-conversation.js";
export { conversationSource } from "./fill/source-conversation.js";
export type { ProfileSourceOptions } from "./fill/source-profile.js";
export { profileSource } from "./fill/source-profile.js";
export type { SessionDataSourceOptions } from "./fill/source-session.js";
export { sessionDataSource } from "./fill/source-session.js";
export { fromCloudEvent, toCloudEvent, toCloudEvents } from "./ledger/cloud-event.js";
export { evidenceOf } from "./ledger/evidence.js";
export type { GateContext, Guard, GuardAnswer, GuardOutcome } from "./ledger/gate.js";
export { evaluateGate } from "./ledger/gate.js";
export { gateMetrics, planGuards } from "./ledger/gate-guards.js";
export type { RedactOptions } from "./ledger/redact.js";
export { redact } from "./ledger/redact.js";
export type { LedgerState, ReplayedPlan, ReplayedScenario, ReplayedSession, SessionState } from "./ledger/replay.js";
export { replay } from "./ledger/replay.js";
export { checkReport, migrationReport } from "./ledger/report.js";
export { checkSnapshot, snapshotScenario } from "./ledger/snapshot.js";
export type { StreamVerdict } from "./ledger/verify.js";
export { verifyStream } from "./ledger/verify.js";
export type { PlanTerms } from "./plan/build.js";
export { defineContract } from "./plan/contract.js";
export type { PlanEvent } from "./plan/lifecycle.js";
export { planLifecycle, planStatusAfter } from "./plan/lifecycle.js";
export type { EffectivePolicy } from "./plan/policy.js";
export { policyFor, validatePolicies } from "./plan/policy.js";
export { defineRollout, inCohort } from "./plan/rollout.js";
export type { ScopeMoment, ScopeVerdict } from "./plan/scope.js";
export { inScope, scopeQuery } from "./plan/scope.js";
export type { SessionFilter } from "./plan/session-filter.js";
export type { AccessAction, AccessRequest, AccessVerdict, Authorizer, Identity } from "./ports/authorizer.js";
export type { StoreCapabilities } from "./ports/capabilities.js";
export type { Clock } from "./ports/clock.js";
export type { ConversationReader } from "./ports/conversation.js";
export type { ExtractedValue, ExtractionRequest, Extractor, Turn } from "./ports/extractor.js";
export type {
  FieldFinding,
  FieldRequest,
  FieldSource,
  FieldSourceKind,
  ProfileChange,
  ProfileRemoval,
} from "./ports/field-source.js";
export type { IdSource } from "./ports/id-source.js";
export type { Judge, JudgeRequest, JudgeVerdict } from "./ports/judge.js";
export type { LedgerEntry, LedgerRecord, StreamHead, StreamSummary } from "./ports/ledger.js";
export type { LedgerAnchor, LedgerSignature, LedgerSigner } from "./ports/ledger-signer.js";
export type { LogFields, Logger } from "./ports/logger.js";
export type { PageRequest } from "./ports/paging.js";
export type { ProfilePort, ProfileValue } from "./ports/profile.js";
export type {
  AppendResult,
  CasResult,
  ErasedPart,
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
  StreamList,
  StreamPage,
} from "./ports/record-store.js";
export type {
  CommitOptions,
  Mark,
  MarkPage,
  PointerValue,
  RevisionConflict,
  SessionCommit,
  SessionCommitResult,
  SessionCount,
  SessionKey,
  SessionPage,
  SessionQuery,
  SessionRead,
  SessionStore,
  Unread,
  UnreadableSession,
} from "./ports/session-store.js";
export type { Subject } from "./ports/subject.js";
export type { LedgerExemplar, Telemetry, TelemetryAttributes, TelemetrySpan } from "./ports/telemetry.js";
export type { MetricDefinition, MetricKind, MetricName, SpanName } from "./ports/telemetry-metrics.js";
export { metrics } from "./ports/telemetry-metrics.js";
export type { Breaker, BreakerOptions } from "./resilience/breaker.js";
export { breakerDefaults, createBreaker } from "./resilience/breaker.js";
export type { DeadLetter, DeadLetterPayload } from "./resilience/dead-letter.js";
export type { DeadlineOptions } from "./resilience/deadline.js";
export { withDeadline, withFallback } from "./resilience/deadline.js";
export type { RateLimiter, RateLimiterOptions } from "./resilience/rate-limit.js";
export { createRateLimiter } from "./resilience/rate-limit.js";
export type { ResilientStoreOptions } from "./resilience/resilient-store.js";
export { resilientStore, resilientStoreDefaults } from "./resilience/resilient-store.js";
export type { FailedAttempt, Jitter, RetryOptions } from "./resilience/retry.js";
export { pauseAfter, retry, retryDefaults } from "./resilience/retry.js";
export { isTransient } from "./resilience/transient.js";
export type { Wait } from "./resilience/wait.js";
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
export type { Hop, HopTerms, Migration, MigrationOptions } from "./session/migration.js";
export { prepareMigration } from "./session/migration.js";
export type { MissingFields, MissingFieldsOptions, WayPlan } from "./session/missing-fields.js";
export { missingFields } from "./session/missing-fields.js";
export type { DecideInput } from "./session/situation.js";
export type { StartOptions, VisitOptions } from "./session/visits.js";
export { recordVisit, startSession } from "./session/visits.js";
export type { RefusalInput, WitnessInput, WitnessProblem, WitnessVerdict } from "./session/witness-check.js";
export { verifyWitness } from "./session/witness-check.js";
export type { Refusal } from "./session/witness-obstacle.js";
export { sessionsFrom } from "./stores/own-tables.js";
export type {
  OwnColumns,
  OwnRow,
  OwnSave,
  OwnTables,
  OwnVersion,
  OwnWrite,
  SessionColumn,
} from "./stores/own-tables-port.js";
export type { AlertNumber, AlertRule, AlertVerdict } from "./tools/alerts.js";
export { alertRules, defaultAlerts, evaluateAlerts } from "./tools/alerts.js";
export { explainDecision } from "./tools/explain-decision.js";
export type { Prediction, PredictionReport, SettledSession, Unbound } from "./tools/rehearse-compare.js";
export { comparePrediction, predictionOf } from "./tools/rehearse-compare.js";
export type { Indicator, Indicators, Objectives, ObjectiveVerdict } from "./tools/slo.js";
export { computeIndicators, defaultObjectives, judgeObjectives } from "./tools/slo.js";
export type { Worker, WorkerEvent, WorkerOptions } from "./tools/worker.js";
export { createWorker } from "./tools/worker.js";
export type { JobQueue, QueueJob, QueueSettings, SendOptions } from "./tools/worker-queue.js";
