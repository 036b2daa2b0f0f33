/** The gradient of a sparse list; see cpu/sparse_list_gradient.ts. */
import { SparseListGradientArguments } from "./arguments";
import { share } from "./turns";
import { addScaled } from "./vector";

/**
 * Threads share the regions and heads. Weights are read entry by entry, each from its first token to its
 * last: most are 0, as an entry is made of few tokens.
 */
export function sparseListGradient(
  args: SparseListGradientArguments, thread: i32, threads: i32, scratch: usize,
): void {
  const heads = args.heads, width = args.width, kept = args.kept, region = args.region;
  const first = args.first, tokens = args.tokens, rows = args.rows, result = args.result;
  const weights = changetype<usize>(args) + offsetof<SparseListGradientArguments>();
  const bytes = <usize> heads * width * 4, headBytes = <usize> width * 4;
  if (thread == 0) {
    for (let b = 0; b < args.batch; b++) {
      const start = result + <usize> (b * rows) * bytes, end = first + tokens;
      memory.fill(start, 0, <usize> first * bytes);
      memory.fill(start + <usize> end * bytes, 0, <usize> (rows - end) * bytes);
    }
  }
  const regions = (tokens + region - 1) / region, all = args.batch * regions * heads;
  const end = share(all, thread + 1, threads);
  for (let part = share(all, thread, threads); part < end; part++) {
    const h = part % heads, number = part / heads % regions, b = part / heads / regions;
    const count = min(region, tokens - number * region);
    const to = result + <usize> (b * rows + first + number * region) * bytes + <usize> h * headBytes;
    for (let t = 0; t < count; t++) memory.fill(to + <usize> t * bytes, 0, headBytes);
    for (let e = 0; e < kept; e++) {
      const entry = b * args.entries + number * kept + e;
      const from = <usize> entry * bytes + <usize> h * headBytes, values = args.list + from;
      for (let t = 0; t < count; t += width) {
        const shares = load<usize>(weights + (t / width << 2)) + from;
        addShares(shares, min(width, count - t), values, to + <usize> t * bytes, bytes, width);
      }
    }
  }
}

/** Adds an entry to the rows of `count` tokens, with the share of each, where it is not 0. */
function addShares(
  shares: usize, count: i32, values: usize, to: usize, bytes: usize, width: i32,
): void {
  const zero = f32x4.splat(0);
  for (let t = 0; t < count; t++) {
    if (count - t >= 4 && !v128.any_true(f32x4.ne(v128.load(shares + (t << 2)), zero))) {
      t += 3;
      continue;
    }
    const share = load<f32>(shares + (t << 2));
    if (share != 0) addScaled(to + <usize> t * bytes, share, values, width);
  }
}
