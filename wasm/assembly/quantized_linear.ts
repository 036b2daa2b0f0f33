/** Linear layers with integer weights; see cpu/quantized_linear.ts. */
import { activate } from "./activation";
import { FeedForwardArguments, LinearArguments } from "./arguments";
import {
  integersOf, multiplyQuantized, multiplyRow, products, sizeOfX, WORDS,
} from "./byte_products";
import { multiplyByteStreams } from "./byte_streams";
import { FEW, panelsOfTurn, touch } from "./few_rows";
import { BLOCK, blockAt, paddedOf, panelBytes, quantizeRows } from "./quantize";
import { copyTile, TILE_BYTES, TILE_COLUMNS, TILE_ROWS } from "./tile";
import { nextOf, nextTurn, rowsOfTurn } from "./turns";

/** Columns of one row that are computed side by side. */
const ROW_COLUMNS: i32 = 4 * TILE_COLUMNS;

/** Most rows at a time: 120 KB of a block are then in a core's L2 cache, or 240 KB as words. */
const ROWS: i32 = 160;

/** Scratch memory: steps, a rotated row, a tile for the edges, a bias, words, packed rows. */
const STEP_BYTES: usize = ROWS * 4;
const ROW: usize = 2 * STEP_BYTES;
const EDGE: usize = ROW + BLOCK * 4;
const BIAS: usize = EDGE + TILE_ROWS * TILE_COLUMNS * 4;
const WIDENED: usize = BIAS + TILE_COLUMNS * 4;
const PACKED: usize = WIDENED + BLOCK * TILE_COLUMNS * 2;
const PACKED_BYTES: usize = ROWS * BLOCK * 2;

/** Most bytes of few rows, whose blocks are all packed at once. */
const MOST_FEW: i32 = 900 << 10;

/** Panels that are read side by side, as in few_rows.ts; their sums of integers, then of floats. */
const STREAMS: i32 = 8;
const SUMS: usize = PACKED + MOST_FEW;
const TOTALS: usize = SUMS + FEW * STREAMS * TILE_COLUMNS * 4;
const STARTS: usize = TOTALS + FEW * STREAMS * TILE_COLUMNS * 4;

/** Panels of a turn, so that a layer with very many outputs has many. */
const PANELS: i32 = 384;

/** Products of integers that take the time of one multiply-add of floats. */
// @ts-ignore: decorator
@inline
function faster(): i32 {
  return products == WORDS ? 1 : 3;
}

/** Threads take turns at blocks of rows, of some panels each. */
export function quantizedLinear(args: LinearArguments, threads: i32, scratch: usize): void {
  const x = args.x, weight = args.weight, bias = args.bias, y = args.y;
  const rows = args.rows, inputs = args.inputs, outputs = args.outputs;
  const activation = args.activation;

  if (rows <= FEW && blocksOf(inputs) * blockBytesOf(rows) <= MOST_FEW) {
    return linearOfFew(args, threads, scratch);
  }
  const panels = panelsOf(outputs), groups = (panels + PANELS - 1) / PANELS;
  const work = <i64> inputs * min(PANELS, panels) * TILE_COLUMNS / faster();
  const block = rowsOfTurn(rows, ROWS, work, threads);
  const all = (rows + block - 1) / block * groups;
  for (let turn = nextTurn(); turn < all; turn = nextTurn()) {
    const row = turn / groups * block, count = min(block, rows - row);
    const column = turn % groups * PANELS * TILE_COLUMNS;
    const columns = min(PANELS * TILE_COLUMNS, outputs - column);
    const panel = weight + <usize> (column / TILE_COLUMNS) * panelBytes(inputs);
    const to = y + (<usize> row * outputs + column) * 4;
    multiplyRows(
      x + <usize> row * inputs * 4, panel, bias ? bias + (column << 2) : 0, to, count, inputs, columns,
      outputs, false, scratch,
    );
    activateRows(to, count, columns, outputs, activation);
  }
}

// @ts-ignore: decorator
@inline
function tilesOf(rows: i32): i32 {
  return (rows + TILE_ROWS - 1) / TILE_ROWS;
}

// @ts-ignore: decorator
@inline
function panelsOf(outputs: i32): i32 {
  return (outputs + TILE_COLUMNS - 1) / TILE_COLUMNS;
}

// @ts-ignore: decorator
@inline
function blocksOf(inputs: i32): i32 {
  return (inputs + BLOCK - 1) / BLOCK;
}

/** Bytes of a packed block of few rows: their steps, then their integers. */
function blockBytesOf(rows: i32): i32 {
  return FEW * 4 + tilesOf(rows) * TILE_ROWS * BLOCK * sizeOfX();
}

