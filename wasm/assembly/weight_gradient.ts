/** The gradient of a linear layer by its matrix; see cpu/weight_gradient.ts. */
import { WeightGradientArguments } from "./arguments";
import { ROWS } from "./linear";
import { copyTile, multiplyTile, TILE_BYTES, TILE_COLUMNS, TILE_ROWS } from "./tile";
import { nextOf, rowsOfTurn } from "./turns";

/** Rows of both that are multiplied at a time: eight columns of B stay in the L1 cache. */
const DEPTH: i32 = 384;

/**
 * Columns of B that are packed at a time: whole cache lines of each row, as rows may be a power of two
 * apart and push each other out of the cache.
 */
const COLUMNS: i32 = 64;

/**
 * A product `C = Aᵀ·B` over the rows of both, `DEPTH` of them at a time. Packed as weights are, the
 * result is `[⌈outputs/8⌉][inputs][8]`: rows of C are inputs then, and a panel of it is 8 columns. A
 * plain result has outputs as rows.
 *
 * Threads take turns at blocks of rows of C.
 */
export function weightGradient(
  args: WeightGradientArguments, thread: i32, threads: i32, scratch: usize,
): void {
  const isPacked = args.isPacked != 0, adds = args.adds != 0, rows = args.rows;
  const inputs = args.inputs, outputs = args.outputs, result = args.result;
  const a = isPacked ? args.x : args.dy, b = isPacked ? args.dy : args.x;
  const aWidth = isPacked ? inputs : outputs, bWidth = isPacked ? outputs : inputs;
  const stride: usize = isPacked ? TILE_COLUMNS * 4 : <usize> inputs * 4;
  const panel: usize = isPacked ? <usize> inputs * TILE_COLUMNS * 4 : TILE_COLUMNS * 4;
  if (rows == 0 && !adds && thread == 0) memory.fill(result, 0, <usize> inputs * outputs * 4);

  const edge = scratch, packedB = edge + TILE_BYTES, packedA = packedB + DEPTH * COLUMNS * 4;
  const block = rowsOfTurn(aWidth, ROWS, <i64> rows * bWidth, threads);
  for (let first = nextOf(block); first < aWidth; first = nextOf(block)) {
    const count = min(block, aWidth - first);
    for (let k = 0; k < rows; k += DEPTH) {
      const depth = min(DEPTH, rows - k);
      const continues = adds || k > 0;
      packFives(a + (<usize> k * aWidth + first) * 4, <usize> aWidth * 4, count, depth, packedA);
      for (let column = 0; column < bWidth; column += TILE_COLUMNS) {
        const columns = min(TILE_COLUMNS, bWidth - column);
        if (column % COLUMNS == 0) {
          const some = min(COLUMNS, bWidth - column);
          packEights(b + (<usize> k * bWidth + column) * 4, <usize> bWidth * 4, some, depth, packedB);
        }
        const panelOfB = packedB + <usize> (column % COLUMNS) * depth * 4;
        const to = result + <usize> (column / TILE_COLUMNS) * panel;
        for (let row = 0; row < count; row += TILE_ROWS) {
          const height = min(TILE_ROWS, count - row);
          const from = packedA + <usize> row * depth * 4, c = to + <usize> (first + row) * stride;
          if (height == TILE_ROWS && (isPacked || columns == TILE_COLUMNS)) {
            multiplyTile(from, panelOfB, c, stride, depth, continues ? c : 0);
            continue;
          }
          const width = isPacked ? TILE_COLUMNS : columns;
          if (continues) copyTile(c, stride, edge, TILE_COLUMNS * 4, height, width);
          multiplyTile(from, panelOfB, edge, TILE_COLUMNS * 4, depth, continues ? edge : 0);
          copyTile(edge, TILE_COLUMNS * 4, c, stride, height, width);
        }
      }
    }
  }
}

/** Columns of A, five at a time: `[⌈columns/5⌉, rows, 5]`, missing ones as zeros. */
function packFives(from: usize, stride: usize, columns: i32, rows: i32, to: usize): void {
  const tile = <usize> rows * TILE_ROWS * 4, whole = columns / TILE_ROWS * TILE_ROWS;
  for (let row = 0; row < rows; row++, from += stride, to += TILE_ROWS * 4) {
    let at = to;
    for (let i = 0; i < whole; i += TILE_ROWS, at += tile) {
      v128.store(at, v128.load(from + (i << 2)));
      store<f32>(at, load<f32>(from + (i << 2), 16), 16);
    }
    if (whole == columns) continue;
    for (let i = 0; i < TILE_ROWS; i++) {
      store<f32>(at + (i << 2), whole + i < columns ? load<f32>(from + ((whole + i) << 2)) : 0);
    }
  }
}

/** Columns of B, eight at a time: `[⌈columns/8⌉, rows, 8]`, missing ones as zeros. */
function packEights(from: usize, stride: usize, columns: i32, rows: i32, to: usize): void {
  const panel = <usize> rows * TILE_COLUMNS * 4, whole = columns / TILE_COLUMNS * TILE_COLUMNS;
  for (let row = 0; row < rows; row++, from += stride, to += TILE_COLUMNS * 4) {
    let at = to;
    for (let i = 0; i < whole; i += TILE_COLUMNS, at += panel) {
      v128.store(at, v128.load(from + (i << 2)));
      v128.store(at, v128.load(from + (i << 2), 16), 16);
    }
    if (whole == columns) continue;
    for (let i = 0; i < TILE_COLUMNS; i++) {
      store<f32>(at + (i << 2), whole + i < columns ? load<f32>(from + ((whole + i) << 2)) : 0);
    }
  }
}
