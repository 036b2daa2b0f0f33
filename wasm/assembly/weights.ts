/** Packed weights by bytes per value: 4 for float32, 2 for float16, 1 for integers. */
import { packHalves, widenOne } from "./half";
import { packIntegers, panelBytes, quadsOf } from "./quantize";
import { packColumns, TILE_COLUMNS } from "./tile";

/** Bytes per value. */
const FLOAT: i32 = 4;
export const HALF: i32 = 2;
export const INTEGER: i32 = 1;

/**
 * Packs up to 8 rows of weights as a panel.
 *
 * @returns The largest magnitude, or NaN if a value is NaN; 0 for float32.
 */
export function packPanel(size: i32, from: usize, rows: i32, inputs: i32, to: usize): f32 {
  if (size == FLOAT) {
    packColumns(from, <usize> inputs * 4, rows, inputs, to);
    return 0;
  }
  return size == HALF ? packHalves(from, rows, inputs, to) : packIntegers(from, rows, inputs, to);
}

/** One value of packed weights. */
export function weightAt(size: i32, packed: usize, inputs: i32, row: i32, column: i32): f32 {
  const panel = row / TILE_COLUMNS, lane = row % TILE_COLUMNS;
  const index = (<usize> panel * inputs + column) * TILE_COLUMNS + lane;
  if (size == FLOAT) return load<f32>(packed + index * 4);
  if (size == HALF) return widenOne(load<u16>(packed + index * 2));
  const start = packed + panel * panelBytes(inputs);
  const value = load<i8>(start + ((column >> 2) * TILE_COLUMNS + lane) * 4 + (column & 3));
  return <f32> value * load<f32>(start + <usize> quadsOf(inputs) * 4 * TILE_COLUMNS + lane * 4);
}

/** Unpacks `rows` rows of packed weights, from row `first` on. */
export function unpackRows(
  size: i32, packed: usize, first: i32, rows: i32, inputs: i32, to: usize,
): void {
  for (let row = first; row < first + rows; row++) {
    for (let i = 0; i < inputs; i++, to += 4) store<f32>(to, weightAt(size, packed, inputs, row, i));
  }
}
