/**
 * `deno task bench:quantized`: effect of the weights' data type on the embedded model's predictions.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import type { DataType } from "../ops/backend.ts";
import { DATA_TYPES } from "../tensor/data_type.ts";
import { type Command, UsageError } from "../cli/arguments.ts";
import { requireCount } from "../cli/choice.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import { AutoModelForMaskedLM } from "../models/mod.ts";
import { Random } from "../tensor/random.ts";
import { AutoTokenizer } from "../tokenizer/mod.ts";
import { describeMachine } from "./machine.ts";
import { formatTable } from "./table.ts";
import { predict, type Prediction } from "./table1/predict.ts";
import type { Window } from "./table1/passages.ts";

const MODEL = fromFileUrl(new URL("../demo/model", import.meta.url));

/** Upper estimate of characters per token. */
const CHARACTERS = 8;

/** Fraction of masked tokens. */
const MASKED = 0.15;

async function readPassages(path: string, count: number, tokens: number): Promise<Window[]> {
  const tokenizer = await AutoTokenizer.from_pretrained(MODEL);
  const text = (await Deno.readTextFile(path)).replace(/<\|document\|>.*\n/g, "");
  const step = Math.floor(text.length / count);
  const random = new Random(0);
  return Array.from({ length: count }, (_, i) => {
    const start = text.slice(i * step, i * step + tokens * CHARACTERS);
    const { input_ids } = tokenizer(start, { truncation: true, max_length: tokens });
    const ids = (input_ids.tolist() as bigint[][])[0].map(Number);
    const inner = ids.map((_, position) => position).slice(1, -1);
    const positions = inner.filter(() => random.uniform() < MASKED);
    const targets = positions.map((position) => ids[position]);
    for (const position of positions) ids[position] = tokenizer.mask_token_id!;
    return { ids, positions, targets };
  });
}

/** Compares a data type with 32-bit floats, as a row of the table. */
async function compare(
  dtype: DataType,
  passages: readonly Window[],
  tokens: number,
  reference: readonly Prediction[] | undefined,
): Promise<{ predictions: Prediction[]; cells: string[] }> {
  const model = await AutoModelForMaskedLM.from_pretrained(MODEL, {
    dtype,
    ...(tokens > 512 && { lsg: { max_sequence_length: tokens } }),
  });
  const megabytes = model.backend.memory().bytes / 1e6;
  const predictions: Prediction[] = [];
  for (const passage of passages) predictions.push(...await predict(model, passage));
  model.dispose();
  const baseline = reference ?? predictions;
  const bits = (of: readonly Prediction[]) =>
    of.reduce((sum, { bits }) => sum + bits, 0) / of.length;
  const agreed = predictions.filter(({ best }, i) => best === baseline[i].best).length /
    predictions.length;
  const change = bits(predictions) / bits(baseline) - 1;
  const cells = [
    dtype,
    megabytes.toFixed(1),
    `${(100 * agreed).toFixed(2)} %`,
    bits(predictions).toFixed(4),
    `${(100 * change).toFixed(3)} %`,
  ];
  return { predictions, cells };
}

const COMMAND = {
  name: "bench:quantized",
  summary: "Measures how the weights' data type changes predictions of the embedded model.",
  operands: [{
    placeholder: "TEXT",
    description: "A file with a text that the model was not trained on.",
  }],
  options: {
    passages: { type: "number", default: 100, description: "Number of passages." },
    tokens: { type: "number", default: 512, description: "Tokens per passage." },
  },
} as const satisfies Command;

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
    const passages = await readPassages(path, count, tokens);
    const masked = passages.reduce((sum, { positions }) => sum + positions.length, 0);
    print(describeMachine(new Date()));
    print(`${passages.length} passages of ${tokens} tokens, ${masked} of them masked\n`);
    let reference: readonly Prediction[] | undefined;
    const rows: string[][] = [];
    for (const dtype of DATA_TYPES) {
      const { predictions, cells } = await compare(dtype, passages, tokens, reference);
      reference ??= predictions;
      rows.push(cells);
    }
    const headings = ["dtype", "weights MB", "same prediction", "bits", "change"];
    for (const line of formatTable(headings, rows)) print(line);
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
