import { setImmediate as breathe } from "node:timers/promises";
import { fileStore } from "../../src/stores/file.js";

/** Reads the live document over and over until it is told to stop, and counts when there is none. */
const [directory = ""] = process.argv.slice(2);
const store = fileStore(directory, { fsync: false });
const live = { kind: "live", tenantId: "", id: "flow" };
let reads = 0;
let misses = 0;
let latest = 0;
let isStopped = false;

process.on("message", () => {
  isStopped = true;
});
while (!isStopped) {
  const body = (await store.load(live))?.body;
  const n = typeof body === "object" && body !== null && "n" in body && typeof body.n === "number" ? body.n : undefined;
  reads += 1;
  if (n === undefined || n < latest) misses += 1;
  latest = n ?? latest;
  if (reads === 1) process.send?.("reading");
  await breathe();
}
process.send?.({ reads, misses, latest });
process.disconnect();
