import type { Random } from "../../tensor/random.ts";
import { drawColumnwise, drawRows } from "./draw_rows.ts";
import { GLOBAL_ROWS, globalPositions } from "./global_positions.ts";

/** What global tokens are made from. */
export interface GlobalEmbeddingsInput {
  /** The word table, `[words, width]`. */
  words: Float32Array;
  /** The position table without the rows in front of position 0, `[positions, width]`. */
  positions: Float32Array;
  /** The embedding that every row takes besides, `[width]`; absent: none. */
  tokenType?: Float32Array;
  /** Width of a row. */
  width: number;
  /** The word of row 0: the one that begins a text. */
  bosId: number;
  /** The word of the other rows, or undefined to draw them at random. */
  maskId: number | undefined;
  /** Distance of the positions of the first rows, see {@linkcode globalPositions}. */
  stride: number;
  /** Where random numbers come from. */
  random: Random;
}

/** A table of 512 positions or a multiple: the rest is cut off, what lacks is drawn. */
function wholePositions(positions: Float32Array, width: number, random: Random): Float32Array {
  const count = positions.length / width;
  if (count >= GLOBAL_ROWS) {
    return positions.subarray(0, (count - count % GLOBAL_ROWS) * width);
  }
  const filled = new Float32Array(GLOBAL_ROWS * width);
  filled.set(positions);
  filled.set(drawColumnwise(positions, width, GLOBAL_ROWS - count, random), positions.length);
  return filled;
}

/** The word part of the rows. */
function wordRows(input: GlobalEmbeddingsInput): Float32Array {
  const { words, width, bosId, maskId, random } = input;
  const rows = new Float32Array(GLOBAL_ROWS * width);
  rows.set(words.subarray(bosId * width, (bosId + 1) * width));
  if (maskId === undefined) {
    rows.set(drawRows(words, width, GLOBAL_ROWS - 1, random), width);
  } else {
    const mask = words.subarray(maskId * width, (maskId + 1) * width);
    for (let row = 1; row < GLOBAL_ROWS; row++) rows.set(mask, row * width);
  }
  return rows;
}

/**
 * Makes the table of global embeddings for a checkpoint that has none: a word and a position
 * for each.
 *
 * @param input What they are made from.
 * @returns `[512, width]`.
 * @throws {RangeError} If the stride does not suit the number of positions.
 *
 * @example
 * ```ts
 * import { makeGlobalEmbeddings } from "@lsg/core/checkpoint";
 * import { Random } from "@lsg/core/random";
 * import { assertEquals } from "@std/assert";
 *
 * const table = makeGlobalEmbeddings({
 *   words: new Float32Array([1000, 2000]),
 *   positions: Float32Array.from({ length: 512 }, (_, position) => position),
 *   width: 1,
 *   bosId: 0,
 *   maskId: 1,
 *   stride: 64,
 *   random: new Random(0),
 * });
 * assertEquals(table.slice(0, 3), new Float32Array([1000, 2064, 2128]));
 * ```
 */
export function makeGlobalEmbeddings(input: GlobalEmbeddingsInput): Float32Array {
  const { width, tokenType, stride, random } = input;
  const rows = wordRows(input);
  const positions = wholePositions(input.positions, width, random);
  const order = globalPositions(positions.length / width, stride);
  return rows.map((word, i) => {
    const column = i % width;
    const sum = Math.fround(word + positions[order[(i - column) / width] * width + column]);
    return tokenType ? sum + tokenType[column] : sum;
  });
}
