/**
 * Storages: the arrays that hold the elements of tensors, beside a pickle.
 *
 * @module
 */
import { showValue } from "../../base/show_value.ts";
import { bytesPerElement, type Dtype } from "../dtypes.ts";
import { malformed, refused } from "./fault.ts";
import { PickleTuple } from "./pickle_values.ts";

/** Element types by the names of PyTorch's classes. */
const DTYPES: Readonly<Record<string, Dtype>> = {
  FloatStorage: "F32",
  HalfStorage: "F16",
  BFloat16Storage: "BF16",
  DoubleStorage: "F64",
  LongStorage: "I64",
  IntStorage: "I32",
  ShortStorage: "I16",
  CharStorage: "I8",
  ByteStorage: "U8",
  BoolStorage: "BOOL",
};

/** The class of a storage. */
export class StorageType {
  /** The type of its elements. */
  readonly dtype: Dtype;

  /** Makes the class of storages of an element type. */
  constructor(dtype: Dtype) {
    this.dtype = dtype;
  }
}

/** The classes by name. */
export const STORAGE_TYPES: ReadonlyMap<string, StorageType> = new Map(
  Object.entries(DTYPES).map(([name, dtype]) => [name, new StorageType(dtype)]),
);

/** A storage that a pickle refers to. */
export class Storage {
  /** Its name in the file. */
  readonly key: string;
  /** The type of its elements. */
  readonly dtype: Dtype;
  /** Number of its elements. */
  readonly length: number;

  /** Describes a storage. */
  constructor(key: string, dtype: Dtype, length: number) {
    this.key = key;
    this.dtype = dtype;
    this.length = length;
  }

  /** Its size in bytes. */
  get bytes(): number {
    return this.length * bytesPerElement(this.dtype);
  }
}

/** The storages that a pickle refers to, by key. Tensors that share one refer to the same. */
export class Storages {
  /** All storages, by key. */
  readonly byKey = new Map<string, Storage>();

  /**
   * Returns the storage of a reference: `("storage", class, key, device, length)`, in the legacy
   * format with a view, which is None.
   *
   * @param id The reference.
   * @returns The storage.
   * @throws {Fault} If it is malformed, or contradicts an earlier one.
   */
  load(id: unknown): Storage {
    const [kind, type, key, device, length, view] = id instanceof PickleTuple ? id.items : [];
    if (
      kind !== "storage" || !(type instanceof StorageType) || typeof key !== "string" ||
      typeof device !== "string" || !isCount(length)
    ) throw malformed("it has a malformed reference to a storage");
    if (view !== undefined && view !== null) {
      throw refused("it has a storage that is part of another, which is not supported");
    }
    const { dtype } = type;
    const known = this.byKey.get(key);
    if (known !== undefined) {
      if (known.dtype === dtype && known.length === length) return known;
      throw malformed(
        `it refers to the storage ${showValue(key)} as ${known.length} × ${known.dtype} and as ` +
          `${length} × ${dtype}`,
      );
    }
    const storage = new Storage(key, dtype, length);
    this.byKey.set(key, storage);
    return storage;
  }
}

/**
 * Returns whether a value is a number of elements.
 *
 * @param value Any value of a pickle.
 * @returns True for a whole number ≥ 0 that is exact.
 */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
