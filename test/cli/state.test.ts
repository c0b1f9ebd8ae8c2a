import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createRegraft } from "../../src/engine/regraft.js";
import { recordViolations } from "../../src/ledger/records.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { startSession } from "../../src/session/visits.js";
import { fileStore } from "../../src/stores/file.js";
import { memoryStore } from "../../src/stores/memory.js";
import { faultyStore } from "../../src/testing/faulty-store.js";
import { examine } from "../../src/tools/doctor.js";
import { migrateState } from "../../src/tools/state-migrate.js";
import { directoryOf } from "../tools/state-fixtures.js";
import { call, v1, v2 } from "./world.js";

const removed: (() => void)[] = [];
afterEach(() => {
  for (const remove of removed.splice(0)) remove();
});

const loan = defineScenario(v1);
const session = (id: string) => startSession(loan, { id, at: "2026-03-01T09:00:00.000Z" });

function exported(more: Readonly<Record<string, unknown>> = {}) {
  const lines = [session("s1"), session("s2")].map((one) => JSON.stringify(one)).join("\n");
  const files = { "from/versions/b.json": v1, "from/versions/a.json": v2, "from/sessions/all.jsonl": lines, ...more };
  const { path, remove } = directoryOf(files);
  removed.push(remove);
  const store = join(path, "store");
  const migrate = (...args: string[]) =>
    call(["state", "migrate", "--from", join(path, "from"), "--store", store, "--json", ...args], {});
  return { path, store, migrate };
}

