import type { Random } from "../../tensor/random.ts";
import { drawIndependentColumns, drawRows } from "./draw_rows.ts";
import { GLOBAL_ROWS } from "../model_parameters.ts";
import { globalPositions } from "./global_positions.ts";

/** The tables and settings from which global embeddings are made. */
export interface GlobalEmbeddingsInput {
  /** The word embedding table, `[words, width]`. */
  words: Float32Array;
  /** The position table without the rows before position 0, `[positions, width]`. */
  positions: Float32Array;
  /** Token type embedding that is added to every row, `[width]`; absent: none. */
  tokenType?: Float32Array;
  /** Width of a row. */
  width: number;
  /** Token id for row 0: the token that begins a text. */
  bosId: number;
  /** Token id for the other rows, or undefined to draw them at random. */
  maskId: number | undefined;
  /** Distance between the positions of the first rows, see {@linkcode globalPositions}. */
  stride: number;
  /** The random number generator. */
  random: Random;
}

/** Truncates the table to a multiple of 512 positions; a shorter one is filled with drawn rows. */
function fitPositions(positions: Float32Array, width: number, random: Random): Float32Array {
  const count = positions.length / width;
  if (count >= GLOBAL_ROWS) {
    return positions.subarray(0, (count - count % GLOBAL_ROWS) * width);
  }
  const filled = new Float32Array(GLOBAL_ROWS * width);
  filled.set(positions);
  filled.set(
    drawIndependentColumns(positions, width, GLOBAL_ROWS - count, random),
    positions.length,
  );
  return filled;
}

/** Returns the word embeddings of the rows. */
function makeWordRows(input: GlobalEmbeddingsInput): Float32Array {
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
 * Makes a table of global embeddings: each row is the sum of a word and a position embedding.
 *
 * @param input The tables and settings.
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
  const rows = makeWordRows(input);
  const positions = fitPositions(input.positions, width, random);
  const order = globalPositions(positions.length / width, stride);
  return rows.map((word, i) => {
    const column = i % width;
    const sum = Math.fround(word + positions[order[(i - column) / width] * width + column]);
    return tokenType ? sum + tokenType[column] : sum;
  });
}
