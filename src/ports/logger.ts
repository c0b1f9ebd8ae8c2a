/** Structured parts of a log line. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Takes structured log lines: fields first, then the message, as a pino logger does.
 *
 * @public
 */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}
