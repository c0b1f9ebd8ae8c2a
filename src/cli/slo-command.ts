import type { Regraft } from "../engine/regraft.js";
import type { LedgerEntry } from "../ports/ledger.js";
import { replayedShare } from "../tools/replayed-share.js";
import { computeIndicators, type Indicators, judgeObjectives } from "../tools/slo.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import type { CliIo } from "./io.js";
import { readableEntries } from "./readable-entries.js";
import type { SloOptions } from "./resilience-options.js";
import { withStore } from "./store-open.js";
import { print, printJson } from "./versions.js";

/** All entries of the tenant's ledger, stream by stream. */
async function* entriesOf(io: CliIo, { ledger }: Regraft): AsyncGenerator<LedgerEntry> {
  for await (const { subject } of ledger.streams()) yield* readableEntries(io, ledger, subject);
}

/** The indicators of a store. */
export async function indicatorsOf(
  io: CliIo,
  { since, until, ...options }: Pick<SloOptions, "since" | "until" | "store" | "tenant">,
): Promise<Indicators> {
  const window = { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
  return withStore(io, options, async (regraft) => {
    const determinism = await replayedShare(regraft);
    return { ...(await computeIndicators(entriesOf(io, regraft), window)), determinism };
  });
}

/** `regraft slo`: measures service levels, and says which are missed. */
export async function runSlo(io: CliIo, options: SloOptions): Promise<ExitCode> {
  const indicators = await indicatorsOf(io, options);
  const { availability, flow } = options;
  const verdicts = judgeObjectives(indicators, {
    ...(availability === undefined ? {} : { availability }),
    ...(flow === undefined ? {} : { flow }),
  });
  const ok = verdicts.every(({ status }) => status === "met");
  if (options.json === true) printJson(io, { ok, verdicts, indicators });
  else
    print(
      io,
      verdicts.map(({ name, status, objective, indicator: { value, good, total } }) => {
        const measured = value === undefined ? "nothing measured" : `${value.toFixed(4)} (${good} of ${total})`;
        return `${status.padEnd(8)} ${name.padEnd(13)} ${measured}, wanted at least ${objective}`;
      }),
    );
  return ok ? exitCodes.ok : exitCodes.findings;
}
