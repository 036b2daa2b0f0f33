/** Rotary position embeddings; see cpu/rotate.ts. */
import { RotateArguments } from "./arguments";
import { share } from "./turns";

/** Threads share the rows. */
export function rotate(args: RotateArguments, thread: i32, threads: i32, scratch: usize): void {
  const heads = args.heads, rows = args.rows, sign = args.sign;
  const half = <usize> args.pairs * 4, width = <usize> args.width * 4;
  const signs = f32x4.splat(sign);
  const end = share(rows, thread + 1, threads);
  for (let row = share(rows, thread, threads); row < end; row++) {
    const cosines = args.turns + <usize> (row % args.turnRows) * 2 * half;
    for (let h = 0; h < heads; h++) {
      const at = (<usize> row * heads + h) * width;
      const x = args.x + at, y = args.y + at;
      let i: usize = 0;
      for (; i + 16 <= half; i += 16) {
        const cosine = v128.load(cosines + i);
        const sine = f32x4.mul(signs, v128.load(cosines + half + i));
        const a = v128.load(x + i), b = v128.load(x + half + i);
        v128.store(y + i, f32x4.sub(f32x4.mul(a, cosine), f32x4.mul(b, sine)));
        v128.store(y + half + i, f32x4.add(f32x4.mul(b, cosine), f32x4.mul(a, sine)));
      }
      for (; i < half; i += 4) {
        const cosine = load<f32>(cosines + i), sine = sign * load<f32>(cosines + half + i);
        const a = load<f32>(x + i), b = load<f32>(x + half + i);
        store<f32>(y + i, a * cosine - b * sine);
        store<f32>(y + half + i, b * cosine + a * sine);
      }
      memory.copy(y + 2 * half, x + 2 * half, width - 2 * half);
    }
  }
}
