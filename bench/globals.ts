/**
 * `deno task globals`: the model card's recipe, which trains global tokens and head alone.
 *
 * @module
 */
import { explainLengths } from "./table2/lengths.ts";
import { GLOBALS } from "./table2/readers.ts";
import { runReadersTask } from "./table2/readers_task.ts";

/**
 * Runs the command.
 *
 * @param args Command-line arguments.
 * @param print Called with each line of output.
 * @returns The exit code: 0, or 2 for invalid arguments.
 */
export function main(args: readonly string[], print: (line: string) => void): Promise<number> {
  return runReadersTask(
    {
      name: "globals",
      summary: "Trains 1, 16 and 64 global tokens with the head on the task of table2, the " +
        "pretrained encoder frozen, one for windows of 512 tokens, and the head alone. " +
        "Finished trainings are kept in bench/table2/results.json and not repeated; an " +
        "interrupted one goes on.",
      title: "Who wrote this passage? Trained global tokens, encoder frozen",
      readers: GLOBALS,
      quick: ["globals_16"],
      explain: (passages, runs) => explainLengths(passages, GLOBALS, runs),
    },
    args,
    print,
  );
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
