/**
 * `deno task table2`: Table 2 of the paper in miniature, trained in TypeScript.
 *
 * @module
 */
import { bookRows, describeBooks, drawBooks } from "./table2/books.ts";
import { explainLengths } from "./table2/lengths.ts";
import type { Passages } from "./table2/passages.ts";
import { READERS } from "./table2/readers.ts";
import { type Explanation, runReadersTask } from "./table2/readers_task.ts";
import type { Run } from "./table2/train_reader.ts";

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
      name: "table2",
      summary: "Trains the embedded model to tell who wrote a passage of 4,096 tokens, with each " +
        "attention of the paper's Table 2. Finished trainings are kept in " +
        "bench/table2/results.json and not repeated; an interrupted one goes on.",
      title: "Who wrote this passage? Trained readers, and naive Bayes",
      readers: READERS,
      quick: ["lsg_norm"],
      explain,
    },
    args,
    print,
  );
}

/** Tells, beside the table, how many tokens readers need, and which books they know. */
function explain(passages: Passages, runs: readonly Run[]): Explanation {
  const { lines, charts } = explainLengths(passages, READERS, runs);
  const books = bookRows(passages, runs);
  return {
    lines: [...lines, "", describeBooks(books)],
    charts: { ...charts, _books: drawBooks(passages, books) },
  };
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
