/**
 * A backend whose operations are run by kernels.
 *
 * @module
 */
import { type DeviceStorage, Tensor } from "../tensor/tensor.ts";
import type { Calls } from "./backend.ts";
import * as operations from "./operations.ts";
import { defineOperations, OperationRunner, type Stored } from "./run.ts";

/** A backend whose operations are run by kernels, which a subclass provides. */
export abstract class KernelBackend extends OperationRunner {
  /** Gives backends their methods; not as this file is loaded, so that it can be left out. */
  constructor() {
    super();
    defineOperations(KernelBackend.prototype, operations);
  }

  /** Makes a tensor of a storage. */
  protected tensor<Type extends Stored>(
    type: Type,
    storage: DeviceStorage,
    dims: readonly number[],
  ): Tensor<Type> {
    return new Tensor(type, storage, dims);
  }
}

/** The operations as methods. */
export interface KernelBackend extends Calls {}
