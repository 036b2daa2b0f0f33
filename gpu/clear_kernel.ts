/**
 * Zeros, for results to which several calls add.
 *
 * @module
 */
import { type Command, invocations, type Kernel, MAIN } from "./machine/commands.ts";

/** One invocation per value. */
const KERNEL: Kernel = {
  name: "clear",
  code: /* wgsl */ `
@group(0) @binding(0) var<uniform> count: u32;
@group(0) @binding(1) var<storage, read_write> result: array<Stored>;
${MAIN}
  if (i >= count) {
    return;
  }
  result[i] = 0;
}
`,
};

/**
 * A call that fills a tensor with zeros.
 *
 * @param result Its buffer.
 * @param count Number of values.
 * @returns The call.
 */
export function clear(result: GPUBuffer, count: number): Command {
  return { kernel: KERNEL, words: [count], buffers: [result], groups: invocations(count) };
}
