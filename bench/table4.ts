/**
 * `deno task table4`: Tables 4 to 7 of the paper in miniature, with the embedded summariser.
 *
 * @module
 */
import { type Command, UsageError } from "../cli/arguments.ts";
import { requireCount } from "../cli/choice.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import { lead, longest } from "../demo/baselines.ts";
import { principalSentences } from "../demo/principal_sentences.ts";
import { rouge } from "../cli/rouge.ts";
import { AutoTokenizer } from "../tokenizer/mod.ts";
import { describeMachine } from "./machine.ts";
import { runJson } from "./own_process.ts";
import { replaceLines } from "./replace_lines.ts";
import { cutDocuments, type Passages } from "./table4/documents.ts";
import { BOOKS, type Measured, MODEL } from "./table4/measure_summaries.ts";
import { PATTERNS } from "./table4/patterns.ts";
import { type Baseline, formatSummaries } from "./table4/report.ts";

const SCRIPT = new URL("./table4/measure_summaries.ts", import.meta.url);
const PAGE = new URL("./RESULTS.md", import.meta.url);
const RESULTS = new URL("./table4/results.json", import.meta.url);

/** Number of books in bench/table1/books.txt. */
const MOST_BOOKS = 10;

/** Passages of each length: longer ones take longer, with full attention above all. */
function passagesOf(books: number): Passages[] {
  return [
    { tokens: 512, books, perBook: 2 },
    { tokens: 4096, books, perBook: 1 },
    { tokens: 16384, books: Math.ceil(books / 5), perBook: 1 },
  ];
}

const QUICK: readonly Passages[] = [
  { tokens: 512, books: 2, perBook: 1 },
  { tokens: 4096, books: 1, perBook: 1 },
];

const COMMAND = {
  name: "table4",
  summary:
    "Measures the embedded summariser, trained on 512 positions, on unseen books: summaries " +
    "of 512, 4,096 and 16,384 tokens by LSG, LED's window and full attention.",
  options: {
    quick: {
      type: "boolean",
      default: false,
      description: "Measure two passages of 512 tokens and one of 4,096, in about a minute.",
    },
    books: {
      type: "number",
      description:
        `Number of books, up to ${MOST_BOOKS}; 5 if absent: two passages of 512 tokens ` +
        "and one of 4,096 of each, one of 16,384 of every fifth.",
    },
    write: {
      type: "boolean",
      default: false,
      description: "Writes the table and its figures to bench/.",
    },
  },
} as const satisfies Command;

/**
 * Runs the command.
 *
 * @param args Command-line arguments.
 * @param print Called with each line of output.
 * @returns The exit code: 0, or 2 for invalid arguments.
 */
export function main(args: string[], print: (line: string) => void): Promise<number> {
  return runDenoTask(COMMAND, args, print, async ({ values: { quick, books, write } }) => {
    const count = requireCount("--books", books ?? 5, 1);
    if (count > MOST_BOOKS) {
      throw new UsageError(`Cannot use --books ${count}: there are ${MOST_BOOKS}`);
    }
    if (quick && (write || books !== undefined)) {
      throw new UsageError("Cannot use --quick together with --write or --books: wanted it alone");
    }
    const lengths = quick ? QUICK : passagesOf(count);
    const measured = await measureAll(lengths, print);
    const baselines = await measureBaselines(lengths);
    const machine = describeMachine(new Date());
    const lines = [describeTask(lengths), "", ...formatSummaries(measured, baselines)];
    ["", machine, ...lines].forEach((line) => print(line));
    if (write) {
      await Deno.writeTextFile(RESULTS, JSON.stringify({ machine, measured, baselines }) + "\n");
      const page = await Deno.readTextFile(PAGE);
      await Deno.writeTextFile(PAGE, replaceLines(page, "table4", [`${machine}.`, ...lines]));
    }
  });
}

async function measureAll(
  lengths: readonly Passages[],
  print: (line: string) => void,
): Promise<Measured[]> {
  const all: Measured[] = [];
  for (const { tokens, books, perBook } of lengths) {
    for (const { name, globals } of PATTERNS) {
      const args = [name, globals, tokens, books, perBook].map(String);
      const measured = await runJson(SCRIPT, args) as Measured;
      all.push(measured);
      print(
        `${String(all.length).padStart(3)}/${lengths.length * PATTERNS.length} ` +
          `${tokens.toLocaleString("en").padStart(6)} tokens  ${name.padEnd(16)} ` +
          `${String(globals || "").padStart(2)}  ` +
          `${measured.seconds.reduce((a, b) => a + b).toFixed(1).padStart(6)} s`,
      );
    }
  }
  return all;
}

async function measureBaselines(lengths: readonly Passages[]): Promise<Baseline[]> {
  const tokenizer = await AutoTokenizer.from_pretrained(MODEL);
  const text = await Deno.readTextFile(BOOKS);
  return lengths.flatMap((length) => {
    const passages = cutDocuments(text, tokenizer, length);
    return Object.entries({ "first three": lead, "longest three": longest }).map((
      [name, summarise],
    ) => ({
      name,
      tokens: length.tokens,
      scores: passages.map(({ sentences }) => {
        const reference = principalSentences(sentences).map((i) => sentences[i]).join(" ");
        return rouge(summarise(sentences), reference);
      }),
    }));
  });
}

function describeTask(lengths: readonly Passages[]): string {
  const counts = lengths.map(({ tokens, books, perBook }) =>
    `${books * perBook} of ${tokens.toLocaleString("en")}`
  );
  return `Passages: ${counts.join(", ")} tokens. ROUGE (stemmed, F1, per cent, ± standard error) ` +
    "of three sentences against the three principal ones of the same passage; free: of what the " +
    "model writes without being held to sentences. Four beams, wasm; s: median of a summary.";
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
