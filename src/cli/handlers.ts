import type { ExitCode } from "./exit-codes.js";
import type { CliIo } from "./io.js";
import { createLedgerHandlers, type LedgerHandlers } from "./ledger-handlers.js";
import type {
  ApproveOptions,
  DeployOptions,
  DiffOptions,
  GateCheckOptions,
  GoldenOptions,
  LintOptions,
  OnStoreOptions,
  PlanOptions,
  RehearseOptions,
  RejectOptions,
  RetentionApplyOptions,
  RetentionPlanOptions,
  RollbackOptions,
  RolloutOptions,
  ShowOptions,
  WorkerOptions,
} from "./options.js";
import { createResilienceHandlers, type ResilienceHandlers } from "./resilience-handlers.js";
import { createToolsHandlers, type ToolsHandlers } from "./tools-handlers.js";

/** What each command does once its arguments are read; each returns the exit code. */
export interface Handlers {
  diff(v1: string, v2: string, options: DiffOptions): Promise<ExitCode>;
  lint(v1: string, v2: string | undefined, options: LintOptions): Promise<ExitCode>;
  plan(v1: string, v2: string, options: PlanOptions): Promise<ExitCode>;
  rehearse(v1: string, v2: string, options: RehearseOptions): Promise<ExitCode>;
  golden(files: readonly string[], options: GoldenOptions): Promise<ExitCode>;
  storeSetup(options: OnStoreOptions): Promise<ExitCode>;
  publish(file: string, options: OnStoreOptions): Promise<ExitCode>;
  approve(planId: string, options: ApproveOptions): Promise<ExitCode>;
  show(planId: string, options: ShowOptions): Promise<ExitCode>;
  reject(planId: string, options: RejectOptions): Promise<ExitCode>;
  deploy(planId: string, options: DeployOptions): Promise<ExitCode>;
  promote(planId: string, options: RolloutOptions): Promise<ExitCode>;
  pause(planId: string, options: RolloutOptions): Promise<ExitCode>;
  resume(planId: string, options: RolloutOptions): Promise<ExitCode>;
  rollback(planId: string, options: RollbackOptions): Promise<ExitCode>;
  status(planId: string | undefined, options: OnStoreOptions): Promise<ExitCode>;
  gateCheck(options: GateCheckOptions): Promise<ExitCode>;
  retentionPlan(options: RetentionPlanOptions): Promise<ExitCode>;
  retentionApply(file: string, options: RetentionApplyOptions): Promise<ExitCode>;
  worker(options: WorkerOptions): Promise<ExitCode>;
  readonly ledger: LedgerHandlers;
  readonly tools: ToolsHandlers;
  readonly resilience: ResilienceHandlers;
}

/** The commands over the given world. What a command needs is loaded only when it runs, so that help needs nothing of it. */
export function createHandlers(io: CliIo): Handlers {
  const onStore = () => import("./store-command.js");
  const rollout = () => import("./rollout-command.js");
  const retention = () => import("./retention-command.js");
  return {
    diff: async (v1, v2, options) => (await import("./diff-command.js")).runDiff(io, v1, v2, options),
    lint: async (v1, v2, options) => (await import("./lint-command.js")).runLint(io, v1, v2, options),
    plan: async (v1, v2, options) => {
      if (options.store !== undefined || options.tenant !== undefined) {
        return (await onStore()).runPropose(io, v1, v2, options);
      }
      return (await import("./plan-command.js")).runPlan(io, v1, v2, options);
    },
    rehearse: async (v1, v2, options) => (await import("./rehearse-command.js")).runRehearse(io, v1, v2, options),
    golden: async (files, options) => (await import("./golden-command.js")).runGoldenCases(io, files, options),
    storeSetup: async (options) => (await onStore()).runStoreSetup(io, options),
    publish: async (file, options) => (await onStore()).runPublish(io, file, options),
    approve: async (planId, options) => (await onStore()).runApprove(io, planId, options),
    show: async (planId, options) => (await onStore()).runShow(io, planId, options),
    reject: async (planId, options) => (await onStore()).runReject(io, planId, options),
    deploy: async (planId, options) => (await onStore()).runDeploy(io, planId, options),
    promote: async (planId, options) => (await rollout()).runPromote(io, planId, options),
    pause: async (planId, options) => (await rollout()).runPause(io, planId, options),
    resume: async (planId, options) => (await rollout()).runResume(io, planId, options),
    rollback: async (planId, options) => (await rollout()).runRollback(io, planId, options),
    status: async (planId, options) => (await onStore()).runStatus(io, planId, options),
    gateCheck: async (options) => (await import("./gate-command.js")).runGateCheck(io, options),
    retentionPlan: async (options) => (await retention()).runRetentionPlan(io, options),
    retentionApply: async (file, options) => (await retention()).runRetentionApply(io, file, options),
    worker: async (options) => (await import("./worker-command.js")).runWorker(io, options),
    ledger: createLedgerHandlers(io),
    tools: createToolsHandlers(io),
    resilience: createResilienceHandlers(io),
  };
}
