import { resolve } from "node:path";
import { redactText } from "../contracts/redact-text.js";
import { RegraftError } from "../errors.js";
import { writeInside } from "../tools/path-guard.js";
import { plain, table } from "../tools/render-table.js";
import {
  checkOf,
  gapsOf,
  pinDrift,
  pinSchemas,
  problemsOf,
  readSchemaSet,
  type SchemaSet,
} from "../tools/schema-registry.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import { notWritten, readJson } from "./files.js";
import type { CliIo } from "./io.js";
import type { SchemaOptions } from "./tools-options.js";
import { print, printJson, styleOf } from "./versions.js";

function setOf(io: CliIo, { registry }: SchemaOptions): SchemaSet {
  return readSchemaSet(registry === undefined ? {} : { file: resolve(io.cwd, registry) });
}

/** `regraft schema list`: the registered kinds. */
export async function runSchemaList(io: CliIo, options: SchemaOptions): Promise<ExitCode> {
  const set = setOf(io, options);
  const gaps = gapsOf(set);
  const rows = Object.entries(set.artifacts).map(([kind, { version, owner, invalidExamples }]) => ({
    kind,
    version,
    owner,
    examples: 1 + invalidExamples.length,
  }));
  if (options.json === true) printJson(io, { kinds: rows, gaps });
  else {
    const columns = ["kind", "version", "owner", "examples"].map((title) => ({ title }));
    const cells = rows.map(({ kind, version, owner, examples }) => [kind, version, owner, String(examples)]);
    print(io, [
      ...table(columns, cells, styleOf(io)),
      ...gaps.map(({ kind, path, problem }) => `${kind}: ${path} is ${problem}`),
    ]);
  }
  return options.check === true && gaps.length > 0 ? exitCodes.findings : exitCodes.ok;
}

/** `regraft schema validate`: files of a kind, or all examples. */
export async function runSchemaValidate(
  io: CliIo,
  files: readonly string[],
  options: SchemaOptions,
): Promise<ExitCode> {
  const { kind, all } = options;
  if ((all === true) === (kind !== undefined) || (all === true) !== (files.length === 0)) {
    throw new RegraftError("CLI.USAGE", "either --kind with files, or --all", {
      expected: "--kind KIND FILE, or --all",
      received: all === true ? "--all with more" : "neither of both",
    });
  }
  const set = setOf(io, options);
  if (kind === undefined) {
    const problems = problemsOf(set);
    const examples = Object.values(set.artifacts).reduce((sum, one) => sum + 1 + one.invalidExamples.length, 0);
    if (options.json === true) printJson(io, { examples, problems });
    else {
      const lines = problems.map(({ kind: of, path, problem }) => `${of}: ${path}: ${plain(problem)}`);
      print(io, [...lines, `${examples} examples, ${problems.length} problems.`]);
    }
    return problems.length === 0 ? exitCodes.ok : exitCodes.findings;
  }
  const check = checkOf(set, kind);
  const found: { file: string; path: string; expected: string; received: string }[] = [];
  for (const file of files) {
    for (const { path, expected, received } of check(await readJson(io, file))) {
      found.push({ file, path: redactText(path).text, expected, received: redactText(received).text });
    }
  }
  if (options.json === true) printJson(io, { kind, files: files.length, faults: found });
  else {
    const lines = found.map(
      ({ file, path, expected, received }) => `${file}${path}: expected ${expected}, received ${plain(received)}`,
    );
    print(io, found.length === 0 ? [`${files.length} valid.`] : lines);
  }
  return found.length === 0 ? exitCodes.ok : exitCodes.findings;
}

/** `regraft schema pin`: writes the pins of a registry of the host's own. Those of this package are made with its release. */
export async function runSchemaPin(io: CliIo, options: SchemaOptions): Promise<ExitCode> {
  const set = setOf(io, options);
  const pins = pinSchemas(set);
  try {
    writeInside(set.root, set.pinsFile, `${JSON.stringify(pins, null, 2)}\n`);
  } catch (error) {
    throw notWritten(set.pinsFile, error);
  }
  if (options.json === true) printJson(io, pins);
  else print(io, [`${Object.keys(pins.schemas).length} schemas pinned: ${pins.root}`]);
  return exitCodes.ok;
}

/** `regraft schema verify`: the schemas against their pins. */
export async function runSchemaVerify(io: CliIo, options: SchemaOptions): Promise<ExitCode> {
  const set = setOf(io, options);
  const drift = pinDrift(set);
  if (options.json === true) printJson(io, { ok: drift.length === 0, drift });
  else if (drift.length === 0) print(io, ["The schemas are those that were pinned."]);
  else
    print(
      io,
      drift.map(({ path, problem }) => `SCHEMA.PIN_MISMATCH ${path}: ${problem}`),
    );
  return drift.length === 0 ? exitCodes.ok : exitCodes.integrity;
}
