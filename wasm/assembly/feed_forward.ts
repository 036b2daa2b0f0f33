/** Feed-forward layers; see cpu/feed_forward.ts. */
import { activate } from "./activation";
import { FeedForwardArguments } from "./arguments";
import { BLOCK_BYTES, DEPTH, multiplyBlock, multiplyRows, ROWS } from "./linear";
import { quantizedFeedForward } from "./quantized_linear";
import { packRows, TILE_COLUMNS } from "./tile";
import { nextOf, rowsOfTurn } from "./turns";
import { INTEGER } from "./weights";

/**
 * Computes `DEPTH` inner columns of a block of rows at a time, which are activated and multiplied
 * by the second layer's weights while they are in the cache.
 *
 * Threads take turns at blocks of rows.
 */
export function feedForward(args: FeedForwardArguments, thread: i32, threads: i32, scratch: usize): void {
  const x = args.x, up = args.up, upBias = args.upBias, down = args.down, downBias = args.downBias;
  const y = args.y, rows = args.rows, inputs = args.inputs, inner = args.inner;
  const outputs = args.outputs, activation = args.activation, size = args.size;
  if (size == INTEGER) return quantizedFeedForward(args, threads, scratch);

  const columns = scratch + BLOCK_BYTES;
  const block = rowsOfTurn(rows, ROWS, <i64> inner * (inputs + outputs), threads);
  for (let row = nextOf(block); row < rows; row = nextOf(block)) {
    const count = min(block, rows - row);
    const from = x + <usize> row * inputs * 4, to = y + <usize> row * outputs * 4;
    for (let first = 0; first < inner; first += DEPTH) {
      const width = min(DEPTH, inner - first);
      const bias = upBias ? upBias + first * 4 : 0;
      const panel = up + <usize> first * inputs * size;
      multiplyRows(from, panel, bias, columns, count, inputs, width, size, width, scratch);
      activate(columns, columns, count * width, activation);
      packRows(columns, width * 4, count, width, scratch);
      multiplyBlock(
        scratch, down + first * TILE_COLUMNS * size, downBias, to, count, width, inner, outputs, size,
        outputs, first == 0,
      );
    }
  }
}
