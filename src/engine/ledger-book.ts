import type { LedgerEntry, StreamSummary } from "../ports/ledger.js";
import type { Engine } from "./context.js";
import { entriesIn, streamsOf } from "./ledger-pages.js";
import { type SealOptions, type SealResult, sealLedger } from "./ledger-seal.js";
import { type ShortenInput, type ShortenResult, shortenLedger } from "./ledger-shorten.js";
import { type LedgerVerdict, type VerifyOptions, verifyLedger } from "./ledger-verify.js";

/**
 * The ledger of one tenant.
 *
 * @since 0.2.0
 * @public
 */
export interface LedgerBook {
  /** All streams with their heads. */
  streams(): AsyncIterable<StreamSummary>;
  /** The entries of a stream in order, read as they are asked for. */
  entries(stream: { readonly kind: string; readonly id: string }): AsyncIterable<LedgerEntry>;
  /**
   * Checks every stream: no entry missing, doubled, moved or changed, erasures on record, none cut short below a sealed head. Findings
   * are `LEDGER.CHAIN_BROKEN`, `LEDGER.SIGNATURE_INVALID` or `STORE.DAMAGED`, with stream and sequence number.
   */
  verify(options?: VerifyOptions): Promise<LedgerVerdict>;
  /** Chains the heads of all streams that have changed since the last seal. For a worker that calls it now and then. */
  seal(options?: SealOptions): Promise<SealResult>;
  /** Drops old entries from the ledgers of sessions that are over; the rest goes on to verify. Throws `INPUT.INVALID`. */
  shorten(input: ShortenInput): Promise<ShortenResult>;
}

/** Opens the ledger of the engine's tenant. */
export function ledgerBook(engine: Engine): LedgerBook {
  return Object.freeze<LedgerBook>({
    streams: () => streamsOf(engine),
    entries: ({ kind, id }) => entriesIn(engine, { kind, tenantId: engine.tenantId, id }),
    verify: (options) => verifyLedger(engine, options),
    seal: (options) => sealLedger(engine, options),
    shorten: (input) => shortenLedger(engine, input),
  });
}
