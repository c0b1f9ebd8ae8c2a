export type { FaultRequest, TestBench, TestBenchOptions } from "./bench.js";
export { testBench } from "./bench.js";
export type { ManualClock } from "./clock.js";
export { manualClock } from "./clock.js";
export type { EditedScenario, EditKind, EditOptions } from "./edits.js";
export { editScenario } from "./edits.js";
export type { FaultOptions, StoreCall } from "./faulty-store.js";
export { faultyStore } from "./faulty-store.js";
export { flow } from "./flow.js";
export type { GenerateOptions } from "./generate.js";
export { disguise, generateScenario } from "./generate.js";
export { sequentialIds } from "./ids.js";
export type { MatcherAnswer, ProofContext, RegraftMatchers, Versions } from "./matchers.js";
export { matchers } from "./matchers.js";
export type { PopulationOptions } from "./population.js";
export { generatePopulation } from "./population.js";
export type { Random } from "./random.js";
export { seededRandom } from "./random.js";
export type { RehearsalReport, RehearseAllInput, RehearsedCase, RehearsedOutcome } from "./rehearse-all.js";
export { rehearseAll } from "./rehearse-all.js";
export { sampleValue } from "./sample.js";
export { recordStoreContract, sessionStoreContract, storeContract } from "./store-contract.js";
export type {
  ContractExpectation,
  ContractRunner,
  ContractTest,
  StoreContractOptions,
  StoreDeviation,
  StoreUnderTest,
} from "./store-contract-case.js";
export type { WalkOptions } from "./walk.js";
export { walkSession } from "./walk.js";
export type { WalkToOptions } from "./walk-to.js";
export { walkTo } from "./walk-to.js";
