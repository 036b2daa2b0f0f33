/**
 * `deno task bench:accuracy`: what the data type of weights changes in a model's answers.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import { type Command, UsageError } from "../cli/arguments.ts";
import { requireCount } from "../cli/choice.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import { openBackend } from "../device.ts";
import { AutoModelForMaskedLM } from "../models/mod.ts";
import type { DataType } from "../ops/backend.ts";
import { pipeline } from "../pipelines/mod.ts";
import { DATA_TYPES } from "../tensor/data_type.ts";
import { AutoTokenizer } from "../tokenizer/mod.ts";
import {
  type Agreement,
  CLEAR_LEAD,
  compareGuesses,
  cutTexts,
  type Guess,
  guessWords,
  hideWords,
} from "./accuracy/hidden_words.ts";
import { withLargeColumns } from "./accuracy/large_columns.ts";
import { compareEmbeddings, type Cosines } from "./accuracy/sentences.ts";
import { describeMachine } from "./machine.ts";
import { formatTable } from "./table.ts";
import type { Window } from "./table1/passages.ts";

const MODEL = fromFileUrl(new URL("../demo/model", import.meta.url));

/** Columns that are enlarged, as the outliers of language models are. */
const LARGE = { count: 4, factor: 20 };

/** Characters of a text that is embedded. */
const SENTENCE_CHARACTERS = 600;

/** All figures of a data type. */
interface Figures {
  readonly megabytes: number;
  readonly words: Agreement;
  readonly large: Agreement;
  readonly sentences?: Cosines;
}

const COMMAND = {
  name: "bench:accuracy",
  summary: "Measures what the data type of weights changes in predictions and embeddings.",
  operands: [{
    placeholder: "TEXT",
    description: "A file with a text that the models were not trained on.",
  }],
  options: {
    passages: { type: "number", default: 100, description: "Passages with hidden words." },
    tokens: { type: "number", default: 512, description: "Tokens of such a passage." },
    sentences: {
      type: "string",
      placeholder: "FOLDER",
      description: "Also compare embeddings of the sentence-transformers model in this folder.",
    },
    texts: { type: "number", default: 200, description: "Texts that are embedded." },
    threads: { type: "number", placeholder: "COUNT", description: "Threads; absent: all cores." },
  },
} as const satisfies Command;

/** Predicts hidden words; the model and its backend are gone afterwards. */
async function guess(
  dtype: DataType,
  passages: readonly Window[],
  threads: number | undefined,
  hasLargeColumns: boolean,
): Promise<{ guesses: Guess[]; megabytes: number }> {
  const opened = await openBackend("wasm", { dtype, threads });
  const backend = hasLargeColumns ? withLargeColumns(opened, LARGE) : opened;
  try {
    using model = await AutoModelForMaskedLM.from_pretrained(MODEL, {
      device: backend,
      ...(passages[0].ids.length > 512 && { lsg: { max_sequence_length: passages[0].ids.length } }),
    });
    const megabytes = opened.memory().bytes / 1e6;
    return { guesses: await guessWords(model, passages), megabytes };
  } finally {
    opened.dispose();
  }
}

/** Embeds texts, each by itself. */
async function embed(
  dtype: DataType,
  folder: string,
  texts: readonly string[],
  threads: number | undefined,
): Promise<Float32Array[]> {
  const options = { device: "wasm", dtype, threads } as const;
  const extract = await pipeline("feature-extraction", folder, options);
  const vectors: Float32Array[] = [];
  for (const text of texts) {
    const { data } = await extract(text, { pooling: "mean", normalize: true, truncation: true });
    vectors.push(data as Float32Array);
  }
  extract.dispose();
  return vectors;
}

async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new UsageError(`Cannot read ${path}: ${(error as Error).message}`);
  }
}

/** The table: figures by data type, and what they have to reach with `q8`. */
function formatFigures(all: Readonly<Record<DataType, Figures>>): string[] {
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  const row = (what: string, show: (figures: Figures) => string, wanted = "") => [
    what,
    ...DATA_TYPES.map((dtype) => show(all[dtype])),
    wanted,
  ];
  const [first] = Object.values(all);
  const rows = [
    row("weights, MB", ({ megabytes }) => megabytes.toFixed(1)),
    row("hidden words: first guess as fp32", ({ words }) => percent(words.equal), "97.8 %"),
    row(
      `  where it is ${CLEAR_LEAD} times as likely`,
      ({ words }) => percent(words.clear),
      "100 %",
    ),
    row("  bits of a word", ({ words }) => words.bits.toFixed(4)),
    row("  change", ({ words }) => `${percent(words.bits / first.words.bits - 1)}`, "0.1 %"),
    row("4 columns × 20: first guess", ({ large }) => percent(large.equal), "95 %"),
    row("  bits of a word", ({ large }) => large.bits.toFixed(4)),
    ...(first.sentences
      ? [
        row("embeddings: mean cosine", ({ sentences }) => sentences!.mean.toFixed(5), "0.9995"),
        row("  worst cosine", ({ sentences }) => sentences!.worst.toFixed(5), "0.999"),
      ]
      : []),
  ];
  return formatTable(["figure", ...DATA_TYPES, "wanted of q8"], rows);
}

/**
 * Measures and prints the table.
 *
 * @param args Command-line arguments.
 * @param print Called with each line of output.
 * @returns The exit code: 0, or 2 for invalid arguments.
 */
export function main(args: readonly string[], print: (line: string) => void): Promise<number> {
  return runDenoTask(COMMAND, args, print, async ({ values, operands: [path] }) => {
    if (!path) throw new UsageError("Missing TEXT: wanted the path of a file");
    const tokens = requireCount("--tokens", values.tokens, 3);
    const count = requireCount("--passages", values.passages, 1);
    const textCount = requireCount("--texts", values.texts, 1);
    const threads = requireCount("--threads", values.threads, 1);
    const text = await readText(path);
    const passages = hideWords(text, await AutoTokenizer.from_pretrained(MODEL), count, tokens);
    const texts = cutTexts(text, textCount, SENTENCE_CHARACTERS);
    const hidden = passages.reduce((sum, { positions }) => sum + positions.length, 0);
    print(describeMachine(new Date()));
    print(`${count} passages of ${tokens} tokens, ${hidden} of them hidden\n`);
    let reference: { guesses: Guess[]; vectors?: Float32Array[] } | undefined;
    const all: Partial<Record<DataType, Figures>> = {};
    for (const dtype of DATA_TYPES) {
      const { guesses, megabytes } = await guess(dtype, passages, threads, false);
      const { guesses: large } = await guess(dtype, passages, threads, true);
      const vectors = values.sentences
        ? await embed(dtype, values.sentences, texts, threads)
        : undefined;
      reference ??= { guesses, vectors };
      if (!reference.guesses.some(({ lead }) => lead >= CLEAR_LEAD)) {
        throw new UsageError(
          `Cannot use --passages ${count} --tokens ${tokens}: no guess at ${hidden} hidden words ` +
            "is clear, wanted more of them",
        );
      }
      all[dtype] = {
        megabytes,
        words: compareGuesses(guesses, reference.guesses),
        large: compareGuesses(large, reference.guesses),
        sentences: vectors && compareEmbeddings(vectors, reference.vectors!),
      };
    }
    formatFigures(all as Record<DataType, Figures>).forEach((line) => print(line));
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
