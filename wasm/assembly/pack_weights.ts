/** Packs plain floats for `linear`. */
import { PackWeightsArguments } from "./arguments";
import { packColumns, TILE_COLUMNS } from "./tile";
import { share } from "./turns";

/** `[outputs, inputs]` to `[⌈outputs/8⌉, inputs, 8]`. Threads share the panels. */
export function packWeights(args: PackWeightsArguments, thread: i32, threads: i32, scratch: usize): void {
  const inputs = args.inputs, outputs = args.outputs, stride = <usize> inputs * 4;
  const panels = (outputs + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const first = share(panels, thread, threads) * TILE_COLUMNS;
  const last = min(outputs, share(panels, thread + 1, threads) * TILE_COLUMNS);
  if (first >= last) return;
  packColumns(args.from + first * stride, stride, last - first, inputs, args.to + first * stride);
}
