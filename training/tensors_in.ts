/**
 * Tensors among the arguments of an operation.
 *
 * @module
 */
import { type DeviceStorage, Tensor } from "../tensor/tensor.ts";

/**
 * The memory of a tensor, which can be held.
 *
 * @param tensor The tensor.
 * @returns Its storage.
 * @throws {TypeError} If the tensor is on no backend.
 */
export function storageOf(tensor: Tensor): DeviceStorage {
  if (tensor.storage?.retain && tensor.storage.release) return tensor.storage;
  throw new TypeError("Cannot train with a tensor that is on no backend");
}

/**
 * The tensors in nested lists and objects.
 *
 * @param value Arguments of an operation, or its result.
 * @returns The tensors.
 */
export function tensorsIn(value: unknown): Tensor[] {
  if (value instanceof Tensor) return [value];
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return [];
  return Object.values(value).flatMap(tensorsIn);
}

/**
 * Replaces the tensors in nested lists and objects.
 *
 * @param value Arguments of an operation.
 * @param replace Gives the tensor that takes a tensor's place, maybe itself.
 * @returns A copy.
 */
export function replaceTensors(value: unknown, replace: (tensor: Tensor) => Tensor): unknown {
  if (value instanceof Tensor) return replace(value);
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map((item) => replaceTensors(item, replace));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, replaceTensors(item, replace)]),
  );
}
