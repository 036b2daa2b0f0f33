/**
 * `deno task bench:quantized TEXT [PASSAGES] [TOKENS]`: what fewer bits in the weights of the embedded
 * model change of its guesses.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import type { DataType } from "../backend.ts";
import { DATA_TYPES } from "../data_type.ts";
import { AutoModelForMaskedLM, type MaskedLM } from "../models/mod.ts";
import { softmax } from "../pipelines/mod.ts";
import { Random } from "../random.ts";
import { AutoTokenizer } from "../tokenizer/mod.ts";
import { machineLine } from "./machine.ts";
import { formatTable } from "./table.ts";

const MODEL = fromFileUrl(new URL("../demo/model", import.meta.url));

/** More characters than a token has on average. */
const CHARACTERS = 8;

/** Share of tokens that are hidden. */
const HIDDEN = 0.15;

/** What a model guessed of hidden tokens. */
interface Guesses {
  /** The likeliest tokens. */
  readonly best: number[];
  /** `−log₂ p` of the true ones. */
  readonly bits: number[];
}

/** A passage with hidden tokens. */
interface Passage {
  readonly input_ids: number[][];
  readonly places: number[];
  readonly truth: number[];
}

async function readPassages(path: string, count: number, tokens: number): Promise<Passage[]> {
  const tokenizer = await AutoTokenizer.from_pretrained(MODEL);
  const text = (await Deno.readTextFile(path)).replace(/<\|document\|>.*\n/g, "");
  const step = Math.floor(text.length / count);
  const random = new Random(0);
  return Array.from({ length: count }, (_, i) => {
    const start = text.slice(i * step, i * step + tokens * CHARACTERS);
    const { input_ids } = tokenizer(start, { truncation: true, max_length: tokens });
    const ids = (input_ids.tolist() as bigint[][])[0].map(Number);
    const inner = ids.map((_, place) => place).slice(1, -1);
    const places = inner.filter(() => random.uniform() < HIDDEN);
    const truth = places.map((place) => ids[place]);
    for (const place of places) ids[place] = tokenizer.mask_token_id!;
    return { input_ids: [ids], places, truth };
  });
}

async function guess(model: MaskedLM, passages: readonly Passage[]): Promise<Guesses> {
  const guesses: Guesses = { best: [], bits: [] };
  for (const { input_ids, places, truth } of passages) {
    const logits = await model.logitsAt({ input_ids }, [places]);
    const scores = await logits.getData();
    const [, , vocabulary] = logits.dims;
    truth.forEach((id, i) => {
      const probabilities = softmax(scores.subarray(i * vocabulary, (i + 1) * vocabulary));
      guesses.best.push(probabilities.indexOf(probabilities.reduce((a, b) => Math.max(a, b))));
      guesses.bits.push(-Math.log2(probabilities[id]));
    });
    logits.dispose();
  }
  return guesses;
}

/** A line of the table: how a form compares with 32-bit floats. */
async function row(
  dtype: DataType,
  passages: readonly Passage[],
  tokens: number,
  reference: Guesses | undefined,
): Promise<{ guesses: Guesses; cells: string[] }> {
  const model = await AutoModelForMaskedLM.from_pretrained(MODEL, {
    dtype,
    ...(tokens > 512 && { lsg: { max_sequence_length: tokens } }),
  });
  const megabytes = model.backend.memory().bytes / 1e6;
  const guesses = await guess(model, passages);
  model.dispose();
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const { best, bits } = reference ?? guesses;
  const agreed = mean(guesses.best.map((id, i) => id === best[i] ? 1 : 0));
  const change = mean(guesses.bits) / mean(bits) - 1;
  const cells = [
    dtype,
    megabytes.toFixed(1),
    `${(100 * agreed).toFixed(2)} %`,
    mean(guesses.bits).toFixed(4),
    `${(100 * change).toFixed(3)} %`,
  ];
  return { guesses, cells };
}

/**
 * Measures and prints the table.
 *
 * @param args A text file, how many passages of it, and their length in tokens.
 * @param print Takes the lines.
 */
export async function main(args: readonly string[], print: (line: string) => void): Promise<void> {
  const [path, count = "100", length = "512"] = args;
  if (path === undefined) throw new TypeError("Cannot measure without a text: wanted its path");
  const tokens = Number(length);
  const passages = await readPassages(path, Number(count), tokens);
  const hidden = passages.reduce((sum, { places }) => sum + places.length, 0);
  print(machineLine(new Date()));
  print(`${passages.length} passages of ${tokens} tokens, ${hidden} of them hidden\n`);
  let reference: Guesses | undefined;
  const rows: string[][] = [];
  for (const dtype of DATA_TYPES) {
    const { guesses, cells } = await row(dtype, passages, tokens, reference);
    reference ??= guesses;
    rows.push(cells);
  }
  const headings = ["dtype", "weights MB", "same guess", "bits", "change"];
  for (const line of formatTable(headings, rows)) print(line);
}

if (import.meta.main) await main(Deno.args, console.log);
