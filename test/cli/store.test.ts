import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRegraft, type Plan, type RetentionPlan } from "../../src/index.js";
import { fileStore } from "../../src/stores/file.js";
import { call, files } from "./world.js";

let root = "";
let stores = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "regraft-cli-"));
});
afterAll(() => rm(root, { recursive: true }));

const now = { now: () => Date.parse("2026-03-01T09:00:00Z") };

/** A directory of its own, and calls of the command line on it. */
function workspace() {
  stores += 1;
  const directory = join(root, String(stores));
  const on = (...args: string[]) => call([...args, "--store", directory], files);
  const engine = async <T>(work: (regraft: ReturnType<typeof createRegraft>) => Promise<T>): Promise<T> => {
    const store = fileStore(directory);
    try {
      return await work(createRegraft({ store, clock: now }));
    } finally {
      await store.close();
    }
  };
  return { directory, on, engine };
}

async function proposed() {
  const world = workspace();
  expect(await world.on("publish", "v1.json")).toMatchObject({ code: 0, out: "loan version 1 is live.\n" });
  await world.engine((regraft) => regraft.startSession({ scenarioId: "loan", id: "s1" }));
  const made = await world.on("plan", "v1.json", "v2.json", "--by", "ana", "--json");
  return { ...world, plan: JSON.parse(made.out) as Plan };
}

