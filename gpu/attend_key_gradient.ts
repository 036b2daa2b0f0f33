/**
 * The gradient of attention by keys and values.
 *
 * @module
 */
import {
  columns,
  ENTRY,
  MASK,
  SPAN_SHAPE,
  sweepCalls,
  TILE,
  WEIGHT,
} from "./attend_gradient_kernel.ts";
import { clear } from "./clear_kernel.ts";
import type { GpuKernel } from "./kernel.ts";
import type { Kernel } from "./machine/commands.ts";

/**
 * One workgroup per head of a key: each invocation computes the weight of the key for one query, or
 * the gradient by its score, then all add up rows of dy, or queries, a column each. Keys and values
 * in one kernel would need more bindings than WebGPU guarantees.
 */
function sweepKernel(isOfKeys: boolean): Kernel {
  const binding = (number: number, name: string) =>
    `@group(0) @binding(${number}) var<storage, read> ${name}: array<f32>;\n`;
  return {
    name: `attend ${isOfKeys ? "key" : "value"} gradient`,
    code: /* wgsl */ `${SPAN_SHAPE}
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> query: array<f32>;
@group(0) @binding(3) var<storage, read> keys: array<f32>;
@group(0) @binding(4) var<storage, read> mask: array<i32>;
@group(0) @binding(5) var<storage, read> logSum: array<f32>;
@group(0) @binding(6) var<storage, read_write> result: array<f32>;
${isOfKeys ? binding(7, "values") + binding(8, "inner") : ""}
${MASK}${WEIGHT}
var<workgroup> factors: array<f32, ${TILE}>;

/** The quotient, rounded down. */
fn floorOf(x: i32, divisor: i32) -> i32 {
  return x / divisor - select(0, 1, x % divisor < 0);
}
${ENTRY}
  let keyHead = at % shape.keyHeads;
  let j = at / shape.keyHeads % shape.entries;
  let b = at / shape.keyHeads / shape.entries;
  let key = ((b * shape.keyRows + shape.firstEntry + j) * shape.keyHeads + keyHead) * shape.width;
  var begin = 0;
  var after = 0x7fffffff;
  if (shape.stride > 0) {
    // Blocks of queries; limited before they become queries, which must fit 32 bits.
    let blocks = (shape.position + shape.count - 1) / shape.block + 1;
    begin = clamp(floorOf(j - shape.end, shape.stride) + 1, 0, blocks) * shape.block;
    after = clamp(floorOf(j - shape.start, shape.stride) + 1, 0, blocks) * shape.block;
  } else if (j < shape.start || j >= shape.end) {
    after = 0;
  }
  if (shape.causal == 1) {
    begin = max(begin, j);
  }
  begin = max(begin, shape.position) - shape.position;
  after = min(after - shape.position, shape.count);
${columns((i) => `  var sum${i} = 0.0;\n`)}\
  for (var h = 0; h < shape.heads; h++) {
    if (h * shape.keyHeads / shape.heads != keyHead) {
      continue;
    }
    let hidden = isMasked(b, j, h);
    for (var tile = begin; tile < after; tile += ${TILE}) {
      let first = b * shape.rows + shape.first + tile;
      let row = (first + lane) * shape.heads + h;
      var factor = 0.0;
      if (!hidden && tile + lane < after && bitcast<u32>(logSum[row]) != NOTHING) {
        let offset = row * shape.width;
        var score = 0.0;
        for (var d = 0; d < shape.width; d++) {
          score += query[offset + d] * keys[key + d];
        }
        factor = weightOf(score * shape.scale, logSum[row]);
${
      isOfKeys
        ? `        var passed = 0.0;
        for (var d = 0; d < shape.width; d++) {
          passed += dy[offset + d] * values[key + d];
        }
        if (!isZero(factor)) {
          passed *= keptFactor(b, h, tile + lane, j);
          factor *= shape.scale * (passed - inner[row]);
        }
`
        : `        factor *= keptFactor(b, h, tile + lane, j);
`
    }      }
      factors[local] = factor;
      workgroupBarrier();
      for (var k = 0; k < min(${TILE}, after - tile); k++) {
        // A masked query may be any number.
        if (isZero(factors[k])) {
          continue;
        }
        let offset = ((first + k) * shape.heads + h) * shape.width + lane;
${
      columns((i) =>
        `        if (lane + ${TILE * i} < shape.width) {
          sum${i} += factors[k] * ${isOfKeys ? "query" : "dy"}[offset + ${TILE * i}];
        }
`
      )
    }      }
      workgroupBarrier();
    }
  }
${
      columns((i) =>
        `  if (lane + ${TILE * i} < shape.width) {
    result[key + lane + ${TILE * i}] += sum${i};
  }
`
      )
    }}
`,
  };
}

const KEYS = sweepKernel(true);
const VALUES = sweepKernel(false);

/** The sweep over keys; see cpu/attend_key_gradient.ts. */
export const attendKeyGradient: GpuKernel<"attendKeyGradient"> = (
  { dy, logSum, inner, query, parts },
  result,
  { keyRows, ...shape },
  context,
) => {
  const { batch, width, keyHeads } = shape;
  const sweep = sweepCalls("attendKeyGradient", parts, shape, query.buffer, {
    kernels: [
      {
        kernel: KEYS,
        buffers: ({ query, keys, values, mask }) => [
          ...[dy.buffer, query, keys, mask, logSum.buffer, result.keys.buffer],
          ...[values, inner.buffer],
        ],
      },
      {
        kernel: VALUES,
        buffers: ({ query, keys, mask }) => [
          ...[dy.buffer, query, keys, mask, logSum.buffer, result.values.buffer],
        ],
      },
    ],
    isOverKeys: true,
  }, context);
  const count = batch * keyRows * keyHeads * width;
  return [clear(result.keys.buffer, count), clear(result.values.buffer, count), ...sweep];
};
