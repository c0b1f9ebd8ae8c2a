import type { Plan, Session } from "../contracts/types.js";
import { buildPlan } from "../plan/build.js";
import { compile } from "../scenario/compile.js";
import type { CliIo } from "./io.js";
import type { TermOptions } from "./options.js";
import { readSessionsOn } from "./sessions.js";
import { blamed, readTerms } from "./terms.js";
import type { TwoVersions } from "./versions.js";

interface PlanRequest extends TermOptions {
  readonly sessions?: string;
  readonly id?: string;
  readonly by?: string;
  readonly at?: string;
}

/** A plan, and the sessions that it counts, if a file names them. */
export interface MadePlan {
  readonly plan: Plan;
  readonly sessions?: readonly Session[];
}

/** Makes the plan for two versions from the files that the options name. */
export async function makePlan(io: CliIo, versions: TwoVersions, options: PlanRequest): Promise<Plan> {
  return (await planWithSessions(io, versions, options)).plan;
}

/** The same, with the sessions that were read for it. */
export async function planWithSessions(io: CliIo, { from, to }: TwoVersions, options: PlanRequest): Promise<MadePlan> {
  const terms = await readTerms(io, options);
  const sessions = options.sessions === undefined ? undefined : await readSessionsOn(io, options.sessions, from);
  const counts = sessions === undefined ? {} : { counts: countByStep(sessions) };
  const plan = blamed(options, () =>
    buildPlan({
      ...terms,
      ...counts,
      tenantId: "",
      id: options.id ?? "plan-1",
      from: compile(from),
      to: compile(to),
      createdAt: options.at ?? io.now(),
      ...(options.by === undefined ? {} : { createdBy: options.by }),
    }),
  );
  return { plan, ...(sessions === undefined ? {} : { sessions }) };
}

function countByStep(sessions: readonly { readonly stepId: string }[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { stepId } of sessions) counts.set(stepId, (counts.get(stepId) ?? 0) + 1);
  return Object.fromEntries(counts);
}