/** Activates columns of rows that are `width` values apart. */
function activateRows(y: usize, rows: i32, columns: i32, width: i32, activation: i32): void {
  if (activation == 0) return;
  for (let i = 0; i < rows; i++, y += <usize> width * 4) activate(y, y, columns, activation);
}

/** Few rows: threads take turns at panels, each of which is read once. */
function linearOfFew(args: LinearArguments, threads: i32, scratch: usize): void {
  const x = args.x, weight = args.weight, bias = args.bias, y = args.y;
  const rows = args.rows, inputs = args.inputs, outputs = args.outputs;

  const padded = paddedOf(inputs), bytes = panelBytes(inputs);
  const blockBytes = <usize> blockBytesOf(rows);
  const packed = scratch + PACKED, panels = panelsOf(outputs);
  const some = panelsOfTurn(panels, <i64> rows * inputs * TILE_COLUMNS / faster(), threads);
  let isPacked = false;
  for (let first = nextOf(some); first < panels; first = nextOf(some)) {
    const columns = min(some * TILE_COLUMNS, outputs - first * TILE_COLUMNS);
    for (let k = 0, at = packed; !isPacked && k < padded; k += BLOCK, at += blockBytes) {
      const depth = min(BLOCK, padded - k), present = min(depth, inputs - k);
      quantizeRows(
        x + (k << 2), <usize> inputs * 4, rows, present, depth, at + FEW * 4, at, scratch + ROW,
      );
    }
    isPacked = true;
    const to = y + (first * TILE_COLUMNS << 2);
    let column = 0;
    if (rows == 1) {
      // Four streams, each from one end to the other: few begin, and few pages.
      const quarter = columns / ROW_COLUMNS, apart = quarter * TILE_COLUMNS << 2;
      memory.fill(scratch + BIAS, 0, TILE_COLUMNS * 4);
      for (; column < quarter * TILE_COLUMNS; column += TILE_COLUMNS) {
        const panel = weight + <usize> (first + column / TILE_COLUMNS) * bytes;
        const c = to + (column << 2);
        let from = bias ? bias + (first * TILE_COLUMNS + column << 2) : scratch + BIAS;
        let fromApart = bias ? apart : 0;
        for (let k = 0, at = packed; k < padded; k += BLOCK, at += blockBytes) {
          multiplyRow(
            at + FEW * 4, panel + blockAt(k), quarter * bytes, min(BLOCK, padded - k) >> 2, at, from,
            fromApart, c, apart,
          );
          from = c;
          fromApart = apart;
        }
      }
      column = quarter * ROW_COLUMNS;
    }
    // Words of more rows are widened once for all tiles.
    if (rows > 1 && (products != WORDS || rows <= TILE_ROWS)) {
      streamPanels(args, first, panelsOf(columns), packed, blockBytes, scratch);
      column = columns;
    }
    for (; column < columns; column += TILE_COLUMNS) {
      const panel = weight + <usize> (first + column / TILE_COLUMNS) * bytes;
      const start = bias ? bias + (first * TILE_COLUMNS + column << 2) : 0;
      for (let k = 0, at = packed; k < padded; k += BLOCK, at += blockBytes) {
        multiplyBlock(
          at + FEW * 4, at, panel + blockAt(k), bytes, start, to + (column << 2), rows,
          min(BLOCK, padded - k), min(TILE_COLUMNS, columns - column), outputs, k == 0, scratch,
        );
      }
    }
    activateRows(to, rows, columns, outputs, args.activation);
  }
}

/** Panels `first` to `first + count`, some side by side. */
function streamPanels(
  args: LinearArguments, first: i32, count: i32, packed: usize, blockBytes: usize, scratch: usize,
): void {
  const bias = args.bias, rows = args.rows, outputs = args.outputs, padded = paddedOf(args.inputs);
  const bytes = panelBytes(args.inputs), tiles = tilesOf(rows), last = first + count;
  const sums = scratch + SUMS, totals = scratch + TOTALS, starts = scratch + STARTS;
  for (; first < last; first += STREAMS) {
    const panels = min(STREAMS, last - first), column = first * TILE_COLUMNS;
    const columns = min(panels * TILE_COLUMNS, outputs - column);
    const group = args.weight + <usize> first * bytes;
    if (bias) memory.copy(starts, bias + (column << 2), columns << 2);
    else memory.fill(starts, 0, STREAMS * TILE_COLUMNS * 4);
    touch(group, bytes, panels, sums);
    multiplyByteStreams(
      packed, blockBytes, FEW * 4, group, args.inputs, padded, panels, tiles, starts, sums, totals,
    );
    for (let p = 0; p < panels; p++) {
      const done = p * TILE_COLUMNS, to = args.y + (column + done << 2);
      copyTile(
        totals + p * tiles * TILE_BYTES, TILE_COLUMNS * 4, to, <usize> outputs * 4, rows,
        min(TILE_COLUMNS, columns - done),
      );
    }
  }
}

