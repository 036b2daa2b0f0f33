/** Rotary position embeddings; see cpu/rotate.ts. */
import { RotateArguments } from "./arguments";

/** Threads share the rows. */
export function rotate(args: RotateArguments, thread: i32, threads: i32, scratch: usize): void {
  const x = args.x, y = args.y;
  const tokens = args.tokens, heads = args.heads, width = args.width, theta = args.theta;
  const rows = args.batch * tokens;
  const half = width / 2;
  for (let row = rows * thread / threads; row < rows * (thread + 1) / threads; row++) {
    const position = load<i32>(args.positions + <usize> (row % tokens) * 4);
    for (let i = 0; i < half; i++) {
      const angle = <f64> position * NativeMath.pow(theta, <f64> (-2 * i) / width);
      const cosine = <f32> NativeMath.cos(angle), sine = <f32> NativeMath.sin(angle);
      for (let h = 0; h < heads; h++) {
        const at = ((<usize> row * heads + h) * width + i) * 4;
        const first = load<f32>(x + at), second = load<f32>(x + at + half * 4);
        store<f32>(y + at, first * cosine - second * sine);
        store<f32>(y + at + half * 4, second * cosine + first * sine);
      }
    }
  }
}
