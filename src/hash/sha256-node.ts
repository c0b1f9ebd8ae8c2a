import * as crypto from "node:crypto";

/** SHA-256 of a text in UTF-8, as 64 hex digits. */
export const sha256Hex: (text: string) => string =
  typeof crypto.hash === "function"
    ? (text) => crypto.hash("sha256", text, "hex")
    : (text) => crypto.createHash("sha256").update(text, "utf8").digest("hex");

/** SHA-256 of texts that come one after the other, each whole in UTF-8. */
export function sha256Stream(): { update(text: string): void; hex(): string } {
  const hash = crypto.createHash("sha256");
  return { update: (text) => void hash.update(text, "utf8"), hex: () => hash.copy().digest("hex") };
}
