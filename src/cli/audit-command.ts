import { resolve } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { RegraftError } from "../errors.js";
import { checkSnapshot, snapshotScenario } from "../ledger/snapshot.js";
import { type BundleVerdict, makeBundle, verifyBundle } from "../tools/audit-bundle.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import { about, readJson, readScenario, writeText } from "./files.js";
import type { CliIo } from "./io.js";
import type { AuditBundleOptions, FileOptions } from "./ledger-options.js";
import { withStore } from "./store-open.js";
import { print, printJson } from "./versions.js";

function told(io: CliIo, { json }: FileOptions, { manifest: { header, body }, entries, sealed }: BundleVerdict): void {
  const { scope, chains } = body;
  const summary = {
    digest: header.digest,
    createdAt: header.createdAt,
    scope,
    streams: chains.length,
    entries,
    sealed,
  };
  if (json === true) printJson(io, summary);
  else print(io, [`The bundle is whole: ${entries} entries in ${chains.length} streams, ${sealed} of them sealed.`]);
}

/** `regraft audit bundle`: writes ledger streams and seals into one file. */
export async function runAuditBundle(io: CliIo, options: AuditBundleOptions): Promise<ExitCode> {
  const { plan, session, out } = options;
  const scope = {
    ...(plan === undefined ? {} : { planId: plan }),
    ...(session === undefined ? {} : { sessionId: session }),
  };
  const text = await withStore(io, options, ({ tenantId, ledger }) =>
    makeBundle({ tenantId, ...ledger }, scope, { at: io.now(), regraft: manifest.version }),
  );
  const verdict = await verifyBundle(text);
  const asked = [
    ...(plan === undefined ? [] : [["plan", plan]]),
    ...(session === undefined ? [] : [["session", session]]),
  ];
  for (const [kind, id] of asked) {
    if (verdict.manifest.body.chains.some((chain) => chain.kind === kind && chain.id === id)) continue;
    throw new RegraftError("LEDGER.NOT_FOUND", `the ledger has no stream ${kind}/${id}`, { received: `${kind}/${id}` });
  }
  await writeText(io, out, text);
  told(io, options, verdict);
  return exitCodes.ok;
}

/** `regraft audit verify`: checks a bundle with nothing but its file. */
export async function runAuditVerify(io: CliIo, file: string, options: FileOptions): Promise<ExitCode> {
  const text = await io.readFile(resolve(io.cwd, file)).catch((error: unknown) => {
    throw new RegraftError("CLI.FILE_NOT_FOUND", `cannot read ${file}`, { file }, { cause: error });
  });
  told(io, options, await verifyBundle(text));
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
