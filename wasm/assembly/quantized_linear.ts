/** Linear layers with integer weights; see cpu/quantized_linear.ts. */
import { activate } from "./activation";
import { FeedForwardArguments, LinearArguments } from "./arguments";
import {
  areBytesFast, joinSums, multiplyBytes, multiplyRowOfBytes,
} from "./byte_products";
import { FEW, panelsOfTurn, touch } from "./few_rows";
import { panelBytes, quadsOf, quantizeRows, rowBytes, storeRow, SUM_BYTES } from "./quantize";
import { TILE_COLUMNS, TILE_ROWS } from "./tile";
import { nextOf, nextTurn, rowsOfTurn } from "./turns";

/** Most rows at a time. */
const ROWS: i32 = 160;

/** Most bytes of the rows that are multiplied at a time: more than half of a core's L2 cache. */
const BUDGET: i32 = 640 << 10;

/** Before them: steps of rows, two sums of a tile, a tile for the edges, a bias of two panels. */
const SUMS: usize = ROWS * 4;
const EDGE: usize = SUMS + 2 * SUM_BYTES;
const BIAS: usize = EDGE + SUM_BYTES;
const HEAD_BYTES: usize = BIAS + 2 * TILE_COLUMNS * 4;

/** Panels that are read side by side for few rows, and fours of inputs before the next panel's. */
const STREAMS: i32 = 8;
const STEPS: i32 = 16;

/** Panels of a turn, so that a layer with very many outputs has many. */
const PANELS: i32 = 384;

/** Products of integers that take the time of one multiply-add of floats. */
const FASTER: i32 = 2;

/** Threads take turns at blocks of rows, of some panels each. */
export function quantizedLinear(args: LinearArguments, threads: i32, scratch: usize): void {
  const x = args.x, weight = args.weight, bias = args.bias, y = args.y;
  const rows = args.rows, inputs = args.inputs, outputs = args.outputs;
  const activation = args.activation;

  const most = rowsAtATime(rowBytes(inputs));
  if (rows <= min(FEW, most)) return linearOfFew(args, threads, scratch);
  const panels = (outputs + TILE_COLUMNS - 1) / TILE_COLUMNS, groups = (panels + PANELS - 1) / PANELS;
  const work = <i64> inputs * min(PANELS, panels) * TILE_COLUMNS / FASTER;
  const block = rowsOfTurn(rows, most, work, threads);
  const all = (rows + block - 1) / block * groups, packed = scratch + HEAD_BYTES;
  for (let turn = nextTurn(); turn < all; turn = nextTurn()) {
    const row = turn / groups * block, count = min(block, rows - row);
    const first = turn % groups * PANELS, end = min(panels, first + PANELS);
    const to = y + <usize> row * outputs * 4;
    quantizeRows(x + <usize> row * inputs * 4, count, inputs, areBytesFast(), packed, scratch);
    multiplyPanels(weight, bias, to, count, inputs, outputs, packed, scratch, first, end);
    if (activation == 0) continue;
    const column = first * TILE_COLUMNS, columns = min(end * TILE_COLUMNS, outputs) - column;
    for (let i = 0; i < count; i++) {
      const at = to + (<usize> i * outputs + column) * 4;
      activate(at, at, columns, activation);
    }
  }
}

