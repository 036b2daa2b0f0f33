/**
 * Fewer dimensions of an embedding.
 *
 * @module
 */
import { ApiError } from "./api_error.ts";
import type { ServedModel } from "./served_models.ts";

/**
 * Cuts a vector and makes it of length 1 again, where the model was trained for that.
 *
 * @param vector `[width]`.
 * @param dimensions Wanted dimensions; absent: all.
 * @param served The model.
 * @returns `[dimensions]`.
 * @throws {ApiError} 400 if the first dimensions of the model's vectors mean nothing by themselves.
 */
export function shortenVector(
  vector: Float32Array,
  dimensions: number | undefined,
  { name, model: { info } }: ServedModel,
): Float32Array {
  if (dimensions === undefined || dimensions === vector.length) return vector;
  const { matryoshka } = info;
  const isRight = matryoshka === true || matryoshka && matryoshka.includes(dimensions);
  if (!isRight || dimensions > vector.length) {
    throw new ApiError(
      400,
      "invalid_request",
      `Cannot give ${dimensions} dimensions: the vectors of ${name} have ${vector.length}, and ` +
        (matryoshka === undefined
          ? "the model was not trained to be cut (config.json: is_matryoshka)"
          : `it was trained for ${matryoshka === true ? "fewer" : matryoshka.join(", ")}`),
    );
  }
  const short = vector.slice(0, dimensions);
  const length = Math.hypot(...short);
  return length === 0 ? short : short.map((value) => value / length);
}
