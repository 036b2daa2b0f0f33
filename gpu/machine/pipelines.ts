/**
 * Compiled kernels.
 *
 * @module
 */
import type { Kernel } from "./commands.ts";
import type { GpuDataType } from "./device.ts";
import { caught, KernelError } from "./errors.ts";

/** What stands before each kernel: how values are stored, and places in a line of workgroups. */
const PRELUDES: Readonly<Record<GpuDataType, string>> = {
  fp32: "alias Stored = f32;\n",
  fp16: "enable f16;\nalias Stored = f16;\n",
};

const SHARED = `
/** The number of a workgroup where \`line\` of commands.ts says how many there are. */
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
   * A cache without kernels.
   *
   * @param device What compiles.
   * @param dtype How values are stored.
   */
  constructor(device: GPUDevice, dtype: GpuDataType) {
    this.#device = device;
    this.#prelude = PRELUDES[dtype] + SHARED;
  }

  /** How many there are. */
  get size(): number {
    return this.#pipelines.size;
  }

  /**
   * A compiled kernel.
   *
   * @param kernel The kernel.
   * @param constants Values of its override constants.
   * @returns When it is compiled.
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
    { name, code }: Kernel,
    constants: Readonly<Record<string, number>>,
  ): Promise<GPUComputePipeline> {
    const device = this.#device;
    device.pushErrorScope("validation");
    const module = device.createShaderModule({ label: name, code: this.#prelude + code });
    const scope = device.popErrorScope();
    const { messages } = await module.getCompilationInfo();
    const errors = messages.filter(({ type }) => type === "error");
    if (errors.length > 0) {
      const start = this.#prelude.split("\n").length - 1;
      const lines = errors.map(({ lineNum, message }) => `line ${lineNum - start}: ${message}`);
      throw new KernelError(
        `Cannot compile the kernel ${name}: ${lines.join("; ")}; take the device "wasm"`,
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
        `Cannot compile the kernel ${name} with ${JSON.stringify(constants)}: ${message}; take ` +
          'the device "wasm"',
      );
    }
  }
}
