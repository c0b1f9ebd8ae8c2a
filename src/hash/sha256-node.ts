import * as crypto from "node:crypto";

/** SHA-256 of a text in UTF-8, as 64 hex digits. */
export const sha256Hex: (text: string) => string =
  typeof crypto.hash === "function"
    ? (text) => crypto.hash("sha256", text, "hex")
    : (text) => crypto.createHash("sha256").update(text, "utf8").digest("hex");