/**
 * Computes `BLOCK` inner columns of a block of rows at a time, which are activated, rotated,
 * rounded and multiplied by the second layer's weights while they are in the cache.
 *
 * Threads take turns at blocks of rows.
 */
export function quantizedFeedForward(
  args: FeedForwardArguments, threads: i32, scratch: usize,
): void {
  const up = args.up, upBias = args.upBias, down = args.down, downBias = args.downBias;
  const rows = args.rows, inputs = args.inputs, inner = args.inner, outputs = args.outputs;

  const upBytes = panelBytes(inputs), downBytes = panelBytes(inner);
  const steps = scratch + STEP_BYTES, packed = scratch + PACKED + PACKED_BYTES;
  const between = packed + PACKED_BYTES;
  const block = rowsOfTurn(rows, ROWS, <i64> inner * (inputs + outputs) / faster(), threads);
  for (let row = nextOf(block); row < rows; row = nextOf(block)) {
    const count = min(block, rows - row);
    const x = args.x + <usize> row * inputs * 4, y = args.y + <usize> row * outputs * 4;
    for (let k = 0; k < inner; k += BLOCK) {
      const width = min(BLOCK, inner - k), depth = paddedOf(width);
      const isPacked = k > 0 && inputs <= BLOCK;
      multiplyRows(
        x, up + <usize> (k / TILE_COLUMNS) * upBytes, upBias ? upBias + (k << 2) : 0, between, count,
        inputs, width, width, isPacked, scratch,
      );
      activate(between, between, count * width, args.activation);
      quantizeRows(between, <usize> width * 4, count, width, depth, packed, steps, scratch + ROW);
      multiplyBlock(
        packed, steps, down + blockAt(k), downBytes, downBias, y, count, depth, outputs, outputs,
        k == 0, scratch,
      );
    }
  }
}

/**
 * `y = x·W + bias` for a block of rows.
 *
 * @param width Values of a row of y, of which `outputs` are computed.
 * @param isPacked Whether x, of one block, was packed before.
 */
function multiplyRows(
  x: usize, weight: usize, bias: usize, y: usize, rows: i32, inputs: i32, outputs: i32, width: i32,
  isPacked: bool, scratch: usize,
): void {
  const padded = paddedOf(inputs), packed = scratch + PACKED;
  for (let k = 0; k < padded; k += BLOCK) {
    const depth = min(BLOCK, padded - k), present = min(depth, inputs - k);
    if (!isPacked) {
      quantizeRows(
        x + (k << 2), <usize> inputs * 4, rows, present, depth, packed, scratch, scratch + ROW,
      );
    }
    multiplyBlock(
      packed, scratch, weight + blockAt(k), panelBytes(inputs), bias, y, rows, depth, outputs, width,
      k == 0, scratch,
    );
  }
}

/**
 * A block of packed rows times a block of the weights, panel by panel.
 *
 * @param weight The block of the first panel; those of the others are `panelBytes` apart.
 * @param width Values of a row of y, of which `outputs` are computed.
 * @param isFirst Whether sums start with the bias; otherwise they continue from y.
 */
function multiplyBlock(
  packed: usize, steps: usize, weight: usize, panelBytes: usize, bias: usize, y: usize, rows: i32,
  depth: i32, outputs: i32, width: i32, isFirst: bool, scratch: usize,
): void {
  const edge = scratch + EDGE, start = scratch + BIAS, stride = <usize> width * 4;
  const tile = <usize> depth * TILE_ROWS * sizeOfX(), quads = depth >> 2;
  memory.fill(start, 0, TILE_COLUMNS * 4);
  for (let column = 0; column < outputs; column += TILE_COLUMNS, weight += panelBytes) {
    const columns = min(TILE_COLUMNS, outputs - column);
    if (isFirst && bias) memory.copy(start, bias + (column << 2), columns << 2);
    const b = integersOf(weight, quads, scratch + WIDENED);
    for (let row = 0; row < rows; row += TILE_ROWS) {
      const a = packed + row / TILE_ROWS * tile, step = steps + (row << 2);
      const c = y + row * stride + (column << 2), height = min(TILE_ROWS, rows - row);
      if (columns == TILE_COLUMNS && height == TILE_ROWS) {
        const from = isFirst ? start : c;
        multiplyQuantized(a, weight, b, quads, step, from, isFirst ? 0 : stride, c, stride);
        continue;
      }
      const from = isFirst ? start : edge, edgeStride: usize = TILE_COLUMNS * 4;
      if (!isFirst) copyTile(c, stride, edge, edgeStride, height, columns);
      multiplyQuantized(
        a, weight, b, quads, step, from, isFirst ? 0 : edgeStride, edge, edgeStride,
      );
      copyTile(edge, edgeStride, c, stride, height, columns);
    }
  }
}
