import { CpuBackend } from "../../cpu/backend.ts";
import type { OperationName } from "../../ops/backend.ts";

/** A kernel that ran. */
export interface Launch {
  readonly name: OperationName;
  /** Sizes and settings of the operation. */
  readonly shape: Readonly<Record<string, unknown>>;
  /** Bytes that it wrote to a new tensor. */
  readonly bytes: number;
}

/** A reference backend that keeps a list of the kernels that ran. */
export class CountingBackend extends CpuBackend {
  #launches: Launch[] = [];

  /** Returns the kernels that ran since the last call. */
  takeLaunches(): Launch[] {
    const launches = this.#launches;
    this.#launches = [];
    return launches;
  }

  protected override launch(
    name: OperationName,
    operands: unknown,
    result: unknown,
    shape: unknown,
  ): void {
    super.launch(name, operands, result, shape);
    const bytes = (result as { bytes?: number } | undefined)?.bytes ?? 0;
    this.#launches.push({ name, shape: shape as Launch["shape"], bytes });
  }
}
