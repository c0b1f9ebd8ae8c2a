import type { Plan } from "../contracts/types.js";
import type { Regraft } from "../engine/regraft.js";
import { plain } from "../tools/render-table.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import type { CliIo } from "./io.js";
import type { RollbackOptions, RolloutOptions } from "./options.js";
import { withStore } from "./store-open.js";
import { print, printJson } from "./versions.js";

function wordsOf({ id, scenarioId, fromVersion, toVersion, status, wave, rollout, marking }: Plan): string {
  const at =
    wave === undefined ? "" : `, wave ${wave.number} of ${rollout?.waves.length ?? 0} (${wave.percent} % of sessions)`;
  const marked = marking === undefined ? "" : `; sessions marked: ${marking.marked}`;
  return `Plan ${id} (${plain(scenarioId)} ${fromVersion} to ${toVersion}) is ${status}${at}${marked}.`;
}

function stateOf({ id, status, digest, wave, marking }: Plan) {
  const marked = marking === undefined ? {} : { marked: marking.marked };
  return { id, status, digest, ...(wave === undefined ? {} : { wave }), ...marked };
}

/** `regraft promote`: ends a wave of a plan. Only a next wave is a success. */
export async function runPromote(io: CliIo, planId: string, options: RolloutOptions): Promise<ExitCode> {
  const { by, json } = options;
  const { plan, gate } = await withStore(io, options, (regraft) => regraft.promote(planId, { by }));
  if (json === true) printJson(io, { plan: stateOf(plan), gate });
  else {
    const failing = gate.guards.filter(({ status }) => status === "fail");
    const notes = failing.map(({ id, note }) => `  ${id}${note === undefined ? "" : `: ${plain(note)}`}`);
    print(io, [`The gate says ${gate.decision}.`, ...notes, wordsOf(plan)]);
  }
  return gate.decision === "allow" ? exitCodes.ok : exitCodes.findings;
}

async function changed(io: CliIo, options: RolloutOptions, change: (regraft: Regraft) => Promise<Plan>) {
  const plan = await withStore(io, options, change);
  if (options.json === true) printJson(io, stateOf(plan));
  else print(io, [wordsOf(plan)]);
  return exitCodes.ok;
}

/** `regraft pause`: stops a plan for the time being. */
export async function runPause(io: CliIo, planId: string, options: RolloutOptions): Promise<ExitCode> {
  return changed(io, options, (regraft) => regraft.pause(planId, { by: options.by }));
}

/** `regraft resume`: goes on with a paused plan, in the wave where it was. */
export async function runResume(io: CliIo, planId: string, options: RolloutOptions): Promise<ExitCode> {
  return changed(io, options, (regraft) => regraft.resume(planId, { by: options.by }));
}

/** `regraft rollback`: ends a plan; what it has not moved stays. */
export async function runRollback(io: CliIo, planId: string, options: RollbackOptions): Promise<ExitCode> {
  const reason = options.reason === undefined ? {} : { reason: options.reason };
  return changed(io, options, (regraft) => regraft.rollback(planId, { by: options.by, ...reason }));
}
