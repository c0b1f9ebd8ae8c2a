import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { RegraftError } from "../errors.js";
import type { LedgerSigner } from "../ports/ledger-signer.js";
import { readText } from "./files.js";
import type { CliIo } from "./io.js";

/** The name of a key: a digest of its public half. */
function idOf(key: KeyObject): string {
  const bytes = key.export({ type: "spki", format: "der" });
  return `ed25519:${createHash("sha256").update(bytes).digest("hex").slice(0, 32)}`;
}

/** Reads a key; what is in the file is never part of an error. */
async function readKey(io: CliIo, file: string, type: "private" | "public"): Promise<KeyObject> {
  const text = await readText(io, file);
  let received = "no key";
  try {
    const key = keyIn(text, type);
    if (key?.asymmetricKeyType === "ed25519") return key;
    received = key === undefined ? "a private key" : `a key of type ${key.asymmetricKeyType ?? "unknown"}`;
  } catch {
    // What the parser says may quote the key.
  }
  const expected = `an Ed25519 ${type} key in PEM form${type === "private" ? ", not encrypted" : ""}`;
  throw new RegraftError("INPUT.INVALID", `${file} cannot be used as a key`, { file, expected, received });
}

/** A file that shows the private half is refused, so that none is handed around for checking. */
function keyIn(text: string, type: "private" | "public"): KeyObject | undefined {
  if (type === "private") return createPrivateKey(text);
  return /PRIVATE KEY-----/.test(text) ? undefined : createPublicKey(text);
}

function checking(trusted: KeyObject): LedgerSigner["verify"] {
  const keyId = idOf(trusted);
  return async (bytes, signature) =>
    signature.keyId === keyId && verify(null, bytes, trusted, Buffer.from(signature.value, "base64"));
}

/**
 * A signer of Ed25519 with a key from a file. The key stays in the process.
 *
 * @throws RegraftError `INPUT.INVALID` for a file without such a key, `CLI.FILE_NOT_FOUND`
 */
export async function readSigner(io: CliIo, file: string | undefined): Promise<{ readonly signer?: LedgerSigner }> {
  if (file === undefined) return {};
  const key = await readKey(io, file, "private");
  const trusted = createPublicKey(key);
  const keyId = idOf(trusted);
  const signer: LedgerSigner = {
    sign: async (bytes) => ({ keyId, value: sign(null, bytes, key).toString("base64") }),
    verify: checking(trusted),
  };
  return { signer };
}

/** What checks signatures with a public key from a file; it cannot sign. Throws what `readSigner` throws. */
export async function readVerifier(io: CliIo, file: string | undefined): Promise<{ readonly signer?: LedgerSigner }> {
  if (file === undefined) return {};
  const trusted = await readKey(io, file, "public");
  const sign = async () => {
    throw new RegraftError("INTERNAL.BUG", "a public key was asked for a signature");
  };
  return { signer: { sign, verify: checking(trusted) } };
}
