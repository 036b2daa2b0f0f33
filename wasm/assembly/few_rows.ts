/**
 * The linear layer for few rows, as in a step of generation, where reading the weights takes most of
 * the time: each panel of 8 columns is read once for all rows, from one end to the other, and threads
 * take turns at panels. Sums are added in the same order as in linear.ts, so no bit depends on the
 * number of rows.
 */
import { activate } from "./activation";
import { rebias, upperBits, upperOf, widenHigh, widenLow } from "./half";
import { copyTile, multiplyAdd, packRows, TILE_BYTES, TILE_COLUMNS, TILE_ROWS } from "./tile";
import { Any, multiplyStreams, One, WIDENED_BYTES } from "./tile_streams";
import { nextOf, workOfTurn } from "./turns";
import { HALF } from "./weights";

/** Most rows; equals `FEW` of wasm/feed_forward.ts. */
export const FEW: i32 = 40;

/** Most packed values of all rows. */
const PACKED: i32 = 40 * 3072;

/**
 * Panels that are read side by side: one core reads several streams faster than one, as each is
 * fetched ahead only so far. One row, whose sums of four panels fit in registers, reads four, each
 * from one end of a quarter of its panels to the other, as some cores fetch ahead slowly at first.
 */
const STREAMS: i32 = 8;
const STREAMS_OF_ROW: i32 = 4;

/** Bytes at the start of each stream that are on their way before the first is waited for. */
const TOUCHED: usize = 512;

/** Most bytes of a panel's result. */
const SUM_BYTES: usize = FEW * TILE_COLUMNS * 4;

/** Turns of each thread, so that a delayed one takes fewer. */
const TURNS: i32 = 4;

/** Whether there are few enough rows. */
export function areFew(rows: i32, inputs: i32): bool {
  return rows <= FEW && tilesOf(rows) * TILE_ROWS * inputs <= PACKED;
}

// @ts-ignore: decorator
@inline
function tilesOf(rows: i32): i32 {
  return (rows + TILE_ROWS - 1) / TILE_ROWS;
}

/**
 * Panels of a turn, in whole groups: each thread gets as many turns. One that runs alone takes as many
 * panels as it may, as rows are packed again in each of its turns.
 *
 * @param work Multiply-adds of a panel.
 */
export function panelsOfTurn(panels: i32, work: i64, threads: i32): i32 {
  const groups = (panels + STREAMS_OF_ROW - 1) / STREAMS_OF_ROW, turns = threads * TURNS;
  const most = workOfTurn();
  const some = most > 0
    ? <i32> min(<i64> groups, max(1, most / max(1, work * STREAMS_OF_ROW)))
    : (groups + turns - 1) / turns;
  return some * STREAMS_OF_ROW;
}

/** `y = activation(x·W + bias)`. */
export function linearOfFew(
  x: usize, weight: usize, bias: usize, y: usize,
  rows: i32, inputs: i32, outputs: i32, activation: i32, size: i32, threads: i32, scratch: usize,
): void {
  const panels = (outputs + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const some = panelsOfTurn(panels, <i64> rows * inputs * TILE_COLUMNS, threads);
  const panelBytes = <usize> inputs * TILE_COLUMNS * size;
  const sums = scratch, starts = sums + STREAMS * SUM_BYTES;
  const widened = starts + STREAMS * TILE_COLUMNS * 4, packed = widened + WIDENED_BYTES;
  const tiles = tilesOf(rows), isOne = tiles == 1 && size != HALF;
  let isPacked = rows == 1 && outputs % (STREAMS_OF_ROW * TILE_COLUMNS) == 0;
  for (let first = nextOf(some); first < panels; first = nextOf(some)) {
    if (!isPacked) {
      packRows(x, <usize> inputs * 4, rows, inputs, packed);
      isPacked = true;
    }
    const last = min(panels, first + some);
    let panel = first;
    if (rows == 1) {
      const quarter = min(some, outputs / TILE_COLUMNS - first) / STREAMS_OF_ROW;
      const apart = <usize> quarter * TILE_COLUMNS * 4, from = y + <usize> first * TILE_COLUMNS * 4;
      for (; panel < first + quarter; panel++) {
        const b = weight + panel * panelBytes, column = <usize> panel * TILE_COLUMNS * 4;
        const start = bias ? bias + column : 0;
        multiplyRow(size, x, b, quarter * panelBytes, start, y + column, apart, inputs);
      }
      panel = first + quarter * STREAMS_OF_ROW;
      if (activation != 0) activate(from, from, (panel - first) * TILE_COLUMNS, activation);
    }
    for (; panel < last; panel += STREAMS) {
      const count = min(STREAMS, last - panel);
      const column = panel * TILE_COLUMNS, columns = min(count * TILE_COLUMNS, outputs - column);
      if (bias) memory.copy(starts, bias + column * 4, columns * 4);
      const group = weight + <usize> panel * panelBytes;
      touch(group, panelBytes, count, widened);
      const start = bias ? starts : 0;
      if (isOne) multiplyStreams<One>(packed, 1, group, size, count, inputs, start, sums, widened);
      else multiplyStreams<Any>(packed, tiles, group, size, count, inputs, start, sums, widened);
      for (let p = 0; p < count; p++) {
        const from = sums + p * tiles * TILE_BYTES;
        const width = min(TILE_COLUMNS, columns - p * TILE_COLUMNS);
        if (activation != 0) activate(from, from, rows * TILE_COLUMNS, activation);
        const to = y + <usize> (column + p * TILE_COLUMNS) * 4;
        if (width == TILE_COLUMNS) storeTiles(from, to, <usize> outputs * 4, rows);
        else copyTile(from, TILE_COLUMNS * 4, to, <usize> outputs * 4, rows, width);
      }
    }
  }
}

/**
 * Reads a value of each cache line at the start of streams, of all streams at once. What follows is
 * fetched ahead by itself, of each stream while the others are multiplied.
 */
export function touch(from: usize, stride: usize, streams: i32, unused: usize): void {
  let all = 0;
  for (let i: usize = 0, end = min(TOUCHED, stride); i < end; i += 64) {
    for (let s = 0, at = from + i; s < streams; s++, at += stride) all ^= load<i32>(at);
  }
  store<i32>(unused, all); // or nothing would be read
}

/** Copies whole rows of tiles. */
function storeTiles(from: usize, to: usize, stride: usize, rows: i32): void {
  for (let i = 0; i < rows; i++, from += TILE_COLUMNS * 4, to += stride) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
  }
}

