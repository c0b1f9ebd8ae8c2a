import type { Plan } from "../contracts/types.js";
import type { DeploymentStatus } from "../engine/status.js";
import { RegraftError } from "../errors.js";
import { renderPlan } from "../tools/render-plan.js";
import { plain, table } from "../tools/render-table.js";
import { readEvidence } from "./evidence.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import { writeText } from "./files.js";
import type { CliIo } from "./io.js";
import type {
  ApproveOptions,
  DeployOptions,
  OnStoreOptions,
  PlanOptions,
  RejectOptions,
  ShowOptions,
} from "./options.js";
import { openStore, withStore } from "./store-open.js";
import { storeTarget } from "./store-target.js";
import { blamedAsync, readTerms } from "./terms.js";
import { checkLater, planStyle, print, printJson, readVersion, readVersions, styleOf } from "./versions.js";

/** `regraft store setup`: makes the tables of a store, or the directory. */
export async function runStoreSetup(io: CliIo, options: OnStoreOptions): Promise<ExitCode> {
  const target = storeTarget(io, options);
  const open = await openStore(target, { create: true });
  try {
    const version = (await open.setup?.())?.version;
    if (options.json === true) printJson(io, { kind: target.kind, ...(version === undefined ? {} : { version }) });
    else print(io, [version === undefined ? "The directory is ready." : `The tables are at version ${version}.`]);
  } finally {
    await open.close();
  }
  return exitCodes.ok;
}

/** `regraft publish`: archives a version and makes it the live one. */
export async function runPublish(io: CliIo, file: string, options: OnStoreOptions): Promise<ExitCode> {
  const scenario = await readVersion(io, file);
  await withStore(io, options, (regraft) => regraft.publish(scenario), { create: true });
  const { id, version } = scenario;
  if (options.json === true) printJson(io, { scenarioId: id, version });
  else print(io, [`${plain(id)} version ${version} is live.`]);
  return exitCodes.ok;
}

/** `regraft plan --store`: proposes the plan into a store. */
export async function runPropose(io: CliIo, v1: string, v2: string, options: PlanOptions): Promise<ExitCode> {
  const versions = await readVersions(io, v1, v2);
  checkLater(versions, v2);
  const terms = await readTerms(io, options);
  const by = options.by === undefined ? {} : { by: options.by };
  const input = { ...versions, ...terms, ...by };
  const plan = await withStore(io, options, (regraft) => blamedAsync(options, () => regraft.propose(input)), {
    create: true,
  });
  if (options.out !== undefined) await writeText(io, options.out, `${JSON.stringify(plan, null, 2)}\n`);
  if (options.json === true) printJson(io, plan);
  else print(io, renderPlan(plan, planStyle(io, options)));
  return exitCodes.ok;
}

function told(io: CliIo, options: OnStoreOptions, plan: Plan): ExitCode {
  const { id, scenarioId, fromVersion, toVersion, status, digest, marking } = plan;
  if (options.json === true) {
    printJson(io, {
      id,
      scenarioId,
      fromVersion,
      toVersion,
      status,
      digest,
      ...(marking === undefined ? {} : { marked: marking.marked, unreadable: marking.unreadable ?? 0 }),
    });
    return exitCodes.ok;
  }
  const marked = marking === undefined ? "" : `; sessions marked: ${marking.marked}`;
  const unread = marking?.unreadable ?? 0;
  const more = unread === 0 ? "" : ` Sessions that cannot be read: ${unread}; regraft doctor names them.`;
  print(io, [`Plan ${id} (${plain(scenarioId)} ${fromVersion} to ${toVersion}) is ${status}${marked}.${more}`]);
  return exitCodes.ok;
}

/** `regraft approve`: approves a plan by the digest that was read. */
export async function runApprove(io: CliIo, planId: string, options: ApproveOptions): Promise<ExitCode> {
  const approved = await withStore(io, options, async (regraft) => {
    const plan = await regraft.plans.get(planId);
    if (plan === undefined) throw missing(planId);
    if (plan.digest !== options.digest) {
      throw new RegraftError("PLAN.CHANGED", `plan ${planId} is not the plan that was read`, {
        path: "--digest",
        expected: plan.digest,
        received: options.digest,
      });
    }
    const evidence = await readEvidence(io, options.evidence, [plan.contract]);
    return regraft.approve(plan, { by: options.by, evidence });
  });
  return told(io, options, approved);
}

