/**
 * Entry point of the command line; `lsg --help` prints its usage.
 *
 * @module
 */
import process from "node:process";
import { runLsg } from "./cli/lsg.ts";
import { processModelIo } from "./cli/model_io.ts";

if (import.meta.main) process.exitCode = await runLsg(process.argv.slice(2), processModelIo());