describe("regraft state migrate", () => {
  it("plans without writing, takes over once, and has nothing left to do the second time", async () => {
    const { store, migrate } = exported();
    const dry = await migrate("--dry-run");
    expect([dry.code, JSON.parse(dry.out).summary.planned, existsSync(store)]).toEqual([0, 4, false]);
    const first = JSON.parse((await migrate()).out);
    expect([first.summary.created, first.idempotent]).toEqual([4, false]);
    expect(first.operations.map(({ target }: { target: string }) => target)).toEqual([
      "scenario/loan@1",
      "scenario/loan@2",
      "session/s1",
      "session/s2",
    ]);
    const second = JSON.parse((await migrate()).out);
    expect([second.summary.created, second.summary.skipped, second.idempotent]).toEqual([0, 4, true]);
    expect(
      [dry, { out: JSON.stringify(second) }].map(({ out }) => recordViolations("record-state-report", JSON.parse(out))),
    ).toEqual([[], []]);
    expect((await call(["ledger", "verify", "--store", store], {})).code).toBe(0);
    const kept = fileStore(store);
    expect((await createRegraft({ store: kept }).session("s1")).stepId).toBe("hello");
    await kept.close();
  });

  it("says the same whatever the clock says, and has nothing left to do on a later day", async () => {
    const { path, store } = exported();
    const at = async (into: string, now: string) => {
      const args = ["state", "migrate", "--from", join(path, "from"), "--store", into, "--json"];
      return JSON.parse((await call(args, {}, { now: () => now })).out);
    };
    const first = await at(store, "2026-03-01T09:00:00.000Z");
    expect(await at(join(path, "other"), "2031-01-01T00:00:00.000Z")).toEqual(first);
    const later = await at(store, "2031-01-01T00:00:00.000Z");
    expect([later.summary, later.idempotent]).toEqual([
      { ...first.summary, created: 0, skipped: first.summary.created },
      true,
    ]);
  });

  it("ends with 1 at a conflict, and overwrites nothing", async () => {
    const { path, migrate } = exported();
    await migrate();
    writeFileSync(join(path, "from/versions/b.json"), JSON.stringify({ ...v1, name: "x", entry: "amount" }));
    writeFileSync(
      join(path, "from/sessions/all.jsonl"),
      JSON.stringify({ ...session("s1"), variables: { amount: 1 } }),
    );
    const { code, out } = await migrate();
    expect([code, JSON.parse(out).summary.conflict]).toEqual([1, 2]);
    expect(JSON.parse(out).operations.at(-1)).toMatchObject({ status: "conflict", code: "STATE.MIGRATION_CONFLICT" });
  });

  it("tells of a session that stands there twice in a dry run what it does when it is taken over", async () => {
    const lines = [session("s1"), session("s1"), { ...session("s1"), variables: { amount: 1 } }];
    const { migrate } = exported({ "from/sessions/all.jsonl": lines.map((one) => JSON.stringify(one)).join("\n") });
    const told = async (...args: string[]) => {
      const { code, out } = await migrate(...args);
      const { planned, created, skipped, conflict } = JSON.parse(out).summary;
      return [code, planned + created, skipped, conflict];
    };
    expect(await told("--dry-run")).toEqual([1, 3, 1, 1]);
    expect(await told()).toEqual([1, 3, 1, 1]);
    expect(await told()).toEqual([1, 0, 4, 1]);
  });

  it("goes on where it was interrupted, at any call of the store and before or after it took effect", async () => {
    const { path } = exported();
    const from = join(path, "from");
    for (const moment of ["before", "after"] as const) {
      for (let cut = 1, isCut = true; isCut; cut += 1) {
        const kept = memoryStore();
        let calls = 0;
        const dying = faultyStore(kept, {
          failOn: () => {
            calls += 1;
            return calls === cut ? moment : undefined;
          },
        });
        isCut = await migrateState(createRegraft({ store: dying }), { from, isDry: false }).then(
          () => calls >= cut,
          () => true,
        );
        const regraft = createRegraft({ store: kept });
        const { summary } = await migrateState(regraft, { from, isDry: false });
        expect([moment, cut, summary.created + summary.skipped, summary.conflict, summary.error]).toEqual([
          moment,
          cut,
          4,
          0,
          0,
        ]);
        expect((await migrateState(regraft, { from, isDry: false })).idempotent).toBe(true);
        expect([await regraft.versions("loan"), await regraft.liveVersion("loan")]).toEqual([[1, 2], 2]);
        expect((await examine(kept)).findings.filter(({ subject }) => !subject.startsWith("schemas"))).toEqual([]);
        expect((await regraft.ledger.verify()).ok).toBe(true);
      }
    }
  });

  it("refuses a source that is missing or no such directory", async () => {
    const { path, store } = exported({ "empty/readme.txt": "x", file: "x" });
    for (const from of ["none", "empty", "file"]) {
      const ended = await call(["state", "migrate", "--from", join(path, from), "--store", store], {});
      expect([from, ended.code]).toEqual([from, 2]);
    }
    expect((await call(["state", "migrate", "--store", join(path, "none")], {})).code).toBe(2);
  });

  it("follows no symbolic link and takes no lock file for data", async () => {
    const { path, store, migrate } = exported({
      "from/sessions/a.lock.json": { pid: 1 },
      "from/sessions/.hidden.json": { pid: 1 },
      "from/sessions/x.lock": "1",
    });
    mkdirSync(join(path, "secret"));
    writeFileSync(join(path, "secret/s3.json"), JSON.stringify(session("s3")));
    symlinkSync(join(path, "secret/s3.json"), join(path, "from/sessions/s3.json"));
    const { code, out } = await migrate();
    const { operations, summary } = JSON.parse(out);
    expect([code, summary.created, summary.error]).toEqual([1, 4, 1]);
    expect(operations.find(({ status }: { status: string }) => status === "error").source).toBe("sessions/s3.json");
    expect(out).not.toContain(path);
    const texts = readdirSync(store, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
    expect(texts.some((name) => readFileSync(join(store, name), "utf8").includes('"s3"'))).toBe(false);
  });

  it("takes no directory for data that is a link", async () => {
    const { path, store } = exported({ "elsewhere/s3.json": session("s3") });
    renameSync(join(path, "from/sessions"), join(path, "from/kept"));
    symlinkSync(join(path, "elsewhere"), join(path, "from/sessions"));
    const ended = await call(["state", "migrate", "--from", join(path, "from"), "--store", store, "--json"], {});
    expect(ended.code).not.toBe(0);
    expect(`${ended.out}${ended.err}`).not.toContain('"session/s3"');
  });

  it("names a session whose step is not in its version, and takes the others over", async () => {
    const lost = { ...session("s9"), stepId: "nowhere" };
    const { migrate } = exported({ "from/sessions/one.json": lost, "from/sessions/two.json": { id: 1 } });
    const { operations, summary } = JSON.parse((await migrate()).out);
    expect([summary.created, summary.error]).toEqual([4, 2]);
    const codes = operations.flatMap(({ code }: { code?: string }) => (code === undefined ? [] : [code]));
    expect(codes).toEqual(["SESSION.STEP_UNKNOWN", "INPUT.INVALID"]);
  });

  it("says that a store of this release is at the present layout", async () => {
    const { store, migrate } = exported();
    await migrate();
    const { code, out } = await call(["state", "migrate", "--store", store, "--json"], {});
    expect([code, JSON.parse(out)]).toMatchObject([0, { fromLayout: 1, toLayout: 1, idempotent: true }]);
  });
});
