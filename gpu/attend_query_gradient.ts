/**
 * The gradient of attention by its queries.
 *
 * @module
 */
import {
  columns,
  ENTRY,
  MASK,
  RANGE,
  SPAN_SHAPE,
  sweepCalls,
  TILE,
  WEIGHT,
} from "./attend_gradient_kernel.ts";
import { clear } from "./clear_kernel.ts";
import type { GpuKernel } from "./kernel.ts";
import type { Kernel } from "./machine/commands.ts";

/**
 * One workgroup per head of a query: each invocation computes the gradient by one key's score, then
 * all add up the keys, a column each.
 */
const KERNEL: Kernel = {
  name: "attend query gradient",
  code: /* wgsl */ `${SPAN_SHAPE}
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> query: array<f32>;
@group(0) @binding(3) var<storage, read> keys: array<f32>;
@group(0) @binding(4) var<storage, read> values: array<f32>;
@group(0) @binding(5) var<storage, read> mask: array<i32>;
@group(0) @binding(6) var<storage, read> logSum: array<f32>;
@group(0) @binding(7) var<storage, read> inner: array<f32>;
@group(0) @binding(8) var<storage, read_write> result: array<f32>;
${MASK}${WEIGHT}
var<workgroup> factors: array<f32, ${TILE}>;
${ENTRY}
  let h = at % shape.heads;
  let i = at / shape.heads % shape.count;
  let b = at / shape.heads / shape.count;
  let row = (b * shape.rows + shape.first + i) * shape.heads + h;
  let offset = row * shape.width;
  let position = shape.position + i;
  let seesNothing = bitcast<u32>(logSum[row]) == NOTHING;
${RANGE}
${columns((i) => `  var sum${i} = 0.0;\n`)}\
  for (var tile = begin; tile < after; tile += ${TILE}) {
    let j = tile + lane;
    var factor = 0.0;
    if (j < after && !seesNothing && !isMasked(b, j, h)) {
      let key = keyOffset(b, j, h);
      var score = 0.0;
      var passed = 0.0;
      for (var d = 0; d < shape.width; d++) {
        score += query[offset + d] * keys[key + d];
        passed += dy[offset + d] * values[key + d];
      }
      passed *= keptFactor(b, h, i, j);
      factor = weightOf(score * shape.scale, logSum[row]);
      if (!isZero(factor)) {
        factor *= shape.scale * (passed - inner[row]);
      }
    }
    factors[local] = factor;
    workgroupBarrier();
    for (var k = 0; k < min(${TILE}, after - tile); k++) {
      // A masked key may be any number.
      if (isZero(factors[k])) {
        continue;
      }
      let key = keyOffset(b, tile + k, h);
${
    columns((i) =>
      `      if (lane + ${TILE * i} < shape.width) {
        sum${i} += factors[k] * keys[key + lane + ${TILE * i}];
      }
`
    )
  }    }
    workgroupBarrier();
  }
${
    columns((i) =>
      `  if (lane + ${TILE * i} < shape.width) {
    result[offset + lane + ${TILE * i}] += sum${i};
  }
`
    )
  }}
`,
};

/** The sweep over queries; see cpu/attend_query_gradient.ts. */
export const attendQueryGradient: GpuKernel<"attendQueryGradient"> = (
  { dy, logSum, inner, query, parts },
  result,
  shape,
  context,
) => {
  const { batch, rows, heads, width } = shape;
  const statistics = [logSum.buffer, inner.buffer, result.buffer];
  const sweep = sweepCalls("attendQueryGradient", parts, shape, query.buffer, {
    kernels: [{
      kernel: KERNEL,
      buffers: ({ query, keys, values, mask }) => [
        ...[dy.buffer, query, keys, values, mask, ...statistics],
      ],
    }],
  }, context);
  return [clear(result.buffer, batch * rows * heads * width), ...sweep];
};