/**
 * One row by four panels.
 *
 * @param panelBytes Bytes from one of them to the next.
 * @param apart Bytes from the result of one to that of the next, and from bias to bias.
 */
function multiplyRow(
  size: i32, x: usize, b: usize, panelBytes: usize, start: usize, c: usize, apart: usize, steps: i32,
): void {
  let c0 = f32x4.splat(0), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0;
  if (start != 0) {
    c0 = v128.load(start);
    c1 = v128.load(start, 16);
    c2 = v128.load(start + apart);
    c3 = v128.load(start + apart, 16);
    c4 = v128.load(start + 2 * apart);
    c5 = v128.load(start + 2 * apart, 16);
    c6 = v128.load(start + 3 * apart);
    c7 = v128.load(start + 3 * apart, 16);
  }
  let d = b + panelBytes, e = d + panelBytes, f = e + panelBytes;
  const end = x + (<usize> steps) * 4;
  if (size == HALF) {
    const bits = upperBits(), factor = rebias();
    for (; x < end; x += 4) {
      const value = v128.load32_splat(x);
      const b0 = v128.load(b), d0 = v128.load(d), e0 = v128.load(e), f0 = v128.load(f);
      const b1 = upperOf(b0, bits), b2 = i16x8.shl(b0, 13);
      c0 = multiplyAdd(value, widenLow(b2, b1, factor), c0);
      c1 = multiplyAdd(value, widenHigh(b2, b1, factor), c1);
      const d1 = upperOf(d0, bits), d2 = i16x8.shl(d0, 13);
      c2 = multiplyAdd(value, widenLow(d2, d1, factor), c2);
      c3 = multiplyAdd(value, widenHigh(d2, d1, factor), c3);
      const e1 = upperOf(e0, bits), e2 = i16x8.shl(e0, 13);
      c4 = multiplyAdd(value, widenLow(e2, e1, factor), c4);
      c5 = multiplyAdd(value, widenHigh(e2, e1, factor), c5);
      const f1 = upperOf(f0, bits), f2 = i16x8.shl(f0, 13);
      c6 = multiplyAdd(value, widenLow(f2, f1, factor), c6);
      c7 = multiplyAdd(value, widenHigh(f2, f1, factor), c7);
      b += 16;
      d += 16;
      e += 16;
      f += 16;
    }
  } else {
    for (; x < end; x += 4) {
      const value = v128.load32_splat(x);
      c0 = multiplyAdd(value, v128.load(b), c0);
      c1 = multiplyAdd(value, v128.load(b, 16), c1);
      c2 = multiplyAdd(value, v128.load(d), c2);
      c3 = multiplyAdd(value, v128.load(d, 16), c3);
      c4 = multiplyAdd(value, v128.load(e), c4);
      c5 = multiplyAdd(value, v128.load(e, 16), c5);
      c6 = multiplyAdd(value, v128.load(f), c6);
      c7 = multiplyAdd(value, v128.load(f, 16), c7);
      b += 32;
      d += 32;
      e += 32;
      f += 32;
    }
  }
  v128.store(c, c0);
  v128.store(c, c1, 16);
  v128.store(c + apart, c2);
  v128.store(c + apart, c3, 16);
  v128.store(c + 2 * apart, c4);
  v128.store(c + 2 * apart, c5, 16);
  v128.store(c + 3 * apart, c6);
  v128.store(c + 3 * apart, c7, 16);
}
