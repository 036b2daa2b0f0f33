/** Keys and values in half precision; see cpu/halve.ts. */
import { HalveArguments } from "./arguments";
import { halveRow, widenRow } from "./half";
import { share } from "./turns";

/** Threads share the values, in whole vectors. */
export function halve(args: HalveArguments, thread: i32, threads: i32, scratch: usize): void {
  const count = args.count, eights = (count + 7) / 8;
  const first = 8 * share(eights, thread, threads);
  const own = min(count, 8 * share(eights, thread + 1, threads)) - first;
  if (args.widens) widenRow(args.from + first * 2, own, args.to + first * 4);
  else halveRow(args.from + first * 4, own, args.to + first * 2);
}
