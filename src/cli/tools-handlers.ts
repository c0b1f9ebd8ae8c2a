import type { ExitCode } from "./exit-codes.js";
import type { CliIo } from "./io.js";
import type { OnStoreOptions } from "./options.js";
import type {
  ConfigShowOptions,
  DoctorOptions,
  DrillOptions,
  SchemaOptions,
  StateMigrateOptions,
} from "./tools-options.js";

/** The commands that look after contracts, configuration and stores. */
export interface ToolsHandlers {
  schemaList(options: SchemaOptions): Promise<ExitCode>;
  schemaValidate(files: readonly string[], options: SchemaOptions): Promise<ExitCode>;
  schemaPin(options: SchemaOptions): Promise<ExitCode>;
  schemaVerify(options: SchemaOptions): Promise<ExitCode>;
  configShow(options: ConfigShowOptions): Promise<ExitCode>;
  doctor(options: DoctorOptions): Promise<ExitCode>;
  verify(options: OnStoreOptions): Promise<ExitCode>;
  drill(name: string | undefined, options: DrillOptions): Promise<ExitCode>;
  stateMigrate(options: StateMigrateOptions): Promise<ExitCode>;
}

/** Each command is loaded when it runs. */
export function createToolsHandlers(io: CliIo): ToolsHandlers {
  const schema = () => import("./schema-command.js");
  return {
    schemaList: async (options) => (await schema()).runSchemaList(io, options),
    schemaValidate: async (files, options) => (await schema()).runSchemaValidate(io, files, options),
    schemaPin: async (options) => (await schema()).runSchemaPin(io, options),
    schemaVerify: async (options) => (await schema()).runSchemaVerify(io, options),
    configShow: async (options) => (await import("./config-command.js")).runConfigShow(io, options),
    doctor: async (options) => (await import("./doctor-command.js")).runDoctor(io, options),
    verify: async (options) => (await import("./verify-command.js")).runVerify(io, options),
    drill: async (name, options) => (await import("./drill-command.js")).runDrill(io, name, options),
    stateMigrate: async (options) => (await import("./state-command.js")).runStateMigrate(io, options),
  };
}
