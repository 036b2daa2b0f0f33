import { Tensor } from "../tensor/tensor.ts";
import type { EncodedRow } from "./encoded_row.ts";

/** Inputs of a model, each `[rows, tokens]`. */
export interface StackedRows {
  /** The tokens' ids. */
  readonly input_ids: Tensor<"int32">;
  /** 1 for a token, 0 for padding. */
  readonly attention_mask: Tensor<"int32">;
  /** Which text of a pair a token belongs to; absent if the rows have no types. */
  readonly token_type_ids?: Tensor<"int32">;
}

/**
 * Stacks rows into the tensors of a batch. A single row is not copied.
 *
 * @param rows The rows, at least one, all of the same length: see `padRows`.
 * @returns The batch.
 * @throws {RangeError} If the rows differ in length.
 */
export function stackRows(rows: readonly EncodedRow[]): StackedRows {
  const stack = (arrays: readonly Int32Array[]) => {
    const values = arrays.length === 1 ? arrays[0] : new Int32Array(arrays.length * length);
    if (arrays.length > 1) arrays.forEach((array, i) => values.set(array, i * length));
    return new Tensor("int32", values, [arrays.length, length]);
  };
  const length = commonLength(rows);
  const typeIds = rows.flatMap((row) => row.typeIds ?? []);
  return {
    input_ids: stack(rows.map((row) => row.ids)),
    attention_mask: stack(rows.map((row) => row.mask)),
    ...(typeIds.length === rows.length && { token_type_ids: stack(typeIds) }),
  };
}

/**
 * Returns the length that rows have in common.
 *
 * @param rows The rows, at least one.
 * @returns Their number of tokens.
 * @throws {RangeError} If the rows differ in length.
 */
export function commonLength(rows: readonly EncodedRow[]): number {
  const { length } = rows[0].ids;
  const other = rows.find((row) => row.ids.length !== length);
  if (other === undefined) return length;
  throw new RangeError(
    `Cannot make a tensor of rows of ${length} and ${other.ids.length} tokens: wanted ` +
      "padding: true, with truncation: true if they may be too long, or return_tensor: false",
  );
}
