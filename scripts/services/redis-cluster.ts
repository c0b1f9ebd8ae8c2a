import { spawnSync } from "node:child_process";
import { freePort } from "./free-port.js";
import { program } from "./programs.js";
import { startRedis } from "./redis-server.js";
import type { Service } from "./service.js";

const nodes = 3;

async function startNode(): Promise<Service> {
  const bus = String(await freePort());
  return startRedis(["--cluster-enabled", "yes", "--cluster-port", bus, "--cluster-node-timeout", "2000"]);
}

async function stopAll(started: readonly Service[]): Promise<void> {
  for (const node of started) await node.stop();
}

/** A Redis Cluster of three nodes of its own on this host, without replicas. Its address is that of the first node. */
export async function startRedisCluster(): Promise<Service> {
  const cli = program("redis-cli", "redis-tools");
  const outcomes = await Promise.allSettled(Array.from({ length: nodes }, startNode));
  const started = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  const [first] = started;
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined || first === undefined) {
    await stopAll(started);
    throw failed?.reason;
  }
  const addresses = started.map(({ url }) => new URL(url).host);
  const { status, stdout, stderr } = spawnSync(cli, ["--cluster", "create", ...addresses, "--cluster-yes"], {
    encoding: "utf8",
  });
  if (status !== 0) {
    await stopAll(started);
    throw new Error(`redis-cli --cluster create ended with ${status}: ${stdout}${stderr}`);
  }
  return {
    url: first.url,
    crash: async () => {
      for (const node of started) await node.crash();
    },
    stop: () => stopAll(started),
  };
}
