import type { ExitCode } from "./exit-codes.js";
import type { CliIo } from "./io.js";
import type {
  AuditBundleOptions,
  AuditVerifyOptions,
  FileOptions,
  LedgerSealOptions,
  LedgerShowOptions,
  LedgerVerifyOptions,
  ReportOptions,
  RunRecordOptions,
  RunReproduceOptions,
} from "./ledger-options.js";
import type { OnStoreOptions } from "./options.js";

/** The commands about the ledger and what is made of it. */
export interface LedgerHandlers {
  verify(options: LedgerVerifyOptions): Promise<ExitCode>;
  head(stream: string | undefined, options: OnStoreOptions): Promise<ExitCode>;
  show(stream: string, options: LedgerShowOptions): Promise<ExitCode>;
  seal(options: LedgerSealOptions): Promise<ExitCode>;
  bundle(options: AuditBundleOptions): Promise<ExitCode>;
  verifyBundle(file: string, options: AuditVerifyOptions): Promise<ExitCode>;
  snapshot(file: string, options: FileOptions): Promise<ExitCode>;
  record(v1: string, v2: string, options: RunRecordOptions): Promise<ExitCode>;
  showRun(file: string, options: FileOptions): Promise<ExitCode>;
  reproduce(files: readonly string[], options: RunReproduceOptions): Promise<ExitCode>;
  report(planId: string, options: ReportOptions): Promise<ExitCode>;
  checkReport(file: string, options: FileOptions): Promise<ExitCode>;
}

/** Each command is loaded when it runs. */
export function createLedgerHandlers(io: CliIo): LedgerHandlers {
  const ledger = () => import("./ledger-command.js");
  const audit = () => import("./audit-command.js");
  const run = () => import("./run-command.js");
  const report = () => import("./report-command.js");
  return {
    verify: async (options) => (await ledger()).runLedgerVerify(io, options),
    head: async (stream, options) => (await ledger()).runLedgerHead(io, stream, options),
    show: async (stream, options) => (await ledger()).runLedgerShow(io, stream, options),
    seal: async (options) => (await ledger()).runLedgerSeal(io, options),
    bundle: async (options) => (await audit()).runAuditBundle(io, options),
    verifyBundle: async (file, options) => (await audit()).runAuditVerify(io, file, options),
    snapshot: async (file, options) => (await audit()).runSnapshot(io, file, options),
    record: async (v1, v2, options) => (await run()).runRecord(io, v1, v2, options),
    showRun: async (file, options) => (await run()).runShow(io, file, options),
    reproduce: async (files, options) => (await run()).runReproduce(io, files, options),
    report: async (planId, options) => (await report()).runReport(io, planId, options),
    checkReport: async (file, options) => (await report()).runReportCheck(io, file, options),
  };
}
