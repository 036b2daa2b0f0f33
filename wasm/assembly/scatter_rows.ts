/** Scattering rows into a copy of a tensor; see cpu/scatter_rows.ts. */
import { ScatterRowsArguments } from "./arguments";

/** Threads take turns at sequences. */
export function scatterRows(args: ScatterRowsArguments, thread: i32, threads: i32, scratch: usize): void {
  const rows = args.rows, picked = args.picked, bytes = <usize> args.width * 4;
  for (let b = thread; b < args.batch; b += threads) {
    const to = args.result + b * rows * bytes;
    memory.copy(to, args.x + b * rows * bytes, rows * bytes);
    for (let i = 0; i < picked; i++) {
      const row = load<i32>(args.index + <usize> (b * picked + i) * 4);
      if (row < 0) continue;
      memory.copy(to + row * bytes, args.y + (<usize> b * picked + i) * bytes, bytes);
    }
  }
}