function missing(planId: string): RegraftError {
  return new RegraftError("PLAN.NOT_FOUND", `there is no plan ${planId}`, {
    expected: "the id of a plan",
    received: planId,
  });
}

/** `regraft show`: a plan as it is to be read before it is approved. */
export async function runShow(io: CliIo, planId: string, options: ShowOptions): Promise<ExitCode> {
  const plan = await withStore(io, options, (regraft) => regraft.plans.get(planId));
  if (plan === undefined) throw missing(planId);
  if (options.json === true) printJson(io, plan);
  else print(io, renderPlan(plan, planStyle(io, options)));
  return exitCodes.ok;
}

/** `regraft reject`: ends a plan that was not deployed. */
export async function runReject(io: CliIo, planId: string, options: RejectOptions): Promise<ExitCode> {
  const reason = options.reason === undefined ? {} : { reason: options.reason };
  const rejected = await withStore(io, options, (regraft) => regraft.reject(planId, { by: options.by, ...reason }));
  return told(io, options, rejected);
}

/** `regraft deploy`: publishes the new version of a plan and marks its sessions. */
export async function runDeploy(io: CliIo, planId: string, options: DeployOptions): Promise<ExitCode> {
  const deployed = await withStore(io, options, async (regraft) => {
    const evidence = await readEvidence(io, options.evidence, [(await regraft.plans.get(planId))?.contract]);
    return regraft.deploy(planId, { evidence, ...(options.by === undefined ? {} : { by: options.by }) });
  });
  return told(io, options, deployed);
}

/** `regraft status`: all plans, or how far one of them has come. */
export async function runStatus(io: CliIo, planId: string | undefined, options: OnStoreOptions): Promise<ExitCode> {
  if (planId !== undefined) {
    const status = await withStore(io, options, (regraft) => regraft.status(planId));
    if (options.json === true) printJson(io, status);
    else print(io, statusLines(status));
    return exitCodes.ok;
  }
  const plans = await withStore(io, options, async (regraft) => {
    const all: Plan[] = [];
    let cursor: string | undefined;
    do {
      const page = await regraft.plans.list({ limit: 100, ...(cursor === undefined ? {} : { cursor }) });
      all.push(...page.plans);
      cursor = page.cursor;
    } while (cursor !== undefined);
    return all;
  });
  const rows = plans.map(({ id, scenarioId, fromVersion, toVersion, status, createdAt, digest }) => ({
    id,
    scenarioId,
    fromVersion,
    toVersion,
    status,
    createdAt,
    digest,
  }));
  if (options.json === true) printJson(io, rows);
  else if (rows.length === 0) print(io, ["There is no plan."]);
  else {
    const cells = rows.map((row) => [
      row.id,
      row.scenarioId,
      `${row.fromVersion} to ${row.toVersion}`,
      row.status,
      row.createdAt,
    ]);
    const columns = ["plan", "scenario", "versions", "status", "made"].map((title) => ({ title }));
    print(io, table(columns, cells, { ...styleOf(io), columns: Number.POSITIVE_INFINITY }));
  }
  return exitCodes.ok;
}

function statusLines(status: DeploymentStatus): string[] {
  const {
    byKind,
    planId,
    marked,
    markingDone,
    applied,
    exited,
    pending,
    blocked,
    review,
    waiting,
    held,
    unreadable,
    lastAppliedAt,
  } = status;
  const counts: [string, number | string][] = [
    ["marked", markingDone ? marked : `${marked}, not all yet`],
    ["moved or ended", applied],
    ["  clean graft", byKind.clean_graft],
    ["  gap fill", byKind.gap_fill],
    ["  re-route", byKind.re_route],
    ["  ended", exited],
    ["still marked", pending],
    ["blocked", blocked],
    ["in review", review],
    ["waiting for an answer", waiting],
    ["held", held],
    ...(unreadable === 0 ? [] : [["cannot be read", unreadable] as [string, number]]),
    ...(lastAppliedAt === undefined ? [] : [["last move", lastAppliedAt] as [string, string]]),
  ];
  return [`Plan ${planId} is ${status.status}.`, ...counts.map(([name, count]) => `  ${name.padEnd(22)} ${count}`)];
}
