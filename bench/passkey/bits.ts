/**
 * Bits a token over its position, in books that the model has not seen.
 *
 * @module
 */
import type { DecoderLM } from "../../generation/mod.ts";
import type { PreTrainedTokenizer } from "../../tokenizer/mod.ts";
import type { Setting } from "./variants.ts";

const BOOKS = new URL("../table1/books.txt", import.meta.url);

/** Upper estimate of characters a token. */
const CHARACTERS = 8;

/** Mean bits of the tokens of a range of positions. */
export interface PositionBits {
  /** First position. */
  readonly first: number;
  /** Position after the last. */
  readonly end: number;
  /** Mean of `−log₂ p` over tokens and windows. */
  readonly bits: number;
}

/**
 * Cuts windows from books, the same number from each.
 *
 * @param tokenizer The model's tokenizer.
 * @param tokens Tokens of a window, with the special tokens in front.
 * @param count Number of windows; books take turns.
 * @returns Ids of each window.
 * @throws {RangeError} If the books are too short.
 */
export async function bookWindows(
  tokenizer: PreTrainedTokenizer,
  tokens: number,
  count: number,
): Promise<number[][]> {
  const text = await Deno.readTextFile(BOOKS);
  const books = text.split(/^<\|document\|> .*\n/m).slice(1);
  return Array.from({ length: count }, (_, i) => {
    const book = books[i % books.length];
    const start = Math.floor(i / books.length) * CHARACTERS * tokens;
    const ids = (tokenizer(book.slice(start, start + CHARACTERS * tokens), {
      truncation: true,
      max_length: tokens,
    }).input_ids.tolist() as bigint[][])[0].map(Number);
    if (ids.length === tokens) return ids;
    throw new RangeError(`Cannot cut window ${i} of ${tokens} tokens: its book is too short`);
  });
}

/**
 * Measures bits over position.
 *
 * @param model The model.
 * @param windows Ids of equally long windows.
 * @param setting Group and window.
 * @param step Positions of a range.
 * @returns Bits of each range; the first token, which nothing predicts, is in none.
 */
export async function bitsOverPosition(
  model: DecoderLM,
  windows: readonly (readonly number[])[],
  { self_extend }: Setting,
  step: number,
): Promise<PositionBits[]> {
  const tokens = windows[0].length;
  const sums = new Float64Array(tokens);
  for (const ids of windows) {
    const { logits } = await model({ input_ids: [[...ids]], self_extend });
    const values = await logits.getData() as Float32Array;
    const width = logits.dims[2];
    for (let position = 1; position < tokens; position++) {
      const row = values.subarray((position - 1) * width, position * width);
      sums[position] += logSum(row) - row[ids[position]];
    }
    logits.dispose();
  }
  const starts = Array.from({ length: Math.ceil(tokens / step) }, (_, i) => i * step);
  return starts.filter((start) => start + step > 1).map((start) => {
    const first = Math.max(1, start);
    const end = Math.min(tokens, start + step);
    const sum = sums.subarray(first, end).reduce((a, b) => a + b, 0);
    return { first, end, bits: sum / Math.LN2 / (end - first) / windows.length };
  });
}

/** The logarithm of the sum of exponentials. */
function logSum(row: Float32Array): number {
  const most = row.reduce((a, b) => Math.max(a, b));
  return most + Math.log(row.reduce((sum, value) => sum + Math.exp(value - most), 0));
}
