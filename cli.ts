/**
 * Entry point of the command line; `lsg --help` prints its usage.
 *
 * @example Answers from a book
 * ```sh
 * deno run --allow-read --allow-net --allow-env --allow-write jsr:@lsg/core/cli answer \
 *   deepset/roberta-base-squad2 book.txt --question "Who left Bath?"
 * ```
 *
 * @module
 */
import { createRequire } from "node:module";
import process from "node:process";
import { runLsg } from "./cli/lsg.ts";
import { processModelIo } from "./cli/model_io.ts";
import { warn } from "./cli/run_command.ts";
import { fileURLToPath } from "node:url";

/** Whether this file was started; Node before 24.2 does not have `import.meta.main`. */
function isMain(): boolean {
  try {
    // Follows links, such as those of npm, as import.meta.url does.
    const started = createRequire(import.meta.url).resolve(process.argv[1]);
    return started === fileURLToPath(import.meta.url);
  } catch {
    return false;
  }
}

if (import.meta.main || isMain()) {
  const io = processModelIo();
  // Warnings quote files.
  console.warn = (...parts: unknown[]) => void warn(io, parts.join(" "));
  process.exitCode = await runLsg(process.argv.slice(2), io);
}
