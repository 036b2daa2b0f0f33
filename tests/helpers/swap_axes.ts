/** Transposes `[batch, x, y, width]` to `[batch, y, x, width]`, such as tokens and heads. */
export function swapAxes(values: Float32Array, batch: number, x: number, y: number): Float32Array {
  const width = values.length / (batch * x * y);
  return values.map((_, to) => {
    const d = to % width;
    const i = Math.floor(to / width) % x;
    const j = Math.floor(to / (width * x)) % y;
    const b = Math.floor(to / (width * x * y));
    return values[((b * x + i) * y + j) * width + d];
  });
}
