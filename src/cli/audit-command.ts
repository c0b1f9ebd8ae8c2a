import { resolve } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import type { AuditChain, AuditManifest } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { checkSnapshot, snapshotScenario } from "../ledger/snapshot.js";
import { type BundleScope, prepareBundle } from "../tools/audit-bundle.js";
import { verifyBundle } from "../tools/audit-verify.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import { about, notRead, readJson, readScenario, writeText } from "./files.js";
import type { CliIo } from "./io.js";
import type { AuditBundleOptions, AuditVerifyOptions, FileOptions } from "./ledger-options.js";
import { readSigner, readVerifier } from "./signing-key.js";
import { withStore } from "./store-open.js";
import { print, printJson } from "./versions.js";

/** What is told about a bundle. */
interface Held {
  readonly header: AuditManifest["header"];
  readonly scope: BundleScope;
  readonly chains: readonly AuditChain[];
  readonly entries: number;
  readonly sealed: number;
  readonly signed: boolean;
  /** Whether a key was named to hold a signature against; absent where the bundle was just made. */
  readonly checked?: boolean;
}

function told(io: CliIo, { json }: FileOptions, held: Held): void {
  const { header, scope, chains, entries, sealed, signed } = held;
  const { digest, createdAt } = header;
  const checked = held.checked === undefined ? {} : { signatureChecked: signed && held.checked };
  const streams = chains.length;
  if (json === true) printJson(io, { digest, createdAt, scope, streams, entries, sealed, signed, ...checked });
  else {
    const counts = `${entries} entries in ${streams} streams, ${sealed} of them sealed`;
    const unchecked = signed && held.checked === false;
    const note = unchecked ? ["Whose signature it is was not checked: name the key with --public-key."] : [];
    print(io, [`The bundle is whole${signed && !unchecked ? " and signed" : ""}: ${counts}.`, ...note]);
  }
}

/** `regraft audit bundle`: writes ledger streams and seals into one file. */
export async function runAuditBundle(io: CliIo, options: AuditBundleOptions): Promise<ExitCode> {
  const { plan, session, out, key } = options;
  const { signer } = await readSigner(io, key);
  const scope = {
    ...(plan === undefined ? {} : { planId: plan }),
    ...(session === undefined ? {} : { sessionId: session }),
  };
  const bundle = await withStore(io, options, async ({ tenantId, ledger }) => {
    const source = { tenantId, ...ledger };
    const prepared = await prepareBundle(source, scope, { at: io.now(), regraft: manifest.version }, signer);
    const asked = [
      ...(plan === undefined ? [] : [["plan", plan]]),
      ...(session === undefined ? [] : [["session", session]]),
    ];
    for (const [kind, id] of asked) {
      if (prepared.chains.some((chain) => chain.kind === kind && chain.id === id)) continue;
      const received = `${kind}/${id}`;
      throw new RegraftError("LEDGER.NOT_FOUND", `the ledger has no stream ${received}`, { received });
    }
    await writeText(io, out, prepared.text());
    return prepared;
  });
  told(io, options, { ...bundle, scope, signed: signer !== undefined });
  return exitCodes.ok;
}

/** `regraft audit verify`: checks a bundle with nothing but its file. */
export async function runAuditVerify(io: CliIo, file: string, options: AuditVerifyOptions): Promise<ExitCode> {
  const trusted = await readVerifier(io, options.publicKey);
  // The bytes count: nothing is taken away as `readText` does.
  const pieces = async function* () {
    try {
      yield* io.readPieces(resolve(io.cwd, file));
    } catch (error) {
      throw notRead(file, error);
    }
  };
  const { manifest: found, ...counts } = await verifyBundle(pieces, trusted);
  const { scope, chains } = found.body;
  told(io, options, { header: found.header, scope, chains, ...counts, checked: trusted.signer !== undefined });
  return exitCodes.ok;
}

/** `regraft audit snapshot`: makes a snapshot of a version, or checks one. */
export async function runSnapshot(io: CliIo, file: string, _options: FileOptions): Promise<ExitCode> {
  const json = await readJson(io, file);
  const isSnapshot = typeof json === "object" && json !== null && "header" in json;
  const snapshot = isSnapshot
    ? about(file, () => checkSnapshot(json))
    : snapshotScenario((await readScenario(io, file)).scenario);
  printJson(io, snapshot);
  return exitCodes.ok;
}
