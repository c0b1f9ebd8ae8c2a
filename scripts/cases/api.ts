// Everything that the cases use of the library: its public entry points, and the stage and verdict of golden cases.
export type {
  ChangeView,
  Extractor,
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
  conversationSource,
  createRegraft,
  defineScenario,
  diffScenarios,
  isRegraftError,
  policyFor,
  profileSource,
  recordVisit,
  scenarioChecksum,
  startSession,
} from "../../src/index.js";
export type { Faults } from "../../src/tools/golden-faults.js";
export { GoldenStage } from "../../src/tools/golden-stage.js";
export { judgeCase } from "../../src/tools/golden-verdict.js";
