/** Rows written into a tensor in place; what they mean is in cpu/write_rows.ts. */
import { WriteRowsArguments } from "./arguments";
import { share } from "./turns";

/** Threads share the rows of y. */
export function writeRows(
  args: WriteRowsArguments, thread: i32, threads: i32, scratch: usize,
): void {
  const rows = args.rows, picked = args.picked, bytes = <usize> args.width * 4;
  const all = args.batch * picked;
  const end = share(all, thread + 1, threads);
  for (let i = share(all, thread, threads); i < end; i++) {
    const row = load<i32>(args.index + <usize> (i % args.indices) * 4);
    if (row < 0) continue;
    memory.copy(args.x + (<usize> (i / picked) * rows + row) * bytes, args.y + i * bytes, bytes);
  }
}
