// Everything that the cases use of the library: its public entry points and nothing else.
export type {
  ChangeView,
  FieldSource,
  Judge,
  LedgerEntry,
  Plan,
  PlanTerms,
  ReasonCode,
  ReconciliationResult,
  RecordStore,
  Regraft,
  Scenario,
  ScenarioDiff,
  Session,
  SessionStore,
  Step,
  Visit,
} from "../../src/index.js";
export {
  contentHash,
  createRegraft,
  defineScenario,
  diffScenarios,
  isRegraftError,
  policyFor,
  recordVisit,
  scenarioChecksum,
  startSession,
} from "../../src/index.js";
export { memoryStore } from "../../src/stores/memory.js";
export { faultyStore, manualClock, sequentialIds } from "../../src/testing/index.js";
