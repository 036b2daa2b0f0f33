/**
 * Compiled kernels.
 *
 * @module
 */
import { floatWord, type Kernel } from "./commands.ts";
import { type GpuDataType, hasSubgroups } from "./device.ts";
import { caught, KernelError } from "./errors.ts";

const FLOATS = /* wgsl */ `alias Stored = f32;
fn stored(x: f32) -> Stored {
  return x;
}
`;

/**
 * WGSL rounds to float16 in any direction, and what is too large to the largest number or to infinity.
 * So a number that float16 holds is made first: the nearest, of two the even one, or infinity.
 */
const HALVES = /* wgsl */ `enable f16;
alias Stored = f16;
fn nearestHalf(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  let size = bits & 0x7fffffff;
  var rounded = (bits + 0xfff + ((bits >> 13) & 1)) & 0xffffe000;
  rounded = select(rounded, (bits & 0x80000000) | 0x7f800000, size >= ${floatWord(65520)});
  // NaN, and what has fewer digits in float16, as they are.
  rounded = select(rounded, bits, size > 0x7f800000 || size < ${floatWord(2 ** -14)});
  return bitcast<f32>(rounded);
}
fn stored(x: f32) -> Stored {
  return Stored(nearestHalf(x));
}
`;

/** The beginning of each kernel: the type of stored values, and `stored()`, which makes one. */
const PRELUDES: Readonly<Record<GpuDataType, string>> = {
  fp32: FLOATS,
  q8: FLOATS,
  fp16: HALVES,
};

const SUBGROUPS = "enable subgroups;\nrequires subgroup_id;\n";

const SHARED = /* wgsl */ `
/** The index of a workgroup in a line that \`line\` of commands.ts lays out. */
fn lineOf(group: vec3<u32>, groups: vec3<u32>) -> u32 {
  return group.y * groups.x + group.x;
}
`;

/** Compiles kernels and keeps them, one for each kernel and set of override constants. */
export class Pipelines {
  readonly #device: GPUDevice;
  readonly #prelude: string;
  readonly #pipelines = new Map<string, Promise<GPUComputePipeline>>();

  /**
   * Makes a cache without kernels.
   *
   * @param device The device that compiles.
   * @param dtype Data type of stored values.
   */
  constructor(device: GPUDevice, dtype: GpuDataType) {
    this.#device = device;
    this.#prelude = PRELUDES[dtype] + SHARED;
  }

  /** Number of compiled kernels. */
  get size(): number {
    return this.#pipelines.size;
  }

  /**
   * A compiled kernel.
   *
   * @param kernel The kernel.
   * @param constants Values of its override constants.
   * @returns A promise of the compiled kernel.
   * @throws {KernelError} If the driver refuses it.
   */
  get(
    kernel: Kernel,
    constants: Readonly<Record<string, number>> = {},
  ): Promise<GPUComputePipeline> {
    const key = kernel.name + JSON.stringify(constants);
    let pipeline = this.#pipelines.get(key);
    if (!pipeline) this.#pipelines.set(key, pipeline = this.#compile(kernel, constants));
    return pipeline;
  }

  async #compile(
    { name, code, subgroupCode }: Kernel,
    constants: Readonly<Record<string, number>>,
  ): Promise<GPUComputePipeline> {
    const device = this.#device;
    const own = hasSubgroups(device) ? subgroupCode : undefined;
    const prelude = own ? SUBGROUPS + this.#prelude : this.#prelude;
    device.pushErrorScope("validation");
    const module = device.createShaderModule({ label: name, code: prelude + (own ?? code) });
    const scope = device.popErrorScope();
    const { messages } = await module.getCompilationInfo();
    const errors = messages.filter(({ type }) => type === "error");
    if (errors.length > 0) {
      const start = prelude.split("\n").length - 1;
      const lines = errors.map(({ lineNum, message }) => `line ${lineNum - start}: ${message}`);
      throw new KernelError(
        `Cannot compile the kernel ${name}: ${lines.join("; ")}; use the device "wasm"`,
      );
    }
    const error = await scope;
    if (error) throw caught(error, `compile the kernel ${name}`);
    try {
      return await device.createComputePipelineAsync({
        label: name,
        layout: "auto",
        compute: { module, entryPoint: "main", constants },
      });
    } catch (error) {
      const { message } = error as Error;
      throw new KernelError(
        `Cannot compile the kernel ${name} with ${JSON.stringify(constants)}: ${message}; use ` +
          'the device "wasm"',
      );
    }
  }
}
