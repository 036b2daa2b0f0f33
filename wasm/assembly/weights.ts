/** Packed weights by the bytes of a value: 4 as they are, 2 in half precision, 1 as integers. */
import { packHalves, widenOne } from "./half";
import { packIntegers, pairsOf, panelBytes } from "./quantize";
import { packColumns, TILE_COLUMNS } from "./tile";

/** The bytes of a value. */
const FLOAT: i32 = 4;
export const HALF: i32 = 2;
export const INTEGER: i32 = 1;

/**
 * Packs up to 8 rows of weights as a panel.
 *
 * @returns The largest size of a value, or NaN if one is; 0 for those as they are.
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
  const place = (<usize> panel * inputs + column) * TILE_COLUMNS + lane;
  if (size == FLOAT) return load<f32>(packed + place * 4);
  if (size == HALF) return widenOne(load<u16>(packed + place * 2));
  const start = packed + panel * panelBytes(inputs);
  const value = load<i8>(start + ((column >> 1) * TILE_COLUMNS + lane) * 2 + (column & 1));
  return <f32> value * load<f32>(start + <usize> pairsOf(inputs) * 2 * TILE_COLUMNS + lane * 4);
}

/** Writes values of packed weights, rows from the first one on. */
export function unpackRows(
  size: i32, packed: usize, first: i32, rows: i32, inputs: i32, to: usize,
): void {
  for (let row = first; row < first + rows; row++) {
    for (let i = 0; i < inputs; i++, to += 4) store<f32>(to, weightAt(size, packed, inputs, row, i));
  }
}
