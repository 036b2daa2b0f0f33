/** Gathering rows of a tensor; see cpu/gather_rows.ts. */
import { GatherRowsArguments } from "./arguments";
import { share } from "./turns";

/** Threads share the rows. */
export function gatherRows(args: GatherRowsArguments, thread: i32, threads: i32, scratch: usize): void {
  const rows = args.rows, picked = args.picked, bytes = <usize> args.width * 4;
  const all = args.batch * picked;
  const end = share(all, thread + 1, threads);
  for (let i = share(all, thread, threads); i < end; i++) {
    const row = load<i32>(args.index + <usize> (i % args.indices) * 4);
    const to = args.y + i * bytes;
    if (row < 0) memory.fill(to, 0, bytes);
    else memory.copy(to, args.x + (<usize> (i / picked) * rows + row) * bytes, bytes);
  }
}
