/** Multiplication; see cpu/multiply.ts. */
import { MultiplyArguments } from "./arguments";
import { share } from "./turns";

/** Threads share the values, in whole vectors. */
export function multiply(args: MultiplyArguments, thread: i32, threads: i32, scratch: usize): void {
  const x = args.x, y = args.y, result = args.result;
  const vectors = (args.count + 3) / 4;
  const last = min(args.count, 4 * share(vectors, thread + 1, threads));
  let i = 4 * share(vectors, thread, threads);
  for (; i + 4 <= last; i += 4) {
    v128.store(result + (i << 2), f32x4.mul(v128.load(x + (i << 2)), v128.load(y + (i << 2))));
  }
  for (; i < last; i++) {
    store<f32>(result + (i << 2), load<f32>(x + (i << 2)) * load<f32>(y + (i << 2)));
  }
}
