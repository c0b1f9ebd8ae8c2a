/**
 * Live sessions of a real form move from one version to the next.
 *
 * The form is "Apply for funding to cover the cost of delivering a high street rental auction" of the UK government; where it
 * comes from, and its licence, stand in `examples/flows/ATTRIBUTION.md`. The people who fill it in here are made up.
 */
import { readFileSync } from "node:fs";
import {
  createRegraft,
  defineScenario,
  diffScenarios,
  type Plan,
  type ReconciliationResult,
  type Regraft,
  type Scenario,
} from "../../src/index.js";
import { memoryStore } from "../../src/stores/memory.js";
import { manualClock, sequentialIds, walkSession } from "../../src/testing/index.js";
import { changes, counts, example, heading, outcomes, review, say } from "./print.js";

const people = 300;
const flow = new URL("../flows/form-hsra-vr-hsra-vr-eligibility/", import.meta.url);

const version = (number: number): Scenario =>
  defineScenario(JSON.parse(readFileSync(new URL(`v${number}.json`, flow), "utf8")));

/** An engine with a store in memory, and people somewhere in a version; every tenth time they jump, as people do. */
async function openWith(scenario: Scenario): Promise<Regraft> {
  const clock = manualClock("2026-03-03T09:00:00Z");
  const regraft = createRegraft({ store: memoryStore({ clock }), clock, ids: sequentialIds() });
  await regraft.publish(scenario);
  for (let i = 1; i <= people; i += 1) {
    const at = "2026-03-02T09:00:00Z";
    await regraft.importSession(walkSession(scenario, { seed: i, id: `person-${i}`, at, jumpRate: 0.1 }));
  }
  return regraft;
}

/** Pairs that only read alike, which the operator takes over into the plan. */
async function mapSuggestions(regraft: Regraft, plan: Plan): Promise<Plan> {
  const suggested = plan.map.pairs.filter(({ relation }) => relation === "suggested");
  return regraft.amend(plan, { mapping: Object.fromEntries(suggested.map(({ from, to }) => [from, to])) });
}

/** What would become of everybody, by outcome; nothing is changed. */
async function rehearsed(regraft: Regraft, plan: Plan): Promise<void> {
  const { byAction, byKind } = await regraft.rehearse(plan);
  const { teleport: _, ...others } = byAction;
  counts(new Map(Object.entries({ ...byKind, ...others })));
}

/** Explains the first session that would leave the flow. */
async function firstExit(regraft: Regraft, plan: Plan, to: Scenario): Promise<void> {
  let told = false;
  await regraft.rehearse(plan, {
    onSession: ({ session, decision }) => {
      if (told || decision.action !== "exit_scenario") return;
      told = true;
      example(session.id, decision, to);
    },
  });
}

async function deploy(regraft: Regraft, plan: Plan): Promise<void> {
  heading("Approved and deployed: everybody is marked, nobody is moved");
  const deployed = await regraft.deploy(await regraft.approve(plan, { by: "ben" }));
  const { scenarioVersion } = await regraft.session("person-1");
  say(`${deployed.marking?.marked} marked; person-1 still walks version ${scenarioVersion}`, "  ");
}

/** Everybody writes: the moment at which each session is decided about and moved. */
async function messages(regraft: Regraft): Promise<ReconciliationResult[]> {
  const results: ReconciliationResult[] = [];
  for (let i = 1; i <= people; i += 1) {
    results.push(await regraft.reconcile(`person-${i}`, { messageId: `message-${i}` }));
  }
  return results;
}

/** What a person says to a question: mostly yes, or either of two grants. */
const reply = (field: string, i: number): unknown => {
  if (field === "redirectToEligibleRound") return i % 2 === 0 ? "RP" : "VR";
  return i % 3 !== 0;
};

/** Everybody who was asked answers, until nothing more is asked. */
async function answers(regraft: Regraft, results: readonly ReconciliationResult[]): Promise<ReconciliationResult[]> {
  const last: ReconciliationResult[] = [];
  for (const [i, first] of results.entries()) {
    if (first.action !== "collect") continue;
    let result: ReconciliationResult = first;
    while (result.action === "collect") {
      const values = Object.fromEntries(result.fields.map((field) => [field, reply(field, i)]));
      result = await regraft.provide(result.sessionId, values);
    }
    last.push(result);
  }
  return last;
}

async function totals(regraft: Regraft, plan: Plan): Promise<void> {
  const { applied, byKind, exited, blocked, review: reviews, waiting } = await regraft.status(plan);
  heading("Where everybody is now");
  const kinds = Object.entries(byKind).map(([kind, count]) => `${kind} ${count}`);
  say(`moved ${applied - exited}: ${kinds.join(", ")}`, "  ");
  say(
    `on the old version: blocked ${blocked}, for a person to decide ${reviews}, waiting for an answer ${waiting}`,
    "  ",
  );
  say(`left the flow: ${exited}`, "  ");
}

async function simpleChange(from: Scenario, to: Scenario): Promise<void> {
  say();
  say(`A SIMPLE CHANGE, version ${from.version} to ${to.version}: one more question, with a way out`);
  const regraft = await openWith(from);
  heading("What differs");
  changes(diffScenarios(from, to).map);
  heading("The plan that an operator reads");
  const plan = await regraft.propose({ from, to, by: "ana" });
  review(plan);
  await deploy(regraft, plan);
  heading("Each person sends a message");
  const results = await messages(regraft);
  outcomes(results, to);
  heading("Those who were asked answer");
  outcomes(await answers(regraft, results), to);
  await totals(regraft, plan);
}

async function harderChange(from: Scenario, to: Scenario): Promise<void> {
  say();
  say(`A HARDER CHANGE, version ${from.version} to ${to.version}: steps reworded under new ids, and two new decisions`);
  const regraft = await openWith(from);
  heading("What differs");
  changes(diffScenarios(from, to).map);
  heading("The plan, and a rehearsal of it");
  const proposed = await regraft.propose({ from, to, by: "ana" });
  review(proposed);
  await rehearsed(regraft, proposed);
  await firstExit(regraft, proposed, to);
  heading("The operator maps the steps that were only reworded, and rehearses again");
  const plan = await mapSuggestions(regraft, proposed);
  await rehearsed(regraft, plan);
  await deploy(regraft, plan);
  heading("Each person sends a message");
  const results = await messages(regraft);
  outcomes(results, to);
  heading("Those who were asked answer");
  outcomes(await answers(regraft, results), to);
  await totals(regraft, plan);
}

async function main(): Promise<void> {
  const [v1, v2, v3] = [version(1), version(2), version(3)];
  say(`A real form: ${v2.name}`);
  say("(communitiesuk/digital-form-builder-adapter, MIT licence; see examples/flows/ATTRIBUTION.md)");
  say(`${people} made-up people are somewhere in it when it changes.`);
  await simpleChange(v2, v3);
  await harderChange(v1, v2);
}

await main();
