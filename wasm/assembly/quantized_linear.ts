/** Linear layers with integer weights; see cpu/quantized_linear.ts. */
import { activate } from "./activation";
import { FeedForwardArguments, LinearArguments } from "./arguments";
import { FEW, panelsOfTurn } from "./few_rows";
import { pairsOf, panelBytes, quantizeRows } from "./quantize";
import { copyTile, TILE_COLUMNS, TILE_ROWS } from "./tile";
import { nextTurn, rowsOfTurn } from "./turns";

/** Most rows at a time. */
const ROWS: i32 = 160;

/** Most bytes of the rows that are multiplied at a time: more than half of a core's L2 cache. */
const BUDGET: i32 = 640 << 10;

/** Bytes before them: steps of rows, a tile and a bias for the edges. */
const HEAD_BYTES: usize = (ROWS + TILE_ROWS * TILE_COLUMNS + TILE_COLUMNS) * 4;

/** Threads take turns at blocks of rows. */
export function quantizedLinear(args: LinearArguments, threads: i32, scratch: usize): void {
  const x = args.x, weight = args.weight, bias = args.bias, y = args.y;
  const rows = args.rows, inputs = args.inputs, outputs = args.outputs;
  const activation = args.activation;

  const most = rowsAtATime(pairsOf(inputs) * 4);
  if (rows <= min(FEW, most)) return linearOfFew(args, threads, scratch);
  const block = rowsOfTurn(rows, most, threads);
  for (let row = nextTurn() * block; row < rows; row = nextTurn() * block) {
    const count = min(block, rows - row);
    const to = y + <usize> row * outputs * 4;
    const packed = scratch + HEAD_BYTES;
    multiplyRows(x + <usize> row * inputs * 4, weight, bias, to, count, inputs, outputs, packed, scratch);
    if (activation != 0) activate(to, to, count * outputs, activation);
  }
}

