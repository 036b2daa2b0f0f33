/**
 * Vectors as the OpenAI API's base64.
 *
 * @module
 */

/** Most bytes that become a string at once. */
const PART = 2 ** 13;

/**
 * Encodes a vector: float32, the lowest byte first.
 *
 * @param vector `[width]`.
 * @returns Base64.
 */
export function toBase64(vector: Float32Array): string {
  const view = new DataView(new ArrayBuffer(4 * vector.length));
  vector.forEach((value, i) => view.setFloat32(4 * i, value, true));
  const bytes = new Uint8Array(view.buffer);
  let text = "";
  for (let at = 0; at < bytes.length; at += PART) {
    text += String.fromCharCode(...bytes.subarray(at, at + PART));
  }
  return btoa(text);
}
