#!/usr/bin/env node
import process from "node:process";
import { nodeIo } from "./node-io.js";
import { run } from "./run.js";

// A reader that closes the pipe early (`regraft diff a b | head`) has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

process.exitCode = await run(process.argv.slice(2), nodeIo(process));
