import { createHash } from "node:crypto";
import manifest from "../../package.json" with { type: "json" };
import type { Configuration } from "../config/configuration.js";
import type { ReasonCode, RunManifest } from "../contracts/types.js";
import { isRegraftError, RegraftError } from "../errors.js";
import { validateRecord } from "../ledger/records.js";
import {
  checkReproduced,
  checkRunFiles,
  configFile,
  configIn,
  decideRun,
  decisionsFile,
  keptConfig,
  type RunFiles,
  runManifest,
} from "../tools/run-record.js";
import { type ConfigSources, effectiveConfig } from "./effective-config.js";
import { type ExitCode, exitCodeOf, exitCodes } from "./exit-codes.js";
import { readText, writeText } from "./files.js";
import type { CliIo } from "./io.js";
import type { FileOptions, RunRecordOptions, RunReproduceOptions } from "./ledger-options.js";
import { readSessionsOn } from "./sessions.js";
import { checkLater, print, printJson, readVersions } from "./versions.js";

/** The names of the inputs within a run. */
const inputs = { v1: "v1.json", v2: "v2.json", sessions: "sessions.json" } as const;

/** A run in one file: everything that is needed to make its decisions again. */
interface RunDocument {
  readonly manifest: RunManifest;
  readonly files: RunFiles;
}

/** The first line of a run's file is its content, the second its digest. */
function textOf(document: RunDocument): string {
  const line = JSON.stringify(document);
  return `${line}\n${digestOf(line)}\n`;
}

function digestOf(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

async function readRun(io: CliIo, file: string): Promise<RunDocument> {
  const text = await readText(io, file);
  const [line = ""] = text.split("\n");
  if (text !== `${line}\n${digestOf(line)}\n`) {
    throw new RegraftError("ARTIFACT.DIGEST_MISMATCH", "the run is not what was written", {
      file,
      expected: "the text as it was written",
      received: "another text",
    });
  }
  const value = JSON.parse(line) as RunDocument;
  validateRecord("record-run-manifest", value.manifest);
  checkRunFiles(value.manifest, value.files);
  return value;
}

/** Decides over the files of a run as if they were given by their names. */
async function decided(io: CliIo, files: RunFiles, at: string, config: Configuration) {
  const readFile = async (path: string) => {
    const name = Object.keys(files).find((one) => path.endsWith(one));
    const text = name === undefined ? undefined : files[name];
    if (text === undefined) throw new RegraftError("CLI.FILE_NOT_FOUND", "the run lacks a file", { file: path });
    return text;
  };
  const readPieces = async function* (path: string) {
    yield await readFile(path);
  };
  const within: CliIo = { ...io, readFile, readPieces, err: () => undefined };
  const versions = await readVersions(within, inputs.v1, inputs.v2);
  checkLater(versions, inputs.v2);
  const sessions = await readSessionsOn(within, inputs.sessions, versions.from);
  return decideRun({ ...versions, sessions, at, config });
}

function told(io: CliIo, { json }: FileOptions, { header, body }: RunManifest, words: string): void {
  if (json === true) printJson(io, { header, body });
  else print(io, [`${words}: ${body.sessions ?? 0} sessions, decisions ${body.decisionDigest ?? "none"}`]);
}

function configSources({ config: file, profile, set }: RunRecordOptions): ConfigSources {
  return {
    ...(file === undefined ? {} : { file }),
    ...(profile === undefined ? {} : { profile }),
    ...(set === undefined ? {} : { set }),
  };
}

/** `regraft run record`: decides about sessions and keeps inputs and decisions. */
export async function runRecord(io: CliIo, v1: string, v2: string, options: RunRecordOptions): Promise<ExitCode> {
  const now = io.now();
  const at = options.at ?? now;
  const config = keptConfig((await effectiveConfig(io, configSources(options))).config);
  const files = {
    [inputs.v1]: await readText(io, v1),
    [inputs.v2]: await readText(io, v2),
    [inputs.sessions]: await readText(io, options.sessions),
    [configFile]: `${JSON.stringify(config)}\n`,
  };
  const outcome = await decided(io, files, at, config);
  const versions = { regraft: manifest.version, node: process.versions.node };
  const made = runManifest({ runId: options.id, at, createdAt: now, versions, config }, files, outcome);
  const document = { manifest: made, files: { ...files, [decisionsFile]: outcome.decisions } };
  await writeText(io, options.out, textOf(document));
  told(io, options, made, "Recorded");
  return exitCodes.ok;
}

/** `regraft run show`: the manifest of a run. */
export async function runShow(io: CliIo, file: string, options: FileOptions): Promise<ExitCode> {
  const { manifest: made } = await readRun(io, file);
  told(io, options, made, `Run ${made.body.runId} of ${made.header.createdAt}`);
  return exitCodes.ok;
}

/** Makes the decisions of one run again. */
async function reproduced(io: CliIo, file: string): Promise<RunManifest> {
  const { manifest: made, files } = await readRun(io, file);
  const config = configIn(files);
  const { decisions } = await decided(io, files, made.body.at, config);
  checkReproduced(made, decisions, config);
  return made;
}

/** So many of some files, spread over all of them: the same ones each time. */
function sampleOf(files: readonly string[], size: number): readonly string[] {
  if (size >= files.length) return files;
  const last = files.length - 1;
  return Array.from({ length: size }, (_, at) => files[Math.round((at * last) / Math.max(1, size - 1))] ?? "");
}

/** `regraft run reproduce`: makes the decisions of runs again. Of several, all that differ are told. */
export async function runReproduce(
  io: CliIo,
  files: readonly string[],
  options: RunReproduceOptions,
): Promise<ExitCode> {
  const [only, ...more] = sampleOf(files, options.sample ?? files.length);
  if (only === undefined || more.length === 0) {
    told(io, options, await reproduced(io, only ?? ""), "The same again");
    return exitCodes.ok;
  }
  const failed: { readonly file: string; readonly code: ReasonCode; readonly message: string }[] = [];
  for (const file of [only, ...more]) {
    try {
      await reproduced(io, file);
    } catch (error) {
      if (!isRegraftError(error) || exitCodeOf(error.code) !== exitCodes.integrity) throw error;
      failed.push({ file, code: error.code, message: error.message });
    }
  }
  const total = more.length + 1;
  const good = total - failed.length;
  if (options.json === true) printJson(io, { runs: files.length, total, good, value: good / total, failed });
  else
    print(io, [
      ...failed.map(({ file, message }) => `${file}: ${message}`),
      `The same again: ${good} of ${total} runs`,
    ]);
  return failed.length === 0 ? exitCodes.ok : exitCodes.integrity;
}
