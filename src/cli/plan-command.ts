import { changeEffects } from "../tools/data-effects.js";
import { renderPlan } from "../tools/render-plan.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import { writeText } from "./files.js";
import type { CliIo } from "./io.js";
import { planWithSessions } from "./make-plan.js";
import type { PlanOptions } from "./options.js";
import { checkLater, planStyle, print, printJson, readVersions } from "./versions.js";

/** `regraft plan`: the plan that an operator reads and approves. */
export async function runPlan(io: CliIo, v1: string, v2: string, options: PlanOptions): Promise<ExitCode> {
  const versions = await readVersions(io, v1, v2);
  checkLater(versions, v2);
  const { plan, sessions } = await planWithSessions(io, versions, options);
  const effects = sessions === undefined ? undefined : changeEffects(plan.data ?? [], sessions);
  if (options.out !== undefined) await writeText(io, options.out, `${JSON.stringify(plan, null, 2)}\n`);
  if (options.json === true) printJson(io, plan);
  else print(io, renderPlan(plan, planStyle(io, options), effects));
  if (options.out !== undefined && options.json !== true) io.err(`note: the plan was written to ${options.out}\n`);
  return exitCodes.ok;
}
