/** The gradient of a linear layer by its inputs; see cpu/linear_inputs.ts. */
import { LinearInputsArguments } from "./arguments";
import { multiplyAdd, TILE_COLUMNS } from "./tile";
import { weightAt } from "./weights";

/** Inputs whose weights are unpacked at a time. */
const COLUMNS: i32 = 1024;

/**
 * Threads share the rows. Eight outputs at a time, their weights are unpacked as eight plain rows,
 * which are then added to each row of the result.
 */
export function linearInputs(
  args: LinearInputsArguments, thread: i32, threads: i32, scratch: usize,
): void {
  const rows = args.rows, inputs = args.inputs, outputs = args.outputs;
  const first = rows * thread / threads, last = rows * (thread + 1) / threads;
  if (first == last) return;
  memory.fill(args.dx + <usize> first * inputs * 4, 0, <usize> (last - first) * inputs * 4);
  for (let column = 0; column < inputs; column += COLUMNS) {
    const count = min(COLUMNS, inputs - column);
    for (let o = 0; o < outputs; o += TILE_COLUMNS) {
      const lanes = min(TILE_COLUMNS, outputs - o);
      for (let lane = 0; lane < TILE_COLUMNS; lane++) {
        for (let i = 0; i < count; i++) {
          const value = lane < lanes
            ? weightAt(args.size, args.weight, inputs, o + lane, column + i)
            : 0;
          store<f32>(scratch + (lane * COLUMNS + i) * 4, value);
        }
      }
      for (let row = first; row < last; row++) {
        const dy = args.dy + (<usize> row * outputs + o) * 4;
        addRows(dy, lanes, scratch, args.dx + (<usize> row * inputs + column) * 4, count);
      }
    }
  }
}

/** Adds up to eight rows of weights, each times its factor. */
function addRows(factors: usize, lanes: i32, weights: usize, to: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    let sum = v128.load(to + (i << 2));
    for (let lane = 0; lane < lanes; lane++) {
      const row = v128.load(weights + (lane * COLUMNS + i) * 4);
      sum = multiplyAdd(v128.load32_splat(factors + (lane << 2)), row, sum);
    }
    v128.store(to + (i << 2), sum);
  }
  for (; i < count; i++) {
    let sum = load<f32>(to + (i << 2));
    for (let lane = 0; lane < lanes; lane++) {
      sum += load<f32>(factors + (lane << 2)) * load<f32>(weights + (lane * COLUMNS + i) * 4);
    }
    store<f32>(to + (i << 2), sum);
  }
}
