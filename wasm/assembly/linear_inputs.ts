/** The gradient of a linear layer by its inputs; see cpu/linear_inputs.ts. */
import { LinearInputsArguments } from "./arguments";
import { widen } from "./half";
import { DEPTH, ROWS } from "./linear";
import { copyTile, multiplyTile, packRows, TILE_BYTES, TILE_COLUMNS, TILE_ROWS } from "./tile";
import { nextOf, rowsOfTurn } from "./turns";
import { quantizedInputs } from "./quantized_inputs";
import { HALF, INTEGER, weightAt } from "./weights";

/** Bytes of eight outputs of eight inputs. */
const SQUARE: usize = TILE_COLUMNS * TILE_COLUMNS * 4;

/**
 * A product over outputs, `DEPTH` of them at a time. Weights are packed with eight outputs side by
 * side, and the product needs eight inputs so: they are transposed for a block of rows.
 *
 * Threads take turns at blocks of rows.
 */
export function linearInputs(
  args: LinearInputsArguments, thread: i32, threads: i32, scratch: usize,
): void {
  const rows = args.rows, inputs = args.inputs, outputs = args.outputs;
  const size = args.size, weight = args.weight, stride = <usize> inputs * 4;
  if (outputs == 0) {
    if (thread == 0) memory.fill(args.dx, 0, <usize> rows * stride);
    return;
  }
  if (size == INTEGER) return quantizedInputs(args, threads, scratch);
  const edge = scratch, widened = edge + TILE_BYTES, columnsOf = widened + SQUARE;
  const packed = columnsOf + DEPTH * TILE_COLUMNS * 4;
  const block = rowsOfTurn(rows, ROWS, <i64> inputs * outputs, threads);
  for (let first = nextOf(block); first < rows; first = nextOf(block)) {
    const count = min(block, rows - first);
    for (let k = 0; k < outputs; k += DEPTH) {
      const depth = min(DEPTH, outputs - k);
      packRows(args.dy + (<usize> first * outputs + k) * 4, <usize> outputs * 4, count, depth, packed);
      for (let column = 0; column < inputs; column += TILE_COLUMNS) {
        const columns = min(TILE_COLUMNS, inputs - column);
        if (columns == TILE_COLUMNS) {
          for (let o = 0; o < depth; o += TILE_COLUMNS) {
            let from = weight + (<usize> ((k + o) / TILE_COLUMNS) * inputs + column) * TILE_COLUMNS * size;
            if (size == HALF) {
              widen(from, TILE_COLUMNS * TILE_COLUMNS, widened);
              from = widened;
            }
            transpose(from, columnsOf + o * TILE_COLUMNS * 4);
          }
        } else {
          for (let o = 0; o < depth; o++) {
            for (let i = 0; i < TILE_COLUMNS; i++) {
              const value = i < columns ? weightAt(size, weight, inputs, k + o, column + i) : 0;
              store<f32>(columnsOf + (o * TILE_COLUMNS + i) * 4, value);
            }
          }
        }
        for (let row = 0; row < count; row += TILE_ROWS) {
          const height = min(TILE_ROWS, count - row);
          const a = packed + <usize> row * depth * 4;
          const c = args.dx + (first + row) * stride + column * 4;
          if (columns == TILE_COLUMNS && height == TILE_ROWS) {
            multiplyTile(a, columnsOf, c, stride, depth, k > 0 ? c : 0);
            continue;
          }
          if (k > 0) copyTile(c, stride, edge, TILE_COLUMNS * 4, height, columns);
          multiplyTile(a, columnsOf, edge, TILE_COLUMNS * 4, depth, k > 0 ? edge : 0);
          copyTile(edge, TILE_COLUMNS * 4, c, stride, height, columns);
        }
      }
    }
  }
}

/** Eight rows of eight values. */
function transpose(from: usize, to: usize): void {
  transposeFour(from, to);
  transposeFour(from + 16, to + 128);
  transposeFour(from + 128, to + 16);
  transposeFour(from + 144, to + 144);
}

/** Four values of each of four rows, 32 bytes apart. */
// @ts-ignore: decorator
@inline
function transposeFour(from: usize, to: usize): void {
  const a = v128.load(from), b = v128.load(from, 32), c = v128.load(from, 64), d = v128.load(from, 96);
  const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(abLow, cdLow, 0, 1, 4, 5));
  v128.store(to, v128.shuffle<f32>(abLow, cdLow, 2, 3, 6, 7), 32);
  v128.store(to, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5), 64);
  v128.store(to, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7), 96);
}
