/** Fills memory with zeros. */
import { ClearArguments } from "./arguments";
import { share } from "./turns";

/** Threads share the vectors. */
export function clear(args: ClearArguments, thread: i32, threads: i32, scratch: usize): void {
  const vectors = args.vectors;
  const first = <usize> share(vectors, thread, threads);
  const last = <usize> share(vectors, thread + 1, threads);
  memory.fill(args.to + first * 16, 0, (last - first) * 16);
}
