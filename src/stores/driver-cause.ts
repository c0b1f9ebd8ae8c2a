/** A part of what a driver threw, if it has it. */
export function textOf(error: unknown, name: "code" | "message" | "name"): string | undefined {
  if (typeof error !== "object" || error === null || !(name in error)) return undefined;
  const value: unknown = Reflect.get(error, name);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Drivers put addresses, passwords and the values of a row into their errors; only what helps is taken along. */
export function causeOf(error: unknown): Error {
  const message = textOf(error, "message") ?? "the driver failed without a message";
  const cause = new Error(
    message.replace(/[a-z][a-z0-9+.-]*:\/\/\S+/gi, "<url>").replace(/\b(password|user)\s*=\s*\S+/gi, "$1=<hidden>"),
  );
  cause.name = textOf(error, "name") ?? "Error";
  const code = textOf(error, "code");
  return code === undefined ? cause : Object.assign(cause, { code });
}
