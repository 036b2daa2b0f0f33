/**
 * Passages with the same masked tokens at every window length.
 *
 * A passage consists of chunks of 4,094 tokens, which fill a window of 4,096 with its special tokens.
 * Shorter windows divide a chunk, longer ones hold several. Only the first 4,080 tokens of a chunk
 * may be masked, as eight windows of 512 hold no more.
 *
 * @module
 */
import { Random } from "../../tensor/random.ts";
import type { PreTrainedTokenizer } from "../../tokenizer/mod.ts";

/** Tokens per chunk. */
export const CHUNK = 4094;

/** Tokens of a chunk that may be masked. */
const MASKABLE = 8 * 510;

/** Fraction of masked tokens. */
const MASKED = 0.15;

/** Upper estimate of characters per token. */
const CHARACTERS = 8;

/** Window lengths. */
export const LENGTHS: readonly number[] = [512, 1024, 2048, 4096, 8192, 16384];

/** Tokens of a book, and which of them to mask. */
export interface Passage {
  /** `[chunks·4094]`. */
  readonly ids: readonly number[];
  /** Whether each token is masked. */
  readonly isMasked: readonly boolean[];
}

/** Input of one forward pass. */
export interface Window {
  /** Ids with mask tokens, and special tokens at both ends. */
  readonly ids: readonly number[];
  /** Positions of the mask tokens. */
  readonly positions: readonly number[];
  /** Original ids at these positions. */
  readonly targets: readonly number[];
}

/**
 * Takes a passage from the start of each book.
 *
 * @param text Books, each after a line `<|document|> AUTHOR/TITLE`.
 * @param tokenizer The model's tokenizer.
 * @param count Number of books.
 * @param chunks Chunks per passage.
 * @returns One passage per book; masked tokens do not depend on `count` or `chunks`.
 * @throws {RangeError} If there are too few books, or one is too short.
 */
export function cutPassages(
  text: string,
  tokenizer: PreTrainedTokenizer,
  count: number,
  chunks: number,
): Passage[] {
  const books = text.split(/^<\|document\|> .*\n/m).slice(1);
  if (count > books.length) {
    throw new RangeError(`Cannot cut ${count} passages: there are ${books.length} books`);
  }
  return books.slice(0, count).map((book, number) => {
    const { input_ids } = tokenizer(book.slice(0, chunks * CHUNK * CHARACTERS), {
      truncation: true,
      max_length: chunks * CHUNK,
      add_special_tokens: false,
    });
    const ids = (input_ids.tolist() as bigint[][])[0].map(Number);
    if (ids.length < chunks * CHUNK) {
      throw new RangeError(
        `Cannot cut ${chunks} chunks from book ${number}: it has ${ids.length} tokens, wanted ` +
          `${chunks * CHUNK}`,
      );
    }
    const random = new Random(number);
    const isMasked = ids.map((_, i) => random.uniform() < MASKED && i % CHUNK < MASKABLE);
    return { ids, isMasked };
  });
}

/**
 * Splits a passage into windows.
 *
 * @param passage The passage.
 * @param length Tokens per window, including special tokens.
 * @param tokenizer The model's tokenizer.
 * @returns Windows that together hold every masked token once.
 * @throws {RangeError} If the passage cannot be split into windows of that length.
 */
export function cutWindows(
  { ids, isMasked }: Passage,
  length: number,
  tokenizer: PreTrainedTokenizer,
): Window[] {
  const perChunk = 4096 / length;
  const chunks = ids.length / CHUNK;
  if (!LENGTHS.includes(length) || chunks * perChunk % 1 !== 0) {
    throw new RangeError(`Cannot cut ${chunks} chunks of 4,094 tokens into windows of ${length}`);
  }
  const step = perChunk >= 1 ? length - 2 : CHUNK / perChunk;
  const starts = Array.from({ length: chunks * perChunk }, (_, i) => {
    const chunk = Math.floor(i / perChunk);
    return perChunk >= 1 ? chunk * CHUNK + i % perChunk * step : i * step;
  });
  return starts.map((start) => {
    const inside = ids.slice(start, start + step);
    const hidden = isMasked.slice(start, start + step);
    const positions = [...inside.keys()].filter((i) => hidden[i]);
    const masked = inside.map((id, i) => hidden[i] ? tokenizer.mask_token_id! : id);
    return {
      ids: [tokenizer.cls_token_id!, ...masked, tokenizer.sep_token_id!],
      positions: positions.map((position) => position + 1),
      targets: positions.map((position) => inside[position]),
    };
  });
}
