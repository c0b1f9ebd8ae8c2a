import type { ExitCode } from "./exit-codes.js";
import type { CliIo } from "./io.js";
import type { OnStoreOptions } from "./options.js";
import type { AlertsOptions, DlqDropOptions, DlqRetryOptions, SloOptions } from "./resilience-options.js";

/** What the commands about failures and service levels do. */
export interface ResilienceHandlers {
  dlqList(options: OnStoreOptions): Promise<ExitCode>;
  dlqRetry(sessionId: string | undefined, options: DlqRetryOptions): Promise<ExitCode>;
  dlqDrop(sessionId: string, options: DlqDropOptions): Promise<ExitCode>;
  slo(options: SloOptions): Promise<ExitCode>;
  alerts(options: AlertsOptions): Promise<ExitCode>;
}

/** The commands over the given world, each loaded when it runs. */
export function createResilienceHandlers(io: CliIo): ResilienceHandlers {
  const dlq = () => import("./dlq-command.js");
  return {
    dlqList: async (options) => (await dlq()).runDlqList(io, options),
    dlqRetry: async (sessionId, options) => (await dlq()).runDlqRetry(io, sessionId, options),
    dlqDrop: async (sessionId, options) => (await dlq()).runDlqDrop(io, sessionId, options),
    slo: async (options) => (await import("./slo-command.js")).runSlo(io, options),
    alerts: async (options) => (await import("./alerts-command.js")).runAlerts(io, options),
  };
}
