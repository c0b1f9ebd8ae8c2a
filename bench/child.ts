import type { Row } from "./report.js";
import { suites } from "./suites.js";

/** Runs one suite and writes its rows, one JSON text a line. */
const [name = "", ...flags] = process.argv.slice(2);
const emit = (row: Row) => process.stdout.write(`${JSON.stringify(row)}\n`);
await suites[name]?.({ isQuick: flags.includes("--quick"), emit });
