import { alertRules, defaultAlerts, evaluateAlerts } from "../tools/alerts.js";
import { plain } from "../tools/render-table.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import { readJson } from "./files.js";
import type { CliIo } from "./io.js";
import type { AlertsOptions } from "./resilience-options.js";
import { indicatorsOf } from "./slo-command.js";
import { print, printJson } from "./versions.js";

/** `regraft alerts`: holds the ledger against alert rules. What was not measured fires, since it proves nothing. */
export async function runAlerts(io: CliIo, options: AlertsOptions): Promise<ExitCode> {
  const rules = options.rules === undefined ? defaultAlerts : alertRules(await readJson(io, options.rules));
  const verdicts = evaluateAlerts(await indicatorsOf(io, options), rules);
  const ok = verdicts.every(({ status }) => status === "ok");
  if (options.json === true) printJson(io, { ok, verdicts });
  else
    print(
      io,
      verdicts.flatMap(({ rule: { id, number, when, limit, severity, runbook }, status, value }) => {
        const measured = value === undefined ? "nothing measured" : String(Number(value.toPrecision(4)));
        const line = `${status.padEnd(8)} ${severity.padEnd(9)} ${plain(id)}: ${number} is ${measured}, fires ${when} ${limit}`;
        return status === "firing" ? [line, `         ${plain(runbook)}`] : [line];
      }),
    );
  return ok ? exitCodes.ok : exitCodes.findings;
}
