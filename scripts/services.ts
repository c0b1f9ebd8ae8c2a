import { spawn } from "node:child_process";
import { startPostgres } from "./services/postgres-server.js";
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

/** Runs a command while a PostgreSQL and a Redis server of its own are up; their addresses are in its environment. */
async function main(): Promise<number> {
  const at = process.argv.indexOf("--");
  const [command, ...args] = process.argv.slice(at === -1 ? 2 : at + 1);
  if (command === undefined) {
    process.stderr.write(usage);
    return 2;
  }
  const services: Service[] = [];
  try {
    const postgres = await startPostgres();
    services.push(postgres);
    const redis = await startRedis();
    services.push(redis);
    const addresses = { REGRAFT_TEST_POSTGRES: postgres.url, REGRAFT_TEST_REDIS: redis.url };
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
