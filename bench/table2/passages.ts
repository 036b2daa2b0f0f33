/**
 * The passages of Table 2 in miniature; see the README of this folder.
 *
 * @module
 */
import type { Random } from "../../tensor/random.ts";

/** Tokens of a window that are not text: its first and its last. */
const SPECIAL = 2;

/** The ids around a window's text, `<s>` and `</s>`. */
const [START, END] = [0, 2];

/** Tokens of a long reader's window. */
export const LONG = 4096;

/** Tokens of a short reader's window. */
export const SHORT = 512;

/** The parts of the data: their books are apart. */
export const SPLITS = ["train", "valid", "test"] as const;

/** One part of the data. */
export type Split = typeof SPLITS[number];

/** A passage of a book. */
export interface Passage {
  /** Index of its author. */
  readonly author: number;
  /** 4,094 token ids, without special tokens. */
  readonly ids: Uint16Array;
}

/** All passages. */
export type Passages = Readonly<Record<Split, readonly Passage[]>> & {
  /** Names of the authors by index. */
  readonly authors: readonly string[];
};

/**
 * Reads the passages.
 *
 * @returns The passages of each part.
 */
export async function readPassages(): Promise<Passages> {
  const read = (name: string) => fetch(new URL(name, import.meta.url));
  const { tokens, authors, passages } = await (await read("./passages.json")).json() as {
    tokens: number;
    authors: string[];
    passages: [split: Split, author: number, title: string, start: number][];
  };
  // TypeScript's list of formats lacks brotli.
  const inflate = new DecompressionStream("brotli" as CompressionFormat);
  const stream = (await read("./passages.u16.br")).body!.pipeThrough(inflate);
  const bytes = new DataView(await new Response(stream).arrayBuffer());
  const all = passages.map(([split, author], row) => ({
    split,
    author,
    ids: Uint16Array.from(
      { length: tokens },
      (_, i) => bytes.getUint16(2 * (row * tokens + i), true),
    ),
  }));
  const ofSplit = (wanted: Split) => all.filter(({ split }) => split === wanted);
  return { authors, train: ofSplit("train"), valid: ofSplit("valid"), test: ofSplit("test") };
}

/**
 * Takes a few passages of a few authors.
 *
 * @param all All passages.
 * @param few How many authors, and how many passages of each in each part.
 * @returns Fewer passages.
 */
export function takeFew(
  all: Passages,
  few: { readonly authors: number; readonly passages: number },
): Passages {
  const take = (passages: readonly Passage[]) =>
    all.authors.slice(0, few.authors).flatMap((_, author) =>
      passages.filter((passage) => passage.author === author).slice(0, few.passages)
    );
  return { ...all, train: take(all.train), valid: take(all.valid), test: take(all.test) };
}

/**
 * Divides a passage into windows with special tokens, from its first token; what is left at the end
 * is not in any.
 *
 * @param passage The passage.
 * @param length Tokens of a window, special tokens included.
 * @returns The windows' ids.
 */
export function cutWindows({ ids }: Passage, length: number): number[][] {
  const step = length - SPECIAL;
  return Array.from(
    { length: Math.floor(ids.length / step) },
    (_, i) => wrap(ids.subarray(i * step, (i + 1) * step)),
  );
}

/**
 * A passage as one window.
 *
 * @param passage The passage.
 * @returns 4,096 ids.
 */
export function wholeWindow({ ids }: Passage): number[] {
  return wrap(ids);
}

/**
 * Draws a window of a passage.
 *
 * @param passage The passage.
 * @param length Tokens of the window, special tokens included.
 * @param random Draws its start.
 * @returns The window's ids.
 */
export function drawWindow({ ids }: Passage, length: number, random: Random): number[] {
  const step = length - SPECIAL;
  const start = Math.floor(random.uniform() * (ids.length - step + 1));
  return wrap(ids.subarray(start, start + step));
}

const wrap = (ids: Uint16Array): number[] => [START, ...ids, END];
