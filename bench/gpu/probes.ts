/**
 * Limits of a graphics processor: what it does without a model.
 *
 * @module
 */
import type { Kernel } from "../../gpu/machine/commands.ts";
import { Machine } from "../../gpu/machine/machine.ts";
import { timeCalls, type TimeOptions } from "./time_calls.ts";

/** What a graphics processor does at most. */
export interface Limits {
  /** Seconds of a submission of nothing, and of reading 4 bytes. */
  readonly reading: number;
  /** Seconds that one more kernel takes which does nothing. */
  readonly launch: number;
  /** GFLOPS of multiply-adds in registers. */
  readonly peak: number;
  /** GB/s at which memory is read. */
  readonly bandwidth: number;
}

/** Invocations of a workgroup. */
const THREADS = 256;

/** Multiply-adds of four numbers in an iteration, in as many registers as hide their latency. */
const REGISTERS = 8;
const UNROLLED = 4;

const each = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join("");

const PEAK: Kernel = {
  name: "probe of multiply-adds",
  code: /* wgsl */ `
@group(0) @binding(0) var<uniform> iterations: u32;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(${THREADS})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let factor = vec4<f32>(0.5 + 0.001 * f32(id.x % 7));
${each(REGISTERS, (i) => `  var sum${i} = factor + ${i};\n`)}\
  for (var i = 0u; i < iterations; i++) {
${each(UNROLLED, () => each(REGISTERS, (i) => `    sum${i} = fma(sum${i}, factor, factor);\n`))}\
  }
  let all = ${each(REGISTERS - 1, (i) => `sum${i} + `)}sum${REGISTERS - 1};
  y[id.x] = all.x + all.y + all.z + all.w;
}
`,
};

/** Vectors of four numbers that an invocation reads. */
const READ = 16;

const BANDWIDTH: Kernel = {
  name: "probe of reading",
  code: /* wgsl */ `
@group(0) @binding(0) var<uniform> threads: u32;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(${THREADS})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let i = lineOf(group, groups) * ${THREADS} + local;
  var sum = vec4<f32>();
${each(READ, (j) => `  sum += x[i + ${j} * threads];\n`)}\
  y[i] = sum.x + sum.y + sum.z + sum.w;
}
`,
};

const NOTHING: Kernel = {
  name: "probe of launches",
  code: /* wgsl */ `
@group(0) @binding(0) var<uniform> value: f32;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(1)
fn main() {
  y[0] = value;
}
`,
};

/**
 * Measures the limits.
 *
 * @param options How long to measure.
 * @returns The limits.
 * @throws {NoAdapterError} If there is no graphics processor.
 */
export async function measureLimits(options: TimeOptions): Promise<Limits> {
  const machine = await Machine.open({});
  try {
    const { isEmulated } = machine.traits;
    const [groups, iterations] = isEmulated ? [16, 64] : [2048, 256];
    const bytes = Math.min(isEmulated ? 2 ** 24 : 2 ** 28, machine.buffers.largest);
    // Whole workgroups, each of whose invocations reads so many vectors.
    const readers = Math.floor(bytes / (16 * READ * THREADS)) * THREADS;
    const x = machine.allocate(16 * READ * readers, false);
    const y = machine.allocate(4 * Math.max(readers, groups * THREADS), false);
    const read = () => machine.read([{ buffer: y, bytes: 4 }]);
    const time = (
      { kernel, word, groups }: { kernel: Kernel; word: number; groups: number },
      buffers: GPUBuffer[],
    ) =>
      timeCalls((count) => {
        for (let i = 0; i < count; i++) {
          machine.record({ kernel, words: [word], buffers, groups: [groups, 1, 1] });
        }
        return read();
      }, options);
    const launch = await time({ kernel: NOTHING, word: 0, groups: 1 }, [y]);
    const reading = await timeCalls(async (count) => {
      for (let i = 0; i < count; i++) await read();
    }, options);
    const peak = await time({ kernel: PEAK, word: iterations, groups }, [y]);
    const bandwidth = await time(
      { kernel: BANDWIDTH, word: readers, groups: readers / THREADS },
      [x, y],
    );
    const flop = 2 * 4 * REGISTERS * UNROLLED * iterations * groups * THREADS;
    return {
      reading,
      launch,
      peak: flop / peak / 1e9,
      bandwidth: 16 * READ * readers / bandwidth / 1e9,
    };
  } finally {
    machine.dispose();
  }
}
