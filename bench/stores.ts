import { parseArgs } from "node:util";
import { startPostgres } from "../scripts/services/postgres-server.js";
import { benchMemory } from "./stores-memory.js";
import { benchPostgres } from "./stores-postgres.js";

const { values } = parseArgs({
  options: {
    sessions: { type: "string", default: "100000" },
    rounds: { type: "string", default: "9" },
    pages: { type: "string", default: "1000,10000" },
  },
});
const [sessions, rounds] = [Number(values.sessions), Number(values.rounds)];
const pageSizes = values.pages.split(",").map(Number);

if (
  !(
    Number.isSafeInteger(sessions) &&
    sessions > 0 &&
    sessions % 100 === 0 &&
    Number.isSafeInteger(rounds) &&
    rounds > 0 &&
    pageSizes.every((size) => Number.isSafeInteger(size) && size > 0)
  )
) {
  process.stderr.write(
    "usage: npm run -s bench:stores -- [--sessions N, a multiple of 100] [--rounds N] [--pages 1000,10000]\n",
  );
  process.exitCode = 2;
} else {
  console.log(
    "goal what                                                 sessions   median (   least ..    most) wanted   ratios of one run",
  );
  for (const pageSize of pageSizes) await benchMemory(sessions, rounds, pageSize);
  const server = await startPostgres();
  try {
    await benchPostgres(server.url, sessions, rounds, pageSizes);
  } finally {
    await server.stop();
  }
}
