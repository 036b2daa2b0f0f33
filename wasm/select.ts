/**
 * The kernel of all operations `select_*`: one function in WebAssembly makes all sparse lists.
 *
 * @module
 */
import type { OperationName } from "../ops/backend.ts";
import type { SelectSizes } from "../ops/select.ts";
import type { OperandsOf } from "../ops/run.ts";
import { oneCall, type WasmKernel, type WasmRoles } from "./kernel.ts";
import { choice, list } from "./machine/layout.ts";

const TYPES = ["norm", "stride", "block_stride", "pooling", "bos_pooling", "lsh"] as const;

/** Types of sparse lists. */
type SelectType = typeof TYPES[number];

/** The operations that make sparse lists. */
type SelectName = Extract<OperationName, `select${string}`>;

/** The operands of any selection. */
type Operands = OperandsOf<"selectNorm", WasmRoles> & {
  readonly query?: number;
  readonly projections?: readonly number[];
};

const DEFINITION = {
  name: "select",
  fields: {
    type: choice("Selection", TYPES),
    keys: "usize",
    values: "usize",
    mask: "usize",
    query: "usize",
    keysOut: "usize",
    valuesOut: "usize",
    maskOut: "usize",
    batch: "i32",
    heads: "i32",
    width: "i32",
    rows: "i32",
    first: "i32",
    tokens: "i32",
    block: "i32",
    factor: "i32",
    chunk: "i32",
    entries: "i32",
    scratch: "usize",
    /** Bytes of scratch memory per thread. */
    scratchBytes: "i32",
    projections: list("Projection", { address: "usize" }),
  },
} as const;

/**
 * A kernel that makes sparse lists.
 *
 * @param name The operation.
 * @param type The type of the lists.
 * @returns The kernel; see the file of its name in cpu/.
 */
export function selectKernel<Name extends SelectName>(
  name: Name,
  type: SelectType,
): WasmKernel<Name> {
  return oneCall(name, DEFINITION, (operands, list, shape, { threads, allocate }) => {
    const { query = 0, projections = [], ...tokens } = operands as Operands;
    const scratchBytes = scratchOf(type, shape);
    return {
      type,
      ...tokens,
      query,
      keysOut: list.keys,
      valuesOut: list.values,
      maskOut: list.mask,
      ...shape,
      scratch: allocate(threads * scratchBytes),
      scratchBytes,
      projections: projections.map((address) => ({ address })),
    };
  });
}

/**
 * Bytes that each thread needs for a chunk: its norms, or two sets of hash buckets with the sums of
 * keys, values and weights; all float64.
 */
function scratchOf(type: SelectType, { chunk, width }: SelectSizes): number {
  if (type === "norm") return chunk * 8;
  if (type === "lsh") return 2 * chunk * (2 * width + 1) * 8;
  return 0;
}
