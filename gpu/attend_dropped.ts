import { attend } from "./attend.ts";
import { WORDS } from "./dropout.ts";
import type { GpuKernel } from "./kernel.ts";

/** WGSL: the factors of dropout of four entries of a row of the part. */
const KEPT = /* wgsl */ `
fn keptEntries(b: i32, h: i32, row: i32, entries: vec4<i32>) -> vec4<f32> {
  let number = (b * shape.heads + h) * shape.rows + shape.first + row;
  let key = subkey(shape.dropoutKey, u32(number));
  let isKept = vec4<bool>(
    subkey(key, u32(entries.x) + 1u) >= shape.threshold,
    subkey(key, u32(entries.y) + 1u) >= shape.threshold,
    subkey(key, u32(entries.z) + 1u) >= shape.threshold,
    subkey(key, u32(entries.w) + 1u) >= shape.threshold,
  );
  return select(vec4<f32>(), vec4<f32>(shape.factor), isKept);
}
`;

/** Attention whose weights are dropped, as in training. */
export const attendDropped: GpuKernel<"attend"> = (operands, result, shape, context) =>
  attend(operands, result, shape, { ...context, kept: WORDS + KEPT } as typeof context);
