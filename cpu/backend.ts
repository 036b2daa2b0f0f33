/**
 * The reference backend: runs each operation immediately, in plain TypeScript.
 *
 * @module
 */
import { checkNames } from "../base/check_options.ts";
import type { AllCalls } from "../ops/backend.ts";
import * as operations from "../ops/operations.ts";
import * as others from "../ops/other_operations.ts";
import { defineOperations, type Stored } from "../ops/run.ts";
import { checkDataType, checkLargest, type DataType } from "../tensor/data_type.ts";
import { decodeFloat16, encodeFloat16 } from "../tensor/float16.ts";
import { type DeviceStorage, Tensor } from "../tensor/tensor.ts";
import { CpuRunner } from "./cpu_runner.ts";
import { KERNELS } from "./kernels.ts";
import { dequantizeWeights, type QuantizedWeights, quantizeWeights } from "./quantize.ts";

/**
 * Backend that runs each operation immediately, with float64 sums rounded to float32.
 *
 * @example
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { AutoModel } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * using model = await AutoModel.from_pretrained("ccdv/lsg-base-4096", {
 *   device: new CpuBackend(), // given as an object, it comes without a warning of its slowness
 * });
 * const { last_hidden_state } = await model({ input_ids: [[0, 5, 6, 2]] });
 * assertEquals(last_hidden_state.dims, [1, 4, model.config.hidden_size]);
 * ```
 */
export class CpuBackend extends CpuRunner {
  /**
   * Opens the backend.
   *
   * @param options The data type of weights; 32-bit floats if absent.
   * @throws {TypeError} If an option is unknown.
   * @throws {RangeError} If the data type is unknown.
   */
  constructor(options: { readonly dtype?: DataType } = {}) {
    super(KERNELS, checkDataType(checkNames("Cannot open cpu", options, ["dtype"]).dtype));
    // Not as this file is loaded, so that it can be left out.
    defineOperations(CpuBackend.prototype, { ...operations, ...others });
  }

  /** Makes a tensor of a storage, with the methods for users. */
  protected override tensor<Type extends Stored>(
    type: Type,
    storage: DeviceStorage,
    dims: readonly number[],
  ): Tensor<Type> {
    return new Tensor(type, storage, dims);
  }

  /** Memory for weights in the data type of this backend. */
  protected override storeWeight(
    values: Float32Array | QuantizedWeights,
    dims: readonly number[],
  ): DeviceStorage {
    const { dtype } = this;
    if ("steps" in values) return this.keep(dequantizeWeights(values), values);
    if (dtype === "fp32") return this.keep(values);
    checkLargest(dtype, values.reduce((size, value) => Math.max(size, Math.abs(value)), 0));
    if (dtype === "fp16") return this.keep(decodeFloat16(encodeFloat16(values)));
    const quantized = quantizeWeights(values, dims[0], dims[1]);
    return this.keep(dequantizeWeights(quantized), quantized);
  }
}

/** All operations as methods, for those who read or compare them. */
export interface CpuBackend extends AllCalls {}