describe("the life of a plan on a store", () => {
  it("goes from a proposal over approval to deployment, and moves nobody", async () => {
    const { on, engine, plan } = await proposed();
    expect(plan).toMatchObject({ status: "pending", createdBy: "ana", summary: { affectedSessions: { total: 1 } } });
    const approve = await on("approve", plan.id, "--by", "bo", "--digest", plan.digest);
    expect(approve).toMatchObject({ code: 0, out: `Plan ${plan.id} (loan 1 to 2) is approved.\n`, err: "" });
    const deploy = await on("deploy", plan.id, "--json");
    expect(JSON.parse(deploy.out)).toMatchObject({ status: "deployed", marked: 1 });
    expect(await engine((regraft) => regraft.liveVersion("loan"))).toBe(2);
    expect((await engine((regraft) => regraft.session("s1"))).scenarioVersion).toBe(1);
    const list = await on("status");
    expect(list.out).toContain(plan.id);
    expect(list.out).toContain("deployed");
    const status = await on("status", plan.id);
    expect(status.out).toContain("still marked           1");
    expect(JSON.parse((await on("status", plan.id, "--json")).out)).toMatchObject({ marked: 1, pending: 1 });
  });

  it("goes through its waves, pauses, resumes and is rolled back", async () => {
    const { directory, engine } = workspace();
    const given = { ...files, "waves.json": { waves: [50, 100], minSample: 0, bakeMs: 0 } };
    const on = (...args: string[]) => call([...args, "--store", directory], given);
    await on("publish", "v1.json");
    for (const id of ["s1", "s2", "s3", "s4", "s5", "s6"]) {
      await engine((regraft) => regraft.startSession({ scenarioId: "loan", id }));
    }
    const plan = JSON.parse((await on("plan", "v1.json", "v2.json", "--rollout", "waves.json", "--json")).out) as Plan;
    await on("approve", plan.id, "--by", "bo", "--digest", plan.digest);
    const deployed = JSON.parse((await on("deploy", plan.id, "--json")).out);
    expect(deployed.status).toBe("canary");
    expect(await on("pause", plan.id, "--by", "bo")).toMatchObject({
      code: 0,
      out: expect.stringContaining("is paused"),
    });
    const early = await on("promote", plan.id, "--by", "bo", "--json");
    expect([early.code, JSON.parse(early.err).error.code]).toEqual([2, "STATE.ILLEGAL_TRANSITION"]);
    expect((await on("resume", plan.id, "--by", "bo")).out).toContain("canary, wave 1 of 2 (50 % of sessions)");
    const next = await on("promote", plan.id, "--by", "bo", "--json");
    expect(next.code).toBe(0);
    expect(JSON.parse(next.out)).toMatchObject({
      plan: { wave: { number: 2 }, marked: 6 },
      gate: { decision: "allow" },
    });
    const ended = await on("rollback", plan.id, "--by", "bo", "--reason", "wrong text");
    expect(ended).toMatchObject({ code: 0, out: expect.stringContaining("is rolled_back") });
    expect(JSON.parse((await on("status", plan.id, "--json")).out)).toMatchObject({
      status: "rolled_back",
      pending: 0,
    });
  });

  it("shows a plan to whoever approves it, as it was shown to whoever proposed it", async () => {
    const { on, plan } = await proposed();
    const shown = await on("show", plan.id);
    expect(shown).toMatchObject({ code: 0, out: expect.stringContaining(plan.digest), err: "" });
    expect(shown.out).toContain("What can happen");
    expect(JSON.parse((await on("show", plan.id, "--json")).out)).toEqual(plan);
    expect((await on("show", plan.id, "--markdown")).out).toContain("|");
    expect(await on("show", "nope")).toMatchObject({ code: 2, err: expect.stringContaining("PLAN.NOT_FOUND") });
  });

  it("rejects a plan, after which the same versions can be planned anew", async () => {
    const { on, plan } = await proposed();
    const again = () => on("plan", "v1.json", "v2.json", "--by", "ana", "--json");
    expect((await again()).err).toContain("PLAN.DUPLICATE");
    const out = `Plan ${plan.id} (loan 1 to 2) is rejected.\n`;
    expect(await on("reject", plan.id, "--by", "bo", "--reason", "wrong text")).toMatchObject({ code: 0, out });
    expect(await again()).toMatchObject({ code: 0 });
  });

  it("refuses an approval of another digest than the one that was read", async () => {
    const { on, plan } = await proposed();
    const refused = await on("approve", plan.id, "--by", "bo", "--digest", "sha256:other");
    expect(refused.code).toBe(3);
    expect(refused.err).toContain("PLAN.CHANGED");
  });

  it("says what is not there", async () => {
    const { on } = workspace();
    await on("store", "setup");
    expect((await on("status")).out).toBe("There is no plan.\n");
    for (const args of [
      ["status", "p"],
      ["deploy", "p"],
      ["approve", "p", "--by", "a", "--digest", "d"],
    ]) {
      expect((await on(...args)).err).toContain("PLAN.NOT_FOUND");
    }
  });

  it("rehearses the sessions of a store", async () => {
    const { on } = await proposed();
    const { code, out } = await on("rehearse", "v1.json", "v2.json", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ totals: { total: 1 } });
    const none = await call(["rehearse", "v1.json", "v2.json"], files);
    expect(none).toMatchObject({ code: 2 });
    expect(none.err).toContain("--sessions or --store");
  });

  it("keeps tenants apart", async () => {
    const { on, engine } = await proposed();
    await on("publish", "v1.json", "--tenant", "a");
    expect(await engine((regraft) => regraft.forTenant("a").plans.list())).toMatchObject({ total: 0 });
    expect((await on("status", "--tenant", "a")).out).toBe("There is no plan.\n");
  });
});

