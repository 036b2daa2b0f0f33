/** Feed-forward layers; see cpu/feed_forward.ts. */
import { FeedForwardArguments } from "./arguments";
import { BLOCK_BYTES, DEPTH, edges, multiplyBlock, ROWS } from "./linear";
import { quantizedFeedForward } from "./quantized_linear";
import { packRows, TILE_COLUMNS } from "./tile";
import { nextOf, rowsOfTurn } from "./turns";
import { INTEGER } from "./weights";

/**
 * Computes `DEPTH` inner columns of a block of rows at a time, each tile of which is activated and
 * packed at once, and multiplies them by the second layer's weights while they are in the cache.
 *
 * Threads take turns at blocks of rows.
 */
export function feedForward(args: FeedForwardArguments, thread: i32, threads: i32, scratch: usize): void {
  const x = args.x, up = args.up, upBias = args.upBias, down = args.down, downBias = args.downBias;
  const y = args.y, rows = args.rows, inputs = args.inputs, inner = args.inner;
  const outputs = args.outputs, activation = args.activation, size = args.size;
  if (size == INTEGER) return quantizedFeedForward(args, threads, scratch);

  // Sums over more than `DEPTH` inputs are kept in between.
  const edge = edges(scratch), between = scratch + BLOCK_BYTES, sums = between + ROWS * DEPTH * 4;
  const block = rowsOfTurn(rows, ROWS, <i64> inner * (inputs + outputs), threads);
  for (let row = nextOf(block); row < rows; row = nextOf(block)) {
    const count = min(block, rows - row);
    const from = x + <usize> row * inputs * 4, to = y + <usize> row * outputs * 4;
    for (let first = 0; first < inner; first += DEPTH) {
      const width = min(DEPTH, inner - first);
      const bias = upBias ? upBias + first * 4 : 0;
      for (let k = 0; k < inputs; k += DEPTH) {
        const depth = min(DEPTH, inputs - k), isLast = k + depth == inputs;
        if (first == 0 || inputs > DEPTH) {
          packRows(from + k * 4, <usize> inputs * 4, count, depth, scratch);
        }
        multiplyBlock(
          scratch, edge, up + (<usize> first * inputs + k * TILE_COLUMNS) * size, bias, sums, count,
          depth, inputs, width, size, width, k == 0, isLast ? between : 0, activation,
        );
      }
      multiplyBlock(
        between, edge, down + first * TILE_COLUMNS * size, downBias, to, count, width, inner, outputs,
        size, outputs, first == 0, 0, 0,
      );
    }
  }
}
