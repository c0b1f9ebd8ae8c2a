import type { GateDecision } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { plain } from "../tools/render-table.js";
import { readContract, readEvidence } from "./evidence.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import type { CliIo } from "./io.js";
import type { GateCheckOptions } from "./options.js";
import { withStore } from "./store-open.js";
import { print, printJson } from "./versions.js";

/** `regraft gate check`: what the gate of a plan would decide now. Writes nothing. */
export async function runGateCheck(io: CliIo, options: GateCheckOptions): Promise<ExitCode> {
  const contract = options.contract === undefined ? undefined : await readContract(io, options.contract);
  const decision = await withStore(io, options, async (regraft) => {
    const plan = await regraft.plans.get(options.plan);
    if (plan === undefined) {
      throw new RegraftError("PLAN.NOT_FOUND", `there is no plan ${options.plan}`, {
        path: "--plan",
        expected: "the id of a plan",
        received: options.plan,
      });
    }
    const evidence = await readEvidence(io, options.evidence, [plan.contract, contract]);
    return regraft.gate(plan, { stage: options.stage, evidence, ...(contract === undefined ? {} : { contract }) });
  });
  if (options.json === true) printJson(io, decision);
  else print(io, linesOf(decision));
  return decision.decision === "allow" ? exitCodes.ok : exitCodes.findings;
}

function linesOf({ decision, stage, subject, reasons, guards, metrics }: GateDecision): string[] {
  const asked = guards.map(({ id, status, reasons: why = [], note }) => {
    const told = note === undefined ? "" : `: ${plain(note)}`;
    return `  ${status.padEnd(5)} ${id}${why.length === 0 ? "" : ` (${why.join(", ")})`}${told}`;
  });
  const measured = Object.entries(metrics).map(
    ([name, { value, sample }]) => `  ${name} ${value}, measured on ${sample} sessions`,
  );
  return [
    `${stage} of plan ${plain(subject.id)}: ${decision}${reasons.length === 0 ? "" : ` (${reasons.join(", ")})`}`,
    ...asked,
    ...measured,
  ];
}