/** Few rows: threads take turns at panels of columns. */
function linearOfFew(args: LinearArguments, threads: i32, scratch: usize): void {
  const x = args.x, weight = args.weight, bias = args.bias, y = args.y;
  const rows = args.rows, inputs = args.inputs, outputs = args.outputs;
  const activation = args.activation;
  const panels = (outputs + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const some = panelsOfTurn(panels, threads);
  const packed = scratch + HEAD_BYTES;
  let isQuantized = false;
  for (let first = nextTurn() * some; first < panels; first = nextTurn() * some) {
    if (!isQuantized) quantizeRows(x, rows, inputs, packed, scratch);
    isQuantized = true;
    const end = min(panels, first + some);
    multiplyPanels(weight, bias, y, rows, inputs, outputs, packed, scratch, first, end);
    if (activation == 0) continue;
    const column = first * TILE_COLUMNS, columns = min(end * TILE_COLUMNS, outputs) - column;
    for (let row = 0; row < rows; row++) {
      const at = y + (<usize> row * outputs + column) * 4;
      activate(at, at, columns, activation);
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

  const packedRow = max(pairsOf(inputs), pairsOf(inner)) * 4;
  const block = rowsOfTurn(rows, rowsAtATime(packedRow + inner * 4), threads);
  const packed = scratch + HEAD_BYTES;
  const between = packed + block * packedRow;
  for (let row = nextTurn() * block; row < rows; row = nextTurn() * block) {
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
  quantizeRows(x, rows, inputs, packed, scratch);
  const panels = (outputs + TILE_COLUMNS - 1) / TILE_COLUMNS;
  multiplyPanels(weight, bias, y, rows, inputs, outputs, packed, scratch, 0, panels);
}

/** Quantized rows by the weights' panels from `first` to `end`. */
function multiplyPanels(
  weight: usize, bias: usize, y: usize, rows: i32, inputs: i32, outputs: i32, packed: usize,
  scratch: usize, first: i32, end: i32,
): void {
  const steps = scratch, edge = steps + ROWS * 4, edgeBias = edge + TILE_ROWS * TILE_COLUMNS * 4;
  const yStride = <usize> outputs * 4;
  const pairs = pairsOf(inputs);
  weight += <usize> first * panelBytes(inputs);
  for (let panel = first; panel < end; panel++) {
    const column = panel * TILE_COLUMNS;
    const columns = min(TILE_COLUMNS, outputs - column);
    memory.fill(edgeBias, 0, TILE_COLUMNS * 4);
    if (bias) memory.copy(edgeBias, bias + column * 4, columns * 4);
    for (let row = 0; row < rows; row += TILE_ROWS) {
      const a = packed + <usize> row * pairs * 4;
      const c = y + row * yStride + column * 4;
      const height = min(TILE_ROWS, rows - row);
      if (rows == 1) {
        multiplyRow(a, weight, pairs, steps, edgeBias, edge);
        memory.copy(c, edge, columns * 4);
      } else if (columns == TILE_COLUMNS && height == TILE_ROWS) {
        multiplyTile(a, weight, pairs, steps + row * 4, edgeBias, c, yStride);
      } else {
        multiplyTile(a, weight, pairs, steps + row * 4, edgeBias, edge, TILE_COLUMNS * 4);
        copyTile(edge, TILE_COLUMNS * 4, c, yStride, height, columns);
      }
    }
    weight += panelBytes(inputs);
  }
}

/**
 * A tile of 5 rows and 8 columns, as in `tile.ts`: 16 weights are one load, and widened to 16 bits
 * in registers. Relaxed dot products of 8 bits would be a third faster but leave 7 bits for
 * activations, which costs too much accuracy (cpu/quantize.ts).
 *
 * @param a x packed `[pairs, 5, 2]`.
 * @param b Weights packed `[pairs, 8, 2]`, then 8 steps.
 * @param pairs Pairs of products of each sum; ≥ 1.
 * @param steps The step of each row.
 * @param bias 8 values.
 * @param c Address of the result, its rows `stride` bytes apart.
 */
function multiplyTile(
  a: usize, b: usize, pairs: i32, steps: usize, bias: usize, c: usize, stride: usize,
): void {
  let c00 = i32x4.splat(0), c01 = c00;
  let c10 = c00, c11 = c00;
  let c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00;
  let c40 = c00, c41 = c00;
  const end = a + (<usize> pairs) * 20;
  do {
    const weights = v128.load(b);
    const b0 = i16x8.extend_low_i8x16_s(weights);
    const b1 = i16x8.extend_high_i8x16_s(weights);
    const a0 = v128.load32_splat(a, 0);
    c00 = i32x4.add(i32x4.dot_i16x8_s(a0, b0), c00);
    c01 = i32x4.add(i32x4.dot_i16x8_s(a0, b1), c01);
    const a1 = v128.load32_splat(a, 4);
    c10 = i32x4.add(i32x4.dot_i16x8_s(a1, b0), c10);
    c11 = i32x4.add(i32x4.dot_i16x8_s(a1, b1), c11);
    const a2 = v128.load32_splat(a, 8);
    c20 = i32x4.add(i32x4.dot_i16x8_s(a2, b0), c20);
    c21 = i32x4.add(i32x4.dot_i16x8_s(a2, b1), c21);
    const a3 = v128.load32_splat(a, 12);
    c30 = i32x4.add(i32x4.dot_i16x8_s(a3, b0), c30);
    c31 = i32x4.add(i32x4.dot_i16x8_s(a3, b1), c31);
    const a4 = v128.load32_splat(a, 16);
    c40 = i32x4.add(i32x4.dot_i16x8_s(a4, b0), c40);
    c41 = i32x4.add(i32x4.dot_i16x8_s(a4, b1), c41);
    a += 20;
    b += 16;
  } while (a < end);
  storeRow(c00, c01, b, steps, bias, c);
  storeRow(c10, c11, b, steps + 4, bias, c + stride);
  storeRow(c20, c21, b, steps + 8, bias, c + 2 * stride);
  storeRow(c30, c31, b, steps + 12, bias, c + 3 * stride);
  storeRow(c40, c41, b, steps + 16, bias, c + 4 * stride);
}

/** The first row of a tile alone. */
function multiplyRow(a: usize, b: usize, pairs: i32, step: usize, bias: usize, c: usize): void {
  let c0 = i32x4.splat(0), c1 = c0;
  for (const end = a + (<usize> pairs) * 20; a < end; a += 20, b += 16) {
    const weights = v128.load(b), x = v128.load32_splat(a);
    c0 = i32x4.add(i32x4.dot_i16x8_s(x, i16x8.extend_low_i8x16_s(weights)), c0);
    c1 = i32x4.add(i32x4.dot_i16x8_s(x, i16x8.extend_high_i8x16_s(weights)), c1);
  }
  storeRow(c0, c1, b, step, bias, c);
}

/** `sum · step of the weights · step of the row + bias`. */
// @ts-ignore: decorator
@inline
function storeRow(low: v128, high: v128, weightSteps: usize, step: usize, bias: usize, y: usize): void {
  const factor = v128.load32_splat(step);
  const a = f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(low), v128.load(weightSteps)), factor);
  const b = f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(high), v128.load(weightSteps, 16)), factor);
  v128.store(y, f32x4.add(a, v128.load(bias)));
  v128.store(y, f32x4.add(b, v128.load(bias, 16)), 16);
}
