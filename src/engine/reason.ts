import { RegraftError } from "../errors.js";

/** The reason that a person gives for something grave. Throws `INPUT.INVALID` where there is none. */
export function requireReason({ reason }: { readonly reason?: unknown }, what: string): string {
  if (typeof reason === "string" && reason.trim() !== "") return reason;
  throw new RegraftError("INPUT.INVALID", `${what} needs a reason`, {
    path: "/reason",
    expected: "a text that is not empty",
    received: "nothing",
  });
}
