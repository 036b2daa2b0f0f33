/**
 * Linear layer.
 *
 * @module
 */
import type { LinearShape } from "../ops/linear.ts";
import { activationNumber } from "./activation.ts";
import type { GpuKernel } from "./kernel.ts";
import { FEW_OUTPUTS, FEW_ROWS, fewRowsKernel, linearKernel, type Tile } from "./linear_kernel.ts";
import { type Command, line, MOST_GROUPS, MOST_WORK } from "./machine/commands.ts";
import type { Part } from "./machine/storage.ts";

/**
 * Tiles of graphics processors, the largest first: 128×128, 128 rows of 64 columns, 64×64, 32×32.
 *
 * 8·8 sums take 16 loads of vectors from workgroup memory for 256 multiply-adds, and fit into
 * registers; two steps of 128 rows and columns fill the 16 KiB that WebGPU guarantees.
 */
export const TILES: readonly Tile[] = [
  { threads: [16, 16], values: 8, isShared: true },
  { threads: [8, 16], values: 8, isShared: true },
  { threads: [8, 8], values: 8, isShared: true },
  { threads: [8, 8], values: 4, isShared: true },
];

/**
 * The tile of emulated graphics processors, 12 rows of 96 columns. 16·16 sums per invocation would
 * be faster by a third, but would take seconds to compile for each activation.
 */
export const EMULATED: Tile = { threads: [8, 1], values: 12, isShared: false };

/**
 * Workgroups that occupy a large graphics processor evenly, about three for each of its
 * multiprocessors: if there are fewer, tiles are made smaller.
 */
const ENOUGH_GROUPS = 384;

/** Operands of a linear layer; all but the bias may be split by rows. */
export interface LinearParts {
  /** `[rows, inputs]`. */
  readonly x: readonly Part[];
  /** `[outputs, inputs]`. */
  readonly weight: readonly Part[];
  /** `[outputs]`, or undefined. */
  readonly bias: GPUBuffer | undefined;
  /** `[rows, outputs]`; only rows that x and y share are computed. */
  readonly y: readonly Part[];
}

/** `x·Wᵀ + bias`, then the activation; see cpu/linear.ts. */
export const linear: GpuKernel<"linear"> = ({ x, weight, bias }, y, shape, { isEmulated }) => {
  const { rows, inputs, outputs } = shape;
  const operands = {
    x: x.partsOf(rows, inputs),
    weight: weight.partsOf(outputs, inputs),
    bias: bias?.buffer,
    y: y.parts,
  };
  return multiplyParts(operands, shape, isEmulated);
};

/**
 * The calls for all pairs of parts of x and of y, and for all parts of the weights, and
 * for as many rows as a call has workgroups and does in a short time.
 *
 * @param operands The operands.
 * @param shape Sizes and activation.
 * @param isEmulated Whether the CPU emulates the graphics processor.
 * @returns The calls: one, unless an operand is split or the rows are too many.
 */
export function multiplyParts(
  { x, weight, bias, y }: LinearParts,
  { inputs, outputs, activation }: Omit<LinearShape, "rows">,
  isEmulated: boolean,
): Command[] {
  const commands: Command[] = [];
  for (const to of y) {
    for (const from of x) {
      const first = Math.max(from.first, to.first);
      const rows = Math.min(from.first + from.rows, to.first + to.rows) - first;
      if (rows <= 0) continue;
      for (const part of weight) {
        // An emulation takes longer for that kernel's loads than for its tile's needless sums.
        const isFew = !isEmulated && rows <= FEW_ROWS;
        const tile = isEmulated ? EMULATED : tileFor(rows, part.rows);
        const isWhole = inputs % 4 === 0;
        const side = tile.threads[1] * tile.values;
        const turn = Math.floor(MOST_WORK / (side * inputs * part.rows));
        const most = Math.min(MOST_GROUPS, Math.max(1, turn)) * side;
        for (let row = first; row < first + rows; row += most) {
          const count = Math.min(most, first + rows - row);
          commands.push({
            kernel: isFew ? fewRowsKernel(isWhole) : linearKernel(tile, isWhole),
            constants: { ACTIVATION: activationNumber(activation) },
            words: [
              ...[count, inputs, part.rows, row - from.first, row - to.first],
              ...[outputs, part.first, bias ? 1 : 0],
            ],
            // Bindings that the kernel does not read must still be bound.
            buffers: [from.buffer, part.buffer, bias ?? part.buffer, to.buffer],
            groups: isFew
              ? line(Math.ceil(part.rows / FEW_OUTPUTS))
              : [...groupsOf(tile, count, part.rows), 1],
            work: count * inputs * part.rows,
          });
        }
      }
    }
  }
  return commands;
}

/**
 * Chooses the tile of a product.
 *
 * @param rows Rows of the result.
 * @param outputs Columns of the result.
 * @returns The largest tile that gives enough workgroups; else the smallest.
 */
export function tileFor(rows: number, outputs: number): Tile {
  const isEnough = (tile: Tile) => {
    const [across, down] = groupsOf(tile, rows, outputs);
    return across * down >= ENOUGH_GROUPS;
  };
  return TILES.find(isEnough) ?? TILES[TILES.length - 1];
}

/** Tiles of the result in each direction. */
function groupsOf({ threads, values }: Tile, rows: number, outputs: number): [number, number] {
  return [Math.ceil(outputs / (threads[0] * values)), Math.ceil(rows / (threads[1] * values))];
}
