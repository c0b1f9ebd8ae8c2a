import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { crashWhileDeploying } from "./chaos/crashes.js";
import { killAtEveryCall } from "./chaos/kills.js";
import { type StoreKind, storeKinds } from "./chaos/open-store.js";
import { Processes } from "./chaos/processes.js";
import type { Scene, Sizes } from "./chaos/scene.js";
import { storm } from "./chaos/storms.js";
import { secondsSince, Tally } from "./chaos/tally.js";
import { startPostgres } from "./services/postgres-server.js";
import { startRedis } from "./services/redis-server.js";
import type { Service } from "./services/service.js";

const parts = ["kills", "storm", "connections", "crashes"] as const;
/** Who cuts a run short leaves no server behind. */
const cutting = ["SIGINT", "SIGTERM"] as const;
const usage = `usage: npm run -s chaos -- [--short] [--store ${storeKinds.join("|")}] [--part ${parts.join("|")}] [--seed N]\n`;

const { values } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    store: { type: "string", multiple: true, default: ["postgres", "redis", "file"] },
    part: { type: "string", multiple: true, default: [...parts] },
    seed: { type: "string", default: "1" },
  },
});

/** A PGlite takes long to open. The short form goes through every call on one store. */
function everyCall(kind: StoreKind, short: boolean): number {
  if (kind === "pglite") return short ? 20 : 5;
  return short && kind !== "postgres" ? 4 : 1;
}

function sizesOf(kind: StoreKind, short: boolean): Sizes {
  const slow = kind === "file" || kind === "pglite";
  return {
    story: 4,
    every: everyCall(kind, short),
    bothMoments: !short,
    storm: short ? { processes: 8, sessions: 60, kills: 6 } : { processes: 16, sessions: 120, kills: 40 },
    bulk: {
      sessions: slow ? (short ? 1000 : 5000) : short ? 10_000 : 100_000,
      pageSize: slow ? (short ? 100 : 250) : short ? 100 : 1000,
      crashes: 3,
    },
  };
}

async function serviceOf(kind: StoreKind): Promise<Service | undefined> {
  if (kind === "postgres") return startPostgres();
  return kind === "redis" ? startRedis() : undefined;
}

async function tryAll(kind: StoreKind, processes: Processes, tally: Tally): Promise<void> {
  const service = await serviceOf(kind);
  const directory = service === undefined ? mkdtempSync(join(tmpdir(), "regraft-chaos-")) : undefined;
  const place = { kind, at: service?.url ?? directory ?? "" };
  const seed = Number(values.seed);
  const scene: Scene = { place, service, processes, tally, sizes: sizesOf(kind, values.short), seed };
  const wants = (part: (typeof parts)[number]) => values.part.includes(part);
  const tidy = async () => {
    await service?.stop();
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  };
  const cut = () => void tidy().finally(() => process.exit(130));
  for (const signal of cutting) process.once(signal, cut);
  try {
    if (wants("kills")) await killAtEveryCall(scene);
    // A PGlite belongs to one process at a time.
    if (wants("storm") && kind !== "pglite") await storm(scene, "kills");
    if (wants("connections") && service !== undefined) await storm(scene, "lost connections");
    if (wants("crashes")) await crashWhileDeploying(scene);
  } finally {
    for (const signal of cutting) process.off(signal, cut);
    await tidy();
  }
}

async function main(): Promise<number> {
  const kinds = storeKinds.filter((kind) => values.store.includes(kind));
  const known = (name: string) => parts.some((part) => part === name);
  if (
    kinds.length !== new Set(values.store).size ||
    !values.part.every(known) ||
    !Number.isSafeInteger(Number(values.seed))
  ) {
    process.stderr.write(usage);
    return 2;
  }
  const tally = new Tally();
  const start = performance.now();
  const processes = await Processes.open();
  try {
    for (const kind of kinds) await tryAll(kind, processes, tally);
  } catch (error) {
    tally.add("the run itself", [error instanceof Error ? (error.stack ?? error.message) : String(error)]);
  } finally {
    processes.close();
  }
  tally.say(`all of it: ${secondsSince(start)}`);
  tally.say(`${tally.passed} passed, ${tally.failed} failed`);
  return tally.failed === 0 ? 0 : 1;
}

process.exitCode = await main();
