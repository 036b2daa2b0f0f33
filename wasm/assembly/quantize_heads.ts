/** Keys and values in 8 bits; see cpu/quantize_heads.ts. */
import { QuantizeHeadsArguments } from "./arguments";
import { byteRow, copyHead, paddedHead } from "./head_bytes";
import { inverseOf, sixteen } from "./quantize";
import { share } from "./turns";

/** Each thread rounds some of the rows, or makes floats of them. */
export function quantizeHeads(
  args: QuantizeHeadsArguments, thread: i32, threads: i32, scratch: usize,
): void {
  const rows = args.rows, heads = args.heads, width = args.width, all = args.batch * rows;
  const stride = <usize> (heads * width) * 4, held = byteRow(heads, width);
  const padded = paddedHead(width), zeros = scratch + (padded << 2), meanOf = args.mean;
  memory.fill(zeros, 0, padded << 2);
  const first = share(all, thread, threads), end = share(all, thread + 1, threads);
  for (let i = first; i < end; i++) {
    if (args.widens) {
      widenRow(args.from + i * held, heads, width, args.to + i * stride);
      continue;
    }
    const from = args.from + i * stride, to = args.to + i * held;
    for (let h = 0; h < heads; h++) {
      const head = <usize> (h * width) * 4;
      copyHead(from + head, meanOf ? meanOf + i / rows * stride + head : zeros, width, scratch);
      const factor = f32x4.splat(inverseOf(scratch, padded, to + heads * padded + (h << 2)));
      for (let d = 0; d < padded; d += 16) {
        v128.store(to + h * padded + d, sixteen(scratch + (d << 2), factor));
      }
    }
  }
}

function widenRow(from: usize, heads: i32, width: i32, to: usize): void {
  const padded = paddedHead(width), steps = from + heads * padded;
  for (let h = 0; h < heads; h++) {
    const step = load<f32>(steps + (h << 2));
    for (let d = 0; d < width; d++, to += 4) store<f32>(to, step * <f32> load<i8>(from + h * padded + d));
  }
}
