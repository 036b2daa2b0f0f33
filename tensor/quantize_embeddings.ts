/**
 * Embeddings to bits.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";
import { Tensor } from "./tensor.ts";

/** The type of 8 bits: `binary` is int8, `ubinary` is uint8. */
export type QuantizedType<Precision extends "binary" | "ubinary"> = Precision extends "binary"
  ? "int8"
  : "uint8";

/**
 * Packs embeddings to bits, 1 for numbers above 0: a 32nd of the memory, compared by the number of
 * bits that differ.
 *
 * @param tensor Embeddings, on the host, `[rows, width]`; the width is a multiple of 8.
 * @param precision `ubinary`: bytes, the first value in the highest bit; `binary`: bytes less 128.
 * @returns The bytes, `[rows, width / 8]`, as int8 or uint8.
 * @throws {TypeError} If the embeddings are not floats.
 * @throws {RangeError} If the precision is another, the dimensions do not fit, or a value is NaN.
 *
 * @example
 * ```ts
 * import { quantize_embeddings, Tensor } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const embedding = new Tensor("float32", [0.5, -1, 2, 0, 0, 0, 0, 0.1], [1, 8]);
 * assertEquals(quantize_embeddings(embedding, "ubinary").tolist(), [[0b10100001]]);
 * assertEquals(quantize_embeddings(embedding, "binary").tolist(), [[0b10100001 - 128]]);
 * ```
 */
export function quantize_embeddings<Precision extends "binary" | "ubinary">(
  tensor: Tensor<"float32">,
  precision: Precision,
): Tensor<QuantizedType<Precision>> {
  if (!(tensor instanceof Tensor) || tensor.type !== "float32") {
    throw new TypeError("Cannot quantize embeddings: wanted a tensor of float32");
  }
  if (precision !== "binary" && precision !== "ubinary") {
    throw new RangeError(
      `Cannot quantize embeddings to ${showValue(precision)}: wanted "binary" or "ubinary"`,
    );
  }
  const { dims, data } = tensor;
  const [rows, width] = dims;
  if (dims.length !== 2 || width % 8 !== 0 || data.some(Number.isNaN)) {
    throw new RangeError(
      `Cannot quantize embeddings of shape [${dims}]: wanted [rows, width], a width that is a ` +
        "multiple of 8, and no NaN",
    );
  }
  const offset = precision === "binary" ? 128 : 0;
  const bytes = Array.from({ length: data.length / 8 }, (_, i) => {
    const values = data.subarray(8 * i, 8 * (i + 1));
    return values.reduce((byte, value) => 2 * byte + Number(value > 0), 0) - offset;
  });
  const type = precision === "binary" ? "int8" : "uint8";
  return new Tensor(type as QuantizedType<Precision>, bytes, [rows, width / 8]);
}
