/**
 * Attention over spans of keys, with what its gradients need of it.
 *
 * @module
 */
import {
  BITS,
  ENTRY,
  MASK,
  RANGE,
  SPAN_SHAPE,
  sweepCalls,
  TILE,
} from "./attend_gradient_kernel.ts";
import { attend } from "./attend.ts";
import { attendDropped } from "./attend_dropped.ts";
import type { GpuKernel } from "./kernel.ts";
import { invocations, type Kernel, MAIN } from "./machine/commands.ts";

/** One invocation per head of a query: nothing is seen yet. */
const START: Kernel = {
  name: "attend sums start",
  code: /* wgsl */ `
@group(0) @binding(0) var<uniform> count: u32;
@group(0) @binding(1) var<storage, read_write> logSum: array<u32>;
${MAIN}
  if (i < count) {
    logSum[i] = 0xff800000;
  }
}
`,
};

/**
 * One workgroup per head of a query: each invocation adds up the exponentials of some keys of the
 * span, and the first one adds all to those that are there. Every maximum is a score that was seen.
 */
const KERNEL: Kernel = {
  name: "attend sums",
  code: /* wgsl */ `${SPAN_SHAPE}
@group(0) @binding(1) var<storage, read> query: array<f32>;
@group(0) @binding(2) var<storage, read> keys: array<f32>;
@group(0) @binding(3) var<storage, read> mask: array<i32>;
@group(0) @binding(4) var<storage, read> queryMask: array<i32>;
@group(0) @binding(5) var<storage, read_write> logSum: array<u32>;
${MASK}${BITS}
/** Below all scores: the maximum of no keys. */
const LOWEST: f32 = -3.4028234e38;

var<workgroup> maxima: array<f32, ${TILE}>;
var<workgroup> sums: array<f32, ${TILE}>;
${ENTRY}
  let h = at % shape.heads;
  let i = at / shape.heads % shape.count;
  let b = at / shape.heads / shape.count;
  let row = b * shape.rows + shape.first + i;
  let position = shape.position + i;
${RANGE}
  var maximum = LOWEST;
  var sum = 0.0;
  for (var j = begin + lane; j < after; j += ${TILE}) {
    if (isMasked(b, j, h)) {
      continue;
    }
    let key = keyOffset(b, j, h);
    var score = 0.0;
    for (var d = 0; d < shape.width; d++) {
      score += query[(row * shape.heads + h) * shape.width + d] * keys[key + d];
    }
    score *= shape.scale;
    let bits = bitcast<u32>(score);
    if (bits == 0x7f800000 || isNan(score)) {
      // Differences with it are NaN, and so is the sum.
      sum = bitcast<f32>(bits | 0x7fc00000);
      continue;
    }
    let next = max(maximum, score);
    sum = sum * exp(maximum - next) + exp(score - next);
    maximum = next;
  }
  maxima[local] = maximum;
  sums[local] = sum;
  for (var half = ${TILE / 2}u; half > 0; half /= 2) {
    workgroupBarrier();
    if (local < half) {
      let next = max(maxima[local], maxima[local + half]);
      sums[local] = sums[local] * exp(maxima[local] - next) +
        sums[local + half] * exp(maxima[local + half] - next);
      maxima[local] = next;
    }
  }
  workgroupBarrier();
  // Of nothing there is no logarithm.
  if (local > 0 || isZero(sums[0])) {
    return;
  }
  if (shape.hasQueryMask == 1 && queryMask[row] == 0) {
    return;
  }
  let to = row * shape.heads + h;
  var own = sums[0];
  if (!isNan(own)) {
    own = maxima[0] + log(own);
  }
  if (logSum[to] == NOTHING || isNan(own)) {
    logSum[to] = bitcast<u32>(own);
    return;
  }
  let old = bitcast<f32>(logSum[to]);
  if (isNan(old)) {
    return;
  }
  let larger = max(old, own);
  logSum[to] = bitcast<u32>(larger + log(exp(old - larger) + exp(own - larger)));
}
`,
};

/** `attend`, and a sweep over its scores for the logarithms of their sums. */
export const attendWithSums: GpuKernel<"attendWithSums"> = (
  operands,
  { output, logSum },
  shape,
  context,
) => {
  const { query, queryMask, parts } = operands;
  const count = shape.batch * shape.rows * shape.heads;
  const sweep = sweepCalls("attendWithSums", parts, shape, query.buffer, {
    kernels: [{
      kernel: KERNEL,
      buffers: ({ query, keys, mask }) => [
        ...[query, keys, mask, queryMask?.buffer ?? keys, logSum.buffer],
      ],
    }],
    hasQueryMask: queryMask !== undefined,
  }, context);
  const start = {
    kernel: START,
    words: [count],
    buffers: [logSum.buffer],
    groups: invocations(count),
  };
  const compute = shape.dropout ? attendDropped : attend;
  return [...compute(operands, output, shape, context), start, ...sweep];
};
