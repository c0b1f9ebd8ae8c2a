import { resolveConfig } from "../config/config.js";
import type { Configuration } from "../config/configuration.js";
import { DEFAULTS } from "../config/defaults.js";
import type { ConfigurationInput, RunFile, RunManifest, RunManifestBody } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { digestOf } from "../hash/digest.js";
import { sha256Hex } from "../hash/sha256.js";
import { validateRecord } from "../ledger/records.js";
import { redact } from "../ledger/redact.js";
import { type RehearsalInput, rehearseSessions, type SessionOutcome } from "./rehearse-sessions.js";

/** Texts of the files of a run by their names in it. */
export type RunFiles = Readonly<Record<string, string>>;

/** Versions of the programs that a run is made with. */
export type Versions = RunManifestBody["versions"];

/** The name of the file of a run that holds its decisions, one a line. */
export const decisionsFile = "decisions.jsonl";

function fileOf(text: string): RunFile {
  return { digest: `sha256:${sha256Hex(text)}`, bytes: new TextEncoder().encode(text).length };
}

function filesOf(files: RunFiles): Record<string, RunFile> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [name, fileOf(text)]));
}

/** The name of the file of a run that holds the configuration that was in force, whole and redacted. */
export const configFile = "config.json";

/** The configuration that a run is made with: what it keeps of it has to be what it decides by. */
export function keptConfig(config: Configuration): Configuration {
  return resolveConfig(redact(config).value as ConfigurationInput);
}

/** The configuration that a run was made with; the defaults for one that keeps none. */
export function configIn(files: RunFiles): Configuration {
  const text = files[configFile];
  return text === undefined ? DEFAULTS : resolveConfig(JSON.parse(text) as ConfigurationInput);
}

/** Decides about every session of a run. The same inputs give the same text. */
export async function decideRun(
  input: Omit<RehearsalInput, "onOutcome">,
): Promise<{ readonly decisions: string; readonly sessions: number }> {
  const lines: string[] = [];
  const onOutcome = (outcome: SessionOutcome) => {
    lines.push(`${JSON.stringify(outcome)}\n`);
  };
  await rehearseSessions({ ...input, onOutcome });
  return { decisions: lines.join(""), sessions: lines.length };
}

/** What a run was given and what it came to, as a record. Names of files are names within the run: no path of the host is in it. */
export function runManifest(
  run: {
    readonly runId: string;
    readonly at: string;
    readonly createdAt: string;
    readonly versions: Versions;
    readonly config: Configuration;
  },
  inputs: RunFiles,
  { decisions, sessions }: { readonly decisions: string; readonly sessions: number },
): RunManifest {
  const body: RunManifestBody = {
    runId: run.runId,
    operation: "rehearse",
    status: "succeeded",
    at: run.at,
    inputs: filesOf(inputs),
    configDigest: digestOf(run.config),
    versions: run.versions,
    outputs: filesOf({ [decisionsFile]: decisions }),
    decisionDigest: fileOf(decisions).digest,
    sessions,
  };
  const header = { kind: "run.manifest" as const, schemaVersion: "1.0" as const, tenantId: "", digest: digestOf(body) };
  return validateRecord("record-run-manifest", { header: { ...header, createdAt: run.createdAt }, body });
}

/**
 * Refuses a run whose files are not those of its manifest.
 *
 * @throws RegraftError `ARTIFACT.DIGEST_MISMATCH` with the file
 */
export function checkRunFiles({ body }: RunManifest, files: RunFiles): void {
  for (const [name, { digest }] of Object.entries({ ...body.inputs, ...body.outputs })) {
    const text = files[name];
    const received = text === undefined ? "no such file" : fileOf(text).digest;
    if (received === digest) continue;
    throw new RegraftError("ARTIFACT.DIGEST_MISMATCH", `${name} is not the file of the run`, {
      file: name,
      expected: digest,
      received,
    });
  }
}

/**
 * Refuses a run that came to other decisions this time.
 *
 * @throws RegraftError `VERIFY.REPRODUCE_MISMATCH`
 */
export function checkReproduced({ body }: RunManifest, decisions: string, config: Configuration): void {
  const received = fileOf(decisions).digest;
  if (received === body.decisionDigest && digestOf(config) === body.configDigest) return;
  const isConfig = received === body.decisionDigest;
  throw new RegraftError("VERIFY.REPRODUCE_MISMATCH", "the same inputs came to something else", {
    path: isConfig ? "/body/configDigest" : "/body/decisionDigest",
    expected: isConfig ? body.configDigest : (body.decisionDigest ?? "no decisions"),
    received: isConfig ? digestOf(config) : received,
  });
}
