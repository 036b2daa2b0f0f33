/** Packed weights by bytes per value: 4 for float32, 2 for float16, 1 for integers. */
import { packHalves, widenOne } from "./half";
import { BLOCK, paddedOf, packIntegers, panelBytes, unpackBlock } from "./quantize";
import { packColumns, TILE_COLUMNS } from "./tile";

/** Bytes per value. */
const FLOAT: i32 = 4;
export const HALF: i32 = 2;
export const INTEGER: i32 = 1;

/**
 * Packs up to 8 rows of weights as a panel.
 *
 * @param from The rows; for integers there is memory for a padded row behind 8 of them, and 16
 * bytes.
 * @returns The largest magnitude, or NaN if a value is NaN; 0 for float32.
 */
export function packPanel(size: i32, from: usize, rows: i32, inputs: i32, to: usize): f32 {
  if (size == FLOAT) {
    packColumns(from, <usize> inputs * 4, rows, inputs, to);
    return 0;
  }
  return size == HALF ? packHalves(from, rows, inputs, to) : packIntegers(from, rows, inputs, to);
}

/** One value of packed floats. */
export function weightAt(size: i32, packed: usize, inputs: i32, row: i32, column: i32): f32 {
  const panel = row / TILE_COLUMNS, lane = row % TILE_COLUMNS;
  const index = (<usize> panel * inputs + column) * TILE_COLUMNS + lane;
  return size == FLOAT ? load<f32>(packed + index * 4) : widenOne(load<u16>(packed + index * 2));
}

/**
 * Unpacks a row of packed weights.
 *
 * @param to Memory for the row, padded to a multiple of 64 values.
 */
export function unpackRow(size: i32, packed: usize, row: i32, inputs: i32, to: usize): void {
  if (size != INTEGER) {
    for (let i = 0; i < inputs; i++) {
      store<f32>(to + (i << 2), weightAt(size, packed, inputs, row, i));
    }
    return;
  }
  const panel = packed + <usize> (row / TILE_COLUMNS) * panelBytes(inputs);
  const padded = paddedOf(inputs);
  for (let k = 0; k < padded; k += BLOCK) {
    unpackBlock(panel, row % TILE_COLUMNS, k, min(BLOCK, padded - k), to + (k << 2));
  }
}
