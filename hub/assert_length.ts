/**
 * Limits the length of what a server sends.
 *
 * @module
 */
import { MAX_TEXT_BYTES } from "../checkpoint/source.ts";

/** Names of weights; all other files are texts, and small. */
const WEIGHTS = /\.(safetensors|bin|onnx|onnx_data|h5|msgpack|gguf|pt|pth|ot)$/;

/**
 * Asserts that a file is not too long: a text has at most 100 MB, as in {@linkcode MAX_TEXT_BYTES};
 * weights may have any length that the server sends.
 *
 * @param name The file's name.
 * @param length Its length, or the bytes received so far.
 * @param most The limit, if it is another.
 * @throws {RangeError} If it is longer.
 */
export function assertLength(
  name: string,
  length: number,
  most: number = WEIGHTS.test(name) ? Infinity : MAX_TEXT_BYTES,
): void {
  if (length <= most) return;
  throw new RangeError(
    `Cannot fetch ${name}: got ${length} bytes or more, wanted at most ${most}`,
  );
}
