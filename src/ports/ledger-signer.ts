import type { StreamHead } from "./ledger.js";

/**
 * A signature, and the key it was made with.
 *
 * @public
 */
export interface LedgerSignature {
  readonly keyId: string;
  /** In the signer's own notation, for example base64. */
  readonly value: string;
}

/**
 * Signs seals and audit bundles with a key that regraft never sees.
 *
 * @public
 */
export interface LedgerSigner {
  sign(bytes: Uint8Array): Promise<LedgerSignature>;
  /** Whether the signature is that of the bytes, by a key that is trusted. */
  verify(bytes: Uint8Array, signature: LedgerSignature): Promise<boolean>;
}

/**
 * Puts the head of the seals where nobody of this system can change it: a time stamping service, another organisation, a printed page.
 *
 * @returns the receipt, which the ledger keeps
 *
 * @public
 */
export type LedgerAnchor = (
  head: StreamHead & { readonly tenantId: string },
) => Promise<Readonly<Record<string, unknown>>>;
