/**
 * Passages with hidden tokens, the same ones at every length.
 *
 * A passage is cut into chunks of 4,094 tokens: the inside of a window of 4,096. Shorter windows
 * divide a chunk, longer ones hold several. Only the first 4,080 tokens of a chunk may be hidden:
 * eight windows of 512 hold no more.
 *
 * @module
 */
import { Random } from "../../tensor/random.ts";
import type { PreTrainedTokenizer } from "../../tokenizer/mod.ts";

/** Tokens of a chunk. */
export const CHUNK = 4094;

/** Those of them that may be hidden. */
const HIDEABLE = 8 * 510;

/** Share of tokens that are hidden. */
const HIDDEN = 0.15;

/** More characters than a token has on average. */
const CHARACTERS = 8;

/** The lengths that windows may have. */
export const LENGTHS: readonly number[] = [512, 1024, 2048, 4096, 8192, 16384];

/** Tokens of a book, some of them to be hidden. */
export interface Passage {
  /** `[chunks·4094]`. */
  readonly ids: readonly number[];
  /** Whether each is hidden. */
  readonly isHidden: readonly boolean[];
}

/** What a model reads at a time. */
export interface Window {
  /** With masks, and special tokens at both ends. */
  readonly ids: readonly number[];
  /** Where the masks are. */
  readonly places: readonly number[];
  /** What was there. */
  readonly truth: readonly number[];
}

/**
 * Cuts a passage from the beginning of each book.
 *
 * @param text Books, each after a line `<|document|> AUTHOR/TITLE`.
 * @param tokenizer The model's.
 * @param count How many books.
 * @param chunks How many chunks of each.
 * @returns One passage a book; the hidden tokens do not depend on `count` or `chunks`.
 * @throws {RangeError} If there are not so many books, or one is too short.
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
      throw new RangeError(`Book ${number} has ${ids.length} tokens, wanted ${chunks * CHUNK}`);
    }
    const random = new Random(number);
    const isHidden = ids.map((_, i) => random.uniform() < HIDDEN && i % CHUNK < HIDEABLE);
    return { ids, isHidden };
  });
}

/**
 * Windows over a passage.
 *
 * @param passage The passage.
 * @param length Tokens of a window, special tokens included.
 * @param tokenizer The model's.
 * @returns Windows that together hold every hidden token once.
 * @throws {RangeError} If the passage's chunks and windows of that length do not divide each other.
 */
export function cutWindows(
  { ids, isHidden }: Passage,
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
    const hidden = isHidden.slice(start, start + step);
    const places = [...inside.keys()].filter((i) => hidden[i]);
    const masked = inside.map((id, i) => hidden[i] ? tokenizer.mask_token_id! : id);
    return {
      ids: [tokenizer.cls_token_id!, ...masked, tokenizer.sep_token_id!],
      places: places.map((place) => place + 1),
      truth: places.map((place) => inside[place]),
    };
  });
}
