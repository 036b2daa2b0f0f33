/**
 * The reference for some operations alone, so that a page need not download all.
 *
 * @module
 */
import type { Backend, OperationName, Operations } from "../ops/backend.ts";
import { defineOperations } from "../ops/run.ts";
import { CpuRunner } from "../cpu/cpu_runner.ts";
import type { KERNELS } from "../cpu/kernels.ts";

/** An operation and its kernel, by the name of both. */
export type SomeOperations = {
  readonly [Name in OperationName]?: readonly [
    operation: Operations[Name],
    kernel: (typeof KERNELS)[Name],
  ];
};

/**
 * Opens the reference for some operations.
 *
 * @param operations The operations.
 * @returns A backend that has these methods alone.
 */
export function openSome(operations: SomeOperations): Backend {
  const entries = Object.entries(operations);
  const kernels = Object.fromEntries(entries.map(([name, [, kernel]]) => [name, kernel]));
  const backend = new CpuRunner(kernels);
  const described = Object.fromEntries(entries.map(([name, [operation]]) => [name, operation]));
  defineOperations(backend, described);
  return backend as unknown as Backend;
}
