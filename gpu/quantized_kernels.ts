/**
 * Kernels of operations whose weights are in 8 bits, for the data type "q8": imported with it.
 *
 * @module
 */
import type { LinearShape } from "../ops/linear.ts";
import { dequantizeRows } from "./dequantize_rows.ts";
import { embed as embedFloats } from "./embed.ts";
import { chunkRows, feedForward as feedForwardFloats } from "./feed_forward.ts";
import type { Context, GpuKernel } from "./kernel.ts";
import { linear as linearFloats } from "./linear.ts";
import { type Command, turnsOf } from "./machine/commands.ts";
import { quantizedProduct } from "./quantized_linear.ts";
import { QuantizedWeight } from "./quantized_weight.ts";
import { type QuantizedBuffers, quantizedWords, quantizeRows } from "./quantize_rows.ts";

export { QuantizedWeight };

/** Whether WGSL has products of packed bytes here. */
const hasPackedDot = (): boolean => {
  const { wgslLanguageFeatures } = navigator.gpu as { wgslLanguageFeatures?: ReadonlySet<string> };
  return !!wgslLanguageFeatures?.has("packed_4x8_integer_dot_product");
};

/** Memory for rows in 8 bits, for one operation. */
function allocateRows({ allocate }: Context, rows: number, inputs: number): QuantizedBuffers {
  const words = quantizedWords(rows, inputs);
  return { integers: allocate(words.integers), steps: allocate(words.steps) };
}

/** `x·Wᵀ + bias`, then the activation; see cpu/quantized_linear.ts. */
const linear: GpuKernel<"linear"> = (operands, y, shape, context) => {
  const { x, bias } = operands;
  const weight: unknown = operands.weight;
  if (!(weight instanceof QuantizedWeight)) return linearFloats(operands, y, shape, context);
  const { rows, inputs, outputs } = shape;
  // In turns, as a call of very many products would take long.
  const turns = turnsOf(rows, inputs * outputs / 4);
  const to = allocateRows(context, turns[0]?.end ?? 0, inputs);
  return turns.flatMap(({ first, end }) => [
    quantizeRows({ x: x.buffer, rows: end - first, inputs, first }, to),
    product(to, weight, bias?.buffer, { buffer: y.buffer, first }, { ...shape, rows: end - first }),
  ]);
};

function product(
  x: QuantizedBuffers,
  weight: QuantizedWeight,
  bias: GPUBuffer | undefined,
  y: { readonly buffer: GPUBuffer; readonly first: number },
  shape: LinearShape,
): Command {
  const buffers = weight.buffersOf(shape.outputs, shape.inputs);
  return quantizedProduct({ x, weight: buffers, bias, y }, shape, hasPackedDot());
}

/** Two layers, in chunks of rows; see cpu/feed_forward.ts. */
const feedForward: GpuKernel<"feedForward"> = (operands, y, shape, context) => {
  const { x, up, down } = operands;
  const [first, second]: unknown[] = [up.weight, down.weight];
  if (!(first instanceof QuantizedWeight) || !(second instanceof QuantizedWeight)) {
    return feedForwardFloats(operands, y, shape, context);
  }
  const { rows, inputs, inner, outputs, activation } = shape;
  const chunk = chunkRows(rows, inner);
  const between = context.allocate(chunk * inner);
  const [from, middle] = [inputs, inner].map((width) => allocateRows(context, chunk, width));
  return Array.from({ length: Math.ceil(rows / chunk) }, (_, i) => {
    const at = i * chunk;
    const count = Math.min(chunk, rows - at);
    return [
      quantizeRows({ x: x.buffer, rows: count, inputs, first: at }, from),
      product(from, first, up.bias?.buffer, { buffer: between, first: 0 }, {
        rows: count,
        inputs,
        outputs: inner,
        activation,
      }),
      quantizeRows({ x: between, rows: count, inputs: inner }, middle),
      product(middle, second, down.bias?.buffer, { buffer: y.buffer, first: at }, {
        rows: count,
        inputs: inner,
        outputs,
      }),
    ];
  }).flat();
};

/** The sum of a row of each table, for each token; see cpu/embed.ts. */
const embed: GpuKernel<"embed"> = ({ lookups }, y, shape, context) => {
  const rows = shape.batch * shape.tokens;
  return lookups.flatMap((lookup, i) => {
    const table: unknown = lookup.table;
    if (!(table instanceof QuantizedWeight)) {
      return embedFloats({ lookups: [lookup] }, y, shape, context, i > 0);
    }
    const ids = { buffer: lookup.ids.buffer, count: lookup.count };
    const some = { rows, inputs: shape.width, ids, scale: lookup.scale, adds: i > 0 };
    return [dequantizeRows(table.buffersOf(lookup.rows, shape.width), y.buffer, some)];
  });
};

/** The kernels, in place of those in kernels.ts. */
export const QUANTIZED_KERNELS = { embed, feedForward, linear };