describe("the store of a command", () => {
  it("is that of the environment where none is named", async () => {
    const { directory, engine } = workspace();
    expect((await call(["publish", "v1.json"], files, { store: directory })).code).toBe(0);
    expect(await engine((regraft) => regraft.versions("loan"))).toEqual([1]);
  });

  it("is the directory .regraft where the environment names none either", async () => {
    stores += 1;
    const cwd = join(root, String(stores));
    const { code } = await call(["publish", "/cwd/v1.json"], files, { cwd });
    expect(code).toBe(0);
    const store = fileStore(join(cwd, ".regraft"));
    expect(await createRegraft({ store }).versions("loan")).toEqual([1]);
    await store.close();
  });

  it.each([
    ["mysql://root:secret@db/app", "mysql://..."],
    ["postgres://user:secret@host:notaport/x", "postgres://..."],
    ["pglite:", "pglite:"],
  ])("is refused as %s without showing it", async (target, received) => {
    const { code, err, out } = await call(["status", "--store", target], files);
    expect(code).toBe(2);
    expect(err).toContain("CLI.STORE_INVALID");
    expect(err).toContain(`received: ${received}`);
    expect(err + out).not.toContain("secret");
  });

  it("never shows the password of a server that does not answer", async () => {
    const { code, err, out } = await call(["status", "--store", "postgres://ana:secret@127.0.0.1:1/app"], files);
    expect(code).toBe(2);
    expect(err).toContain("STORE.UNAVAILABLE");
    expect(err + out).not.toContain("secret");
  });

  it("needs no tables in a directory", async () => {
    const { on } = workspace();
    expect((await on("store", "setup")).out).toContain("The directory is ready.");
  });

  it("is set up by its address, given as --url or as --store but not as both", async () => {
    const { directory } = workspace();
    expect((await call(["store", "setup", "--url", directory], files)).out).toContain("The directory is ready.");
    expect(await call(["store", "setup", "--url", directory, "--store", directory], files)).toMatchObject({ code: 2 });
  });

  it("may be an embedded database, once it is set up", async () => {
    const target = `pglite:${join(root, "pglite")}`;
    const setUp = await call(["store", "setup", "--store", target, "--json"], files);
    expect(JSON.parse(setUp.out)).toMatchObject({ kind: "pglite", version: expect.any(Number) as number });
    expect((await call(["publish", "v1.json", "--store", target], files)).out).toBe("loan version 1 is live.\n");
  });

  it("has to be a server for a worker", async () => {
    const { on } = workspace();
    const { code, err } = await on("worker", "--once");
    expect(code).toBe(2);
    expect(err).toContain("CLI.STORE_INVALID");
  });
});

describe("retention on a store", () => {
  it("is planned into a file and applied from it", async () => {
    const { on, directory, plan, engine } = await proposed();
    await on("approve", plan.id, "--by", "bo", "--digest", plan.digest);
    await on("deploy", plan.id);
    await engine((regraft) => regraft.update("s1", { status: "closed" }));
    const later = { now: () => "2026-06-01T09:00:00.000Z" };
    const planned = await call(["retention", "plan", "--out", "r.json", "--store", directory], files, later);
    expect(planned.out).toContain("Would be dropped: 2");
    expect(planned.out).toContain("RETENTION.LIVE");
    const text = planned.written["/cwd/r.json"] ?? "";
    const value = JSON.parse(text) as RetentionPlan;
    const apply = (content: unknown) =>
      call(["retention", "apply", "r.json", "--by", "ana", "--store", directory], { "r.json": content }, later);
    const altered = await apply({ ...value, drop: [...value.drop, value.drop[0]] });
    expect(altered).toMatchObject({ code: 4 });
    expect(altered.err).toContain("RETENTION.PLAN_CHANGED");
    expect((await apply({})).err).toContain("INPUT.INVALID");
    const applied = await apply(text);
    expect(applied).toMatchObject({ code: 0, err: "" });
    expect(applied.out).toContain("Dropped: 2");
    expect(await engine((regraft) => regraft.versions("loan"))).toEqual([2]);
  });
});

describe("help", () => {
  it("loads neither the engine nor a store", async () => {
    const entry = new URL("../../src/cli/program.ts", import.meta.url).pathname;
    const { build } = await import("esbuild");
    const { metafile } = await build({
      entryPoints: [entry],
      bundle: true,
      splitting: true,
      write: false,
      metafile: true,
      format: "esm",
      platform: "node",
      packages: "external",
      outdir: root,
    });
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.filter((name) => /src\/(engine|stores|tools|session|diff)\//.test(name))).toEqual([]);
  });
});
