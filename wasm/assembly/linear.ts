/** The linear layer; see cpu/linear.ts. */
import { activate } from "./activation";
import { LinearArguments } from "./arguments";
import { areFew, linearOfFew } from "./few_rows";
import { widen } from "./half";
import { quantizedLinear } from "./quantized_linear";
import { copyTile, multiplyTile, packFive, packRows, TILE_COLUMNS, TILE_ROWS } from "./tile";
import { nextTurn, rowsOfTurn } from "./turns";
import { HALF, INTEGER } from "./weights";

/**
 * Rows of x that are packed at a time: 720 KB at the depth below. More of them read the weights less
 * often, but leave less of a second-level cache of 2 MB.
 */
export const ROWS: i32 = 240;

/**
 * Terms of a sum that are added at a time: 8 columns of weights are then 24 KB, which stay in L1.
 */
export const DEPTH: i32 = 768;

/** Bytes of a block of packed rows, of two tiles for the edges, and of 8 widened columns. */
export const BLOCK_BYTES: usize =
  (ROWS * DEPTH + 2 * TILE_ROWS * TILE_COLUMNS + DEPTH * TILE_COLUMNS) * 4;

/** Bytes of a line of the cache. */
const LINE: usize = 64;

/** Columns of a turn, so that a layer with very many outputs has many. */
const COLUMNS: i32 = 3072;

/** Threads take turns at blocks of rows, of some columns each. */
export function linear(args: LinearArguments, thread: i32, threads: i32, scratch: usize): void {
  const x = args.x, weight = args.weight, bias = args.bias, y = args.y;
  const rows = args.rows, inputs = args.inputs, outputs = args.outputs;
  const activation = args.activation, size = args.size;
  if (size == INTEGER) return quantizedLinear(args, threads, scratch);
  if (areFew(rows, inputs)) {
    return linearOfFew(x, weight, bias, y, rows, inputs, outputs, activation, size, threads, scratch);
  }

  const groups = (outputs + COLUMNS - 1) / COLUMNS;
  const block = rowsOfTurn(rows, ROWS, <i64> inputs * min(COLUMNS, outputs), threads);
  const all = (rows + block - 1) / block * groups;
  for (let turn = nextTurn(); turn < all; turn = nextTurn()) {
    const row = turn / groups * block, count = min(block, rows - row);
    const column = turn % groups * COLUMNS, columns = min(COLUMNS, outputs - column);
    const from = x + <usize> row * inputs * 4, to = y + (<usize> row * outputs + column) * 4;
    const panel = weight + <usize> column * inputs * size, start = bias ? bias + column * 4 : 0;
    multiplyRows(from, panel, start, to, count, inputs, columns, size, outputs, scratch);
    if (activation == 0) continue;
    if (columns == outputs) activate(to, to, count * columns, activation);
    else {
      for (let i = 0; i < count; i++) {
        const at = to + <usize> i * outputs * 4;
        activate(at, at, columns, activation);
      }
    }
  }
}

/** `y = x·W + bias` for a block of rows of `width` values each; `scratch` holds `BLOCK_BYTES`. */
export function multiplyRows(
  x: usize, weight: usize, bias: usize, y: usize,
  rows: i32, inputs: i32, outputs: i32, size: i32, width: i32, scratch: usize,
): void {
  for (let k = 0; k < inputs; k += DEPTH) {
    const depth = min(DEPTH, inputs - k);
    packRows(x + k * 4, <usize> inputs * 4, rows, depth, scratch);
    multiplyBlock(
      scratch, edges(scratch), weight + k * TILE_COLUMNS * size, bias, y, rows, depth, inputs, outputs,
      size, width, k == 0, 0, 0,
    );
  }
}

/** Memory for tiles at the edges of the result and for widened columns, behind a block of packed rows. */
// @ts-ignore: decorator
@inline
export function edges(packed: usize): usize {
  return packed + ROWS * DEPTH * 4;
}

/**
 * A block of packed rows times `depth` rows of the weights, tile by tile.
 *
 * @param edge Memory for the edges.
 * @param inputs Number of all rows of the packed weights.
 * @param size Bytes of a weight: 4, or 2 for half precision, which is widened once for all rows.
 * @param width Values of a row of y, of which `outputs` are computed.
 * @param isFirst Whether sums start with the bias; otherwise they continue from y.
 * @param to Where results are packed as rows of the next product, instead of y, or 0.
 * @param activation What is applied to them before.
 */
export function multiplyBlock(
  packed: usize, edge: usize, weight: usize, bias: usize, y: usize,
  rows: i32, depth: i32, inputs: i32, outputs: i32, size: i32, width: i32, isFirst: bool,
  to: usize, activation: i32,
): void {
  const yStride = <usize> width * 4, edgeStride: usize = TILE_COLUMNS * 4;
  const edgeStart = edge + TILE_ROWS * edgeStride;
  const widened = edgeStart + TILE_ROWS * edgeStride;
  const tiles = (rows + TILE_ROWS - 1) / TILE_ROWS, panel = <usize> depth * TILE_COLUMNS * size;
  const share = (panel / tiles + LINE - 1) & ~(LINE - 1);
  let touched = 0;
  for (let column = 0; column < outputs; column += TILE_COLUMNS) {
    const columns = min(TILE_COLUMNS, outputs - column);
    let b = weight + <usize> column * inputs * size;
    let ahead = b + <usize> inputs * TILE_COLUMNS * size;
    const last = column + TILE_COLUMNS < outputs ? ahead + panel : 0;
    if (size == HALF) {
      widen(b, depth * TILE_COLUMNS, widened);
      b = widened;
    }
    for (let row = 0; row < rows; row += TILE_ROWS) {
      const a = packed + <usize> row * depth * 4;
      const c = y + row * yStride + column * 4;
      const height = min(TILE_ROWS, rows - row);
      // Each tile fetches a part of the next columns, for which the first tile would have to wait.
      for (const end = min(ahead + share, last); ahead < end; ahead += LINE) touched ^= load<i32>(ahead);
      if (columns == TILE_COLUMNS && height == TILE_ROWS && to == 0) {
        const start = isFirst ? (bias ? bias + column * 4 : 0) : c;
        multiplyTile(a, b, c, yStride, depth, start);
        continue;
      }
      let start: usize = 0;
      if (!isFirst) {
        copyTile(c, yStride, edge, edgeStride, height, columns);
        start = edge;
      } else if (bias) {
        memory.copy(edgeStart, bias + column * 4, columns * 4);
        start = edgeStart;
      }
      multiplyTile(a, b, edge, edgeStride, depth, start);
      if (to == 0) {
        copyTile(edge, edgeStride, c, yStride, height, columns);
        continue;
      }
      activate(edge, edge, TILE_ROWS * TILE_COLUMNS, activation);
      packFive(
        edge, edge + edgeStride, edge + 2 * edgeStride, edge + 3 * edgeStride, edge + 4 * edgeStride,
        columns, to + (<usize> row * width + <usize> column * TILE_ROWS) * 4,
      );
    }
  }
  store<i32>(edge, touched); // or nothing would be read
}
