/** Fills memory with zeros. */
import { ClearArguments } from "./arguments";

/** Threads share the vectors. */
export function clear(args: ClearArguments, thread: i32, threads: i32, scratch: usize): void {
  const vectors = <i64> args.vectors;
  const first = <usize> (vectors * thread / threads), last = <usize> (vectors * (thread + 1) / threads);
  memory.fill(args.to + first * 16, 0, (last - first) * 16);
}
