import { spawn } from "node:child_process";
import { startPostgres } from "./services/postgres-server.js";
import { startRedisCluster } from "./services/redis-cluster.js";
import { startRedis } from "./services/redis-server.js";
import type { Service } from "./services/service.js";

const usage = "usage: npx tsx scripts/services.ts -- COMMAND [ARGUMENT ...]\n";

/** Runs a command and returns its exit code. Signals go to both: the command ends, and then this process tidies up. */
function runCommand(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((ended) => {
    const child = spawn(command, args, { stdio: "inherit", env });
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
    child.once("error", (error) => {
      process.stderr.write(`${error.message}\n`);
      ended(127);
    });
    child.once("exit", (code) => ended(code ?? 1));
  });
}

/** Where each server's address stands in the environment of the command. The spare one is for tests that mistreat a server. */
const servers: Readonly<Record<string, () => Promise<Service>>> = {
  REGRAFT_TEST_POSTGRES: startPostgres,
  REGRAFT_TEST_REDIS: () => startRedis(),
  REGRAFT_TEST_REDIS_SPARE: () => startRedis(),
  REGRAFT_TEST_REDIS_CLUSTER: startRedisCluster,
};

/** Runs a command while servers of its own are up; their addresses are in its environment. */
async function main(): Promise<number> {
  const at = process.argv.indexOf("--");
  const [command, ...args] = process.argv.slice(at === -1 ? 2 : at + 1);
  if (command === undefined) {
    process.stderr.write(usage);
    return 2;
  }
  const services: Service[] = [];
  try {
    const addresses: Record<string, string> = {};
    for (const [name, start] of Object.entries(servers)) {
      const service = await start();
      services.push(service);
      addresses[name] = service.url;
    }
    for (const [name, value] of Object.entries(addresses)) process.stdout.write(`${name}=${value}\n`);
    return await runCommand(command, args, { ...process.env, ...addresses });
  } finally {
    for (const service of services) await service.stop();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 70;
}
