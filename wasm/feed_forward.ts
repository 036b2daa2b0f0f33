/**
 * Feed-forward layers.
 *
 * @module
 */
import { ACTIVATION } from "./activation.ts";
import { oneCall, type WasmKernel } from "./kernel.ts";
import { linear } from "./linear.ts";

/** Rows of which threads share the columns, not the rows; equals `FEW` of wasm/assembly/few_rows.ts. */
const FEW = 40;

const fused: WasmKernel<"feedForward"> = oneCall("feedForward", {
  name: "feedForward",
  fields: {
    x: "usize",
    up: "usize",
    upBias: "usize",
    down: "usize",
    downBias: "usize",
    y: "usize",
    rows: "i32",
    inputs: "i32",
    inner: "i32",
    outputs: "i32",
    activation: ACTIVATION,
    /** Bytes of a weight. */
    size: "i32",
  },
}, ({ x, up, down }, y, shape) => ({
  x,
  up: up.weight.address,
  upBias: up.bias ?? 0,
  down: down.weight.address,
  downBias: down.bias ?? 0,
  y,
  ...shape,
  size: up.weight.size,
}));

/**
 * Two linear layers with an activation in between; see cpu/feed_forward.ts. Layers of few rows, or
 * with weights of different data types, run one after the other.
 */
export const feedForward: WasmKernel<"feedForward"> = {
  definition: fused.definition,
  record(operands, y, shape, context) {
    const { x, up, down } = operands;
    const { rows, inputs, inner, outputs, activation } = shape;
    if (inputs === 0 || inner === 0) {
      throw new RangeError(
        `feedForward: x has ${inputs} columns and ${inner} inner columns, wanted 1 or more on wasm`,
      );
    }
    const isSame = up.weight.size === down.weight.size;
    if (isSame && rows > FEW) return fused.record(operands, y, shape, context);
    const between = context.allocate(rows * inner * 4);
    const [wide, narrow] = [
      { rows, inputs, outputs: inner, activation },
      { rows, inputs: inner, outputs },
    ];
    return [
      ...linear.record({ x, ...up }, between, wide, context),
      ...linear.record({ x: between, ...down }, y, narrow, context),
    ];
  },
};
