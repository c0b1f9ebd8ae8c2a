import { appendFile, cp, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { replay } from "../ledger/replay.js";
import type { LedgerEntry } from "../ports/ledger.js";
import { type DrillWorld, drillVersions, need } from "./drill-world.js";

async function filesBelow(directory: string, ending: string): Promise<string[]> {
  const names = await readdir(directory, { recursive: true });
  return names.filter((name) => name.endsWith(ending)).sort();
}

/** A process ended in the middle of an append: the torn line is cut off, and no acknowledged entry is lost. */
export async function corruptedTail(world: DrillWorld): Promise<void> {
  const count = () => world.use(async (regraft) => (await regraft.ledger.verify()).entries);
  const before = await count();
  const [stream] = await filesBelow(join(world.directory, "streams"), ".jsonl");
  need(stream !== undefined, "there is no stream to tear");
  await appendFile(join(world.directory, "streams", stream ?? ""), '{"subject":{"kind":"pl');
  need((await world.findings()) > 0, "the doctor did not see the torn end");
  need((await world.findings({ fix: true })) === 0, "the torn end was not mended");
  need((await count()) === before, "entries were lost");
}

/** A process ended between the archive of a version and its becoming live: it is completed, under the same content. */
export async function crashedPublish(world: DrillWorld): Promise<void> {
  const next = { ...drillVersions.v2, version: 3 };
  await world.use(async (_, store) => {
    const subject = { kind: "scenario", tenantId: "", id: "drill@3" };
    const { digest } = await store.put({ ...subject, tags: { scenarioId: "drill", version: "3" }, body: next });
    await store.cas(subject, undefined, digest);
  });
  need((await world.findings()) > 0, "the doctor did not see the version that is not live");
  need((await world.use((regraft) => regraft.liveVersion("drill"))) === 2, "something else became live");
  need((await world.findings({ fix: true })) === 0, "the publication was not completed");
  need((await world.use((regraft) => regraft.liveVersion("drill"))) === 3, "the version is not live");
}

/** A process ended while it held a lock: the lock is released, and who waits goes on. */
export async function stuckLock(world: DrillWorld): Promise<void> {
  const locks = join(world.directory, "locks");
  const [name = "00"] = await readdir(locks);
  // No process has this number, and no machine started under this name.
  const { processOwner } = await import("../stores/file-owner.js");
  const host = processOwner().tag.split("-")[3] ?? "";
  await mkdir(join(locks, name), { recursive: true });
  await rename(join(locks, name, "free"), join(locks, name, `held-999999999-1-00000000-${host}-000000000000-1`));
  need((await world.findings()) > 0, "the doctor did not see the lock of a process that has ended");
  need((await world.findings({ fix: true })) === 0, "the lock was not released");
  await world.use((regraft) => regraft.reconcile("ben"));
}

/** A store was lost: the copy takes its place, its ledger is whole, and nobody is asked or moved twice. */
export async function lostStore(world: DrillWorld): Promise<void> {
  const copy = `${world.directory}-copy`;
  const heads = () =>
    world.use(async (regraft) => {
      const all: string[] = [];
      for await (const { subject, hash } of regraft.ledger.streams()) all.push(`${subject.kind}/${subject.id} ${hash}`);
      return all.sort().join("\n");
    });
  const moved = await world.use((regraft) => regraft.reconcile("ben"));
  need(moved.action === "teleport", "nobody could be moved before the loss");
  await world.use((regraft) => regraft.ledger.seal());
  const before = await heads();
  await cp(world.directory, copy, { recursive: true });
  await rm(world.directory, { recursive: true });
  need((await world.findings()) > 0, "the doctor did not see that the store is gone");
  await rename(copy, world.directory);
  need((await world.findings()) === 0, "the copy is not whole");
  need((await heads()) === before, "the ledger of the copy is another");
  const again = await world.use((regraft) => regraft.reconcile("ben"));
  need(again.action === "continue", "a session that had moved was moved again");
}

/** What is replayed from nothing but the ledger is what the store has. */
export async function replayed(world: DrillWorld): Promise<void> {
  await world.use(async (regraft, store) => {
    await regraft.reconcile("ben");
    const entries: LedgerEntry[] = [];
    for await (const { subject } of regraft.ledger.streams()) {
      for await (const entry of regraft.ledger.entries(subject)) entries.push(entry);
    }
    const state = replay(entries);
    need(state.sessions.length === 3 && state.plans.length === 1, "the ledger does not tell of everything");
    for (const { id, stepId, version, revision, status } of state.sessions) {
      const live = await store.get({ tenantId: "", id });
      const same = live?.stepId === stepId && live.scenarioVersion === version && live.revision === revision;
      need(same && live.status === status, `session ${id} is another than its ledger tells`);
    }
    for (const { id, status, digest } of state.plans) {
      const plan = await regraft.plans.get(id);
      need(plan?.status === status && plan.digest === digest, `plan ${id} is another than its ledger tells`);
    }
    need(state.scenarios[0]?.live === (await regraft.liveVersion("drill")), "another version is live");
  });
  need((await world.findings()) === 0, "the store is not whole");
}

/** A session was put on a step that does not exist: it stops alone, and goes back to where its ledger says it stood. */
export async function poisonSession(world: DrillWorld): Promise<void> {
  await world.use(async (_, store) => {
    const session = await store.get({ tenantId: "", id: "cleo" });
    need(session !== undefined, "there is no session to poison");
    if (session !== undefined) {
      await store.commit({ session: { ...session, stepId: "nowhere" }, expectedRevision: session.revision });
    }
  });
  need((await world.findings()) > 0, "the doctor did not see the session");
  await world.use(async (regraft, store) => {
    const other = await regraft.reconcile("ben");
    need(other.action !== "blocked", "another session was stopped");
    const entries: LedgerEntry[] = [];
    for await (const entry of regraft.ledger.entries({ kind: "session", id: "cleo" })) entries.push(entry);
    const [known] = replay(entries).sessions;
    const session = await store.get({ tenantId: "", id: "cleo" });
    need(known !== undefined && session !== undefined, "the ledger does not tell where the session stood");
    if (known === undefined || session === undefined) return;
    const { scenarioId, version, stepId, status } = known;
    const mended = { ...session, stepId, scenarioVersion: version };
    const revision = session.revision + 1;
    const after = { scenarioId, version, stepId, status, revision };
    await store.commit({
      session: mended,
      expectedRevision: session.revision,
      records: [{ type: "session.restored", at: session.updatedAt, data: { by: "drill", after } }],
    });
  });
  need((await world.findings()) === 0, "the session was not restored");
  await world.use((regraft) => regraft.reconcile("cleo"));
}
