/** Packs plain floats for `linear`. */
import { PackWeightsArguments } from "./arguments";
import { packColumns } from "./tile";

/** `[outputs, inputs]` to `[⌈outputs/8⌉, inputs, 8]`; on one thread. */
export function packWeights(args: PackWeightsArguments, thread: i32, threads: i32, scratch: usize): void {
  if (thread != 0) return;
  packColumns(args.from, <usize> args.inputs * 4, args.outputs, args.inputs, args.to);
}
