/** The gradient of a linear layer with integer weights by its inputs; see cpu/linear_inputs.ts. */
import { LinearInputsArguments } from "./arguments";
import { inverseHadamard } from "./hadamard";
import { ROWS } from "./linear";
import { BLOCK, blockAt, paddedOf, panelBytes, weightOfBlock } from "./quantize";
import { multiplyTile, packRows, TILE_COLUMNS, TILE_ROWS } from "./tile";
import { nextOf, rowsOfTurn } from "./turns";

/**
 * A product by the rotated weights, as they are packed, is the rotated gradient: its rows are
 * rotated back, not the weights.
 *
 * Threads take turns at blocks of rows.
 */
export function quantizedInputs(args: LinearInputsArguments, threads: i32, scratch: usize): void {
  const rows = args.rows, inputs = args.inputs, outputs = args.outputs, weight = args.weight;
  const padded = paddedOf(inputs), bytes = panelBytes(inputs);
  const columnsOf = scratch, packed = columnsOf + BLOCK * TILE_COLUMNS * 4;
  const sums = packed + ROWS * BLOCK * 4;
  const block = rowsOfTurn(rows, ROWS, <i64> inputs * outputs, threads);
  for (let first = nextOf(block); first < rows; first = nextOf(block)) {
    const count = min(block, rows - first);
    const dy = args.dy + <usize> first * outputs * 4, dx = args.dx + <usize> first * inputs * 4;
    for (let start = 0; start < padded; start += BLOCK) {
      const width = min(BLOCK, padded - start);
      for (let k = 0; k < outputs; k += BLOCK) {
        const depth = min(BLOCK, outputs - k);
        packRows(dy + (k << 2), <usize> outputs * 4, count, depth, packed);
        for (let column = 0; column < width; column += TILE_COLUMNS) {
          for (let o = 0, to = columnsOf; o < depth; o++, to += TILE_COLUMNS * 4) {
            const panel = weight + <usize> ((k + o) / TILE_COLUMNS) * bytes + blockAt(start);
            for (let i = 0; i < TILE_COLUMNS; i++) {
              store<f32>(to + (i << 2), weightOfBlock(panel, o % TILE_COLUMNS, column + i));
            }
          }
          for (let row = 0; row < count; row += TILE_ROWS) {
            const c = sums + (row * width + column << 2);
            multiplyTile(packed + (row * depth << 2), columnsOf, c, width << 2, depth, k > 0 ? c : 0);
          }
        }
      }
      for (let row = 0; row < count; row++) {
        const sum = sums + (row * width << 2);
        inverseHadamard(sum, width);
        memory.copy(dx + (row * inputs + start << 2), sum, min(width, inputs - start) << 2);
      }
    }
  }
}
