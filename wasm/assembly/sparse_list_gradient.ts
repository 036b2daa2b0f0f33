/** The gradient of a sparse list; see cpu/sparse_list_gradient.ts. */
import { SparseListGradientArguments } from "./arguments";
import { addScaled } from "./vector";

/** Threads share the rows of the result. */
export function sparseListGradient(
  args: SparseListGradientArguments, thread: i32, threads: i32, scratch: usize,
): void {
  const heads = args.heads, width = args.width, kept = args.kept, region = args.region;
  const weights = changetype<usize>(args) + offsetof<SparseListGradientArguments>();
  const all = args.batch * args.rows, bytes = <usize> heads * width * 4;
  for (let row = all * thread / threads; row < all * (thread + 1) / threads; row++) {
    const to = args.result + row * bytes;
    memory.fill(to, 0, bytes);
    const b = row / args.rows, t = row % args.rows - args.first;
    if (t < 0 || t >= args.tokens) continue;
    const i = t % region, weight = load<usize>(weights + (i / width << 2));
    for (let h = 0; h < heads; h++) {
      for (let e = 0; e < kept; e++) {
        const entry = b * args.entries + t / region * kept + e;
        const from = (<usize> entry * heads + h) * width * 4;
        const share = load<f32>(weight + from + (i % width << 2));
        // Most tokens are in one entry at most.
        if (share != 0) addScaled(to + <usize> h * width * 4, share, args.list + from, width);
      }
    }
  }
}