/** Few rows: threads take turns at panels of columns. */
function linearOfFew(args: LinearArguments, threads: i32, scratch: usize): void {
  const x = args.x, weight = args.weight, bias = args.bias, y = args.y;
  const rows = args.rows, inputs = args.inputs, outputs = args.outputs;
  const activation = args.activation;
  const panels = (outputs + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const some = panelsOfTurn(panels, threads), asBytes = areBytesFast();
  const packed = scratch + HEAD_BYTES;
  let isQuantized = false;
  for (let first = nextOf(some); first < panels; first = nextOf(some)) {
    if (!isQuantized) quantizeRows(x, rows, inputs, asBytes, packed, scratch);
    isQuantized = true;
    const end = min(panels, first + some);
    if (asBytes) multiplyStreams(weight, bias, y, rows, inputs, outputs, packed, scratch, first, end);
    else multiplyPanels(weight, bias, y, rows, inputs, outputs, packed, scratch, first, end);
    if (activation == 0) continue;
    const column = first * TILE_COLUMNS, columns = min(end * TILE_COLUMNS, outputs) - column;
    for (let row = 0; row < rows; row++) {
      const at = y + (<usize> row * outputs + column) * 4;
      activate(at, at, columns, activation);
    }
  }
}

/**
 * Few quantized rows by panels from `first` to `end`, of which several are read side by side, a
 * short piece of each at a time, as in few_rows.ts.
 */
function multiplyStreams(
  weight: usize, bias: usize, y: usize, rows: i32, inputs: i32, outputs: i32, packed: usize,
  scratch: usize, first: i32, end: i32,
): void {
  const quads = quadsOf(inputs), bytes = panelBytes(inputs);
  const tileBytes = <usize> rowBytes(inputs) * TILE_ROWS;
  const tiles = (rows + TILE_ROWS - 1) / TILE_ROWS, lower = <usize> quads * (TILE_ROWS * 4);
  const all = packed + tiles * tileBytes; // sums `[tiles, panels, 2, 5, 8]`
  memory.fill(scratch + BIAS, 0, 2 * TILE_COLUMNS * 4);
  for (let panel = first; panel < end; panel += STREAMS) {
    const count = min(STREAMS, end - panel), group = weight + <usize> panel * bytes;
    if (rows == 1 && (panel + count) * TILE_COLUMNS <= outputs && !(count & 1)) {
      for (let b = group, to = y + panel * (TILE_COLUMNS * 4), p = 0; p < count; p += 2) {
        const from = bias ? bias + (panel + p) * (TILE_COLUMNS * 4) : scratch + BIAS;
        multiplyRowOfBytes(packed, b, bytes, quads, scratch, from, to);
        b += 2 * bytes;
        to += 2 * TILE_COLUMNS * 4;
      }
      continue;
    }
    touch(group, bytes, count, scratch + EDGE);
    for (let k = 0; k < quads; k += STEPS) {
      const depth = min(STEPS, quads - k);
      let a = packed + k * (TILE_ROWS * 4), sums = all;
      for (let tile = 0; tile < tiles; tile++, a += tileBytes) {
        let b = group + k * (TILE_COLUMNS * 4);
        for (let p = 0; p < count; p++, b += bytes, sums += 2 * SUM_BYTES) {
          multiplyBytes(a, b, depth, sums, k > 0);
          multiplyBytes(a + lower, b, depth, sums + SUM_BYTES, k > 0);
        }
      }
    }
    let sums = all;
    for (let row = 0; row < rows; row += TILE_ROWS) {
      for (let p = 0; p < count; p++, sums += 2 * SUM_BYTES) {
        const ends = group + p * bytes + <usize> quads * (TILE_COLUMNS * 4);
        joinSums(sums, sums + SUM_BYTES, ends + 32);
        finish(sums, ends, bias, y, row, rows, outputs, panel + p, scratch);
      }
    }
  }
}
/** Inner rows are computed in full before they are quantized. */
export function quantizedFeedForward(
  args: FeedForwardArguments, threads: i32, scratch: usize,
): void {
  const x = args.x, up = args.up, upBias = args.upBias, down = args.down, downBias = args.downBias;
  const y = args.y, rows = args.rows, inputs = args.inputs, inner = args.inner;
  const outputs = args.outputs, activation = args.activation;

  const packedRow = max(rowBytes(inputs), rowBytes(inner));
  const most = rowsAtATime(packedRow + inner * 4);
  const block = rowsOfTurn(rows, most, <i64> inner * (inputs + outputs) / FASTER, threads);
  const packed = scratch + HEAD_BYTES;
  const between = packed + block * packedRow;
  for (let row = nextOf(block); row < rows; row = nextOf(block)) {
    const count = min(block, rows - row);
    const from = x + <usize> row * inputs * 4, to = y + <usize> row * outputs * 4;
    multiplyRows(from, up, upBias, between, count, inputs, inner, packed, scratch);
    activate(between, between, count * inner, activation);
    multiplyRows(between, down, downBias, to, count, inner, outputs, packed, scratch);
  }
}

/** Rows of a block, in whole tiles and at least one: the widest need 5 · 96 KB. */
function rowsAtATime(bytes: i32): i32 {
  return min(ROWS, max(1, BUDGET / bytes / TILE_ROWS) * TILE_ROWS);
}

/**
 * `y = x·W + bias` for a block of rows.
 *
 * @param packed Memory for the quantized rows of x.
 * @param scratch `HEAD_BYTES`.
 */
function multiplyRows(
  x: usize, weight: usize, bias: usize, y: usize,
  rows: i32, inputs: i32, outputs: i32, packed: usize, scratch: usize,
): void {
  quantizeRows(x, rows, inputs, areBytesFast(), packed, scratch);
  const panels = (outputs + TILE_COLUMNS - 1) / TILE_COLUMNS;
  multiplyPanels(weight, bias, y, rows, inputs, outputs, packed, scratch, 0, panels);
}

/** Quantized rows by the weights' panels from `first` to `end`. */
function multiplyPanels(
  weight: usize, bias: usize, y: usize, rows: i32, inputs: i32, outputs: i32, packed: usize,
  scratch: usize, first: i32, end: i32,
): void {
  const quads = quadsOf(inputs), bytes = panelBytes(inputs), asBytes = areBytesFast();
  const lower = <usize> quads * (TILE_ROWS * 4), sums = scratch + SUMS;
  let b = weight + <usize> first * bytes;
  for (let panel = first; panel < end; panel++, b += bytes) {
    const ends = b + <usize> quads * (TILE_COLUMNS * 4);
    for (let row = 0; row < rows; row += TILE_ROWS) {
      const a = packed + row * rowBytes(inputs);
      if (asBytes) {
        multiplyBytes(a, b, quads, sums, false);
        multiplyBytes(a + lower, b, quads, sums + SUM_BYTES, false);
        joinSums(sums, sums + SUM_BYTES, ends + TILE_COLUMNS * 4);
      } else if (rows == 1) {
        multiplyRowOfWords(a, b, quads, sums);
      } else {
        multiplyWords(a, b, quads, sums);
      }
      finish(sums, ends, bias, y, row, rows, outputs, panel, scratch);
    }
  }
}

/** Writes the result of a tile from its sums. */
function finish(
  sums: usize, weightSteps: usize, bias: usize, y: usize, row: i32, rows: i32, outputs: i32,
  panel: i32, scratch: usize,
): void {
  const column = panel * TILE_COLUMNS, columns = min(TILE_COLUMNS, outputs - column);
  const height = min(TILE_ROWS, rows - row), stride = <usize> outputs * 4;
  let from = bias + column * 4, to = y + row * stride + column * 4;
  if (!bias || columns < TILE_COLUMNS) {
    from = scratch + BIAS;
    memory.fill(from, 0, TILE_COLUMNS * 4);
    if (bias) memory.copy(from, bias + column * 4, columns * 4);
  }
  for (let i = 0; i < height; i++, sums += TILE_COLUMNS * 4, to += stride) {
    const c = columns == TILE_COLUMNS ? to : scratch + EDGE;
    storeRow(v128.load(sums), v128.load(sums, 16), weightSteps, scratch + (row + i) * 4, from, c);
    if (columns < TILE_COLUMNS) memory.copy(to, c, columns * 4);
  }
}

/**
 * Sums of a tile of 5 rows and 8 columns in products of 16 bits, where those of bytes are not fast: 16
 * weights are one load, and widened in registers, the first and the third of each four, then the rest.
 *
 * @param a x packed `[quads, 5, 4]`.
 * @param b Weights packed `[quads, 8, 4]`.
 * @param quads Fours of products of each sum; ≥ 1.
 * @param c Address of the sums.
 */
function multiplyWords(a: usize, b: usize, quads: i32, c: usize): void {
  let c00 = i32x4.splat(0), c01 = c00;
  let c10 = c00, c11 = c00;
  let c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00;
  let c40 = c00, c41 = c00;
  const end = a + <usize> quads * (TILE_ROWS * 8);
  do {
    const even0 = i16x8.shr_s(i16x8.shl(v128.load(b), 8), 8);
    const even1 = i16x8.shr_s(i16x8.shl(v128.load(b, 16), 8), 8);
    const x0 = v128.load32_splat(a, 0);
    c00 = i32x4.add(i32x4.dot_i16x8_s(x0, even0), c00);
    c01 = i32x4.add(i32x4.dot_i16x8_s(x0, even1), c01);
    const x1 = v128.load32_splat(a, 8);
    c10 = i32x4.add(i32x4.dot_i16x8_s(x1, even0), c10);
    c11 = i32x4.add(i32x4.dot_i16x8_s(x1, even1), c11);
    const x2 = v128.load32_splat(a, 16);
    c20 = i32x4.add(i32x4.dot_i16x8_s(x2, even0), c20);
    c21 = i32x4.add(i32x4.dot_i16x8_s(x2, even1), c21);
    const x3 = v128.load32_splat(a, 24);
    c30 = i32x4.add(i32x4.dot_i16x8_s(x3, even0), c30);
    c31 = i32x4.add(i32x4.dot_i16x8_s(x3, even1), c31);
    const x4 = v128.load32_splat(a, 32);
    c40 = i32x4.add(i32x4.dot_i16x8_s(x4, even0), c40);
    c41 = i32x4.add(i32x4.dot_i16x8_s(x4, even1), c41);
    const odd0 = i16x8.shr_s(v128.load(b), 8);
    const odd1 = i16x8.shr_s(v128.load(b, 16), 8);
    const y0 = v128.load32_splat(a, 4);
    c00 = i32x4.add(i32x4.dot_i16x8_s(y0, odd0), c00);
    c01 = i32x4.add(i32x4.dot_i16x8_s(y0, odd1), c01);
    const y1 = v128.load32_splat(a, 12);
    c10 = i32x4.add(i32x4.dot_i16x8_s(y1, odd0), c10);
    c11 = i32x4.add(i32x4.dot_i16x8_s(y1, odd1), c11);
    const y2 = v128.load32_splat(a, 20);
    c20 = i32x4.add(i32x4.dot_i16x8_s(y2, odd0), c20);
    c21 = i32x4.add(i32x4.dot_i16x8_s(y2, odd1), c21);
    const y3 = v128.load32_splat(a, 28);
    c30 = i32x4.add(i32x4.dot_i16x8_s(y3, odd0), c30);
    c31 = i32x4.add(i32x4.dot_i16x8_s(y3, odd1), c31);
    const y4 = v128.load32_splat(a, 36);
    c40 = i32x4.add(i32x4.dot_i16x8_s(y4, odd0), c40);
    c41 = i32x4.add(i32x4.dot_i16x8_s(y4, odd1), c41);
    a += TILE_ROWS * 8;
    b += TILE_COLUMNS * 4;
  } while (a < end);
  v128.store(c, c00, 0);
  v128.store(c, c01, 16);
  v128.store(c, c10, 32);
  v128.store(c, c11, 48);
  v128.store(c, c20, 64);
  v128.store(c, c21, 80);
  v128.store(c, c30, 96);
  v128.store(c, c31, 112);
  v128.store(c, c40, 128);
  v128.store(c, c41, 144);
}

/** The first row of a tile alone. */
function multiplyRowOfWords(a: usize, b: usize, quads: i32, c: usize): void {
  let c0 = i32x4.splat(0), c1 = c0, d0 = c0, d1 = c0;
  const end = a + <usize> quads * (TILE_ROWS * 8);
  for (; a < end; a += TILE_ROWS * 8, b += TILE_COLUMNS * 4) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    const x = v128.load32_splat(a), y = v128.load32_splat(a, 4);
    c0 = i32x4.add(i32x4.dot_i16x8_s(x, i16x8.shr_s(i16x8.shl(b0, 8), 8)), c0);
    c1 = i32x4.add(i32x4.dot_i16x8_s(x, i16x8.shr_s(i16x8.shl(b1, 8), 8)), c1);
    d0 = i32x4.add(i32x4.dot_i16x8_s(y, i16x8.shr_s(b0, 8)), d0);
    d1 = i32x4.add(i32x4.dot_i16x8_s(y, i16x8.shr_s(b1, 8)), d1);
  }
  v128.store(c, i32x4.add(c0, d0));
  v128.store(c, i32x4.add(c1, d1), 16);
}
