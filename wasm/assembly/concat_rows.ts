/** Concatenation of rows; see cpu/concat_rows.ts. */
import { ConcatRowsArguments } from "./arguments";

/** Threads take turns at sequences. */
export function concatRows(args: ConcatRowsArguments, thread: i32, threads: i32, scratch: usize): void {
  const x = args.x, y = args.y;
  const xBytes = <usize> args.xRows * args.width * 4, yBytes = <usize> args.yRows * args.width * 4;
  for (let b = thread; b < args.batch; b += threads) {
    const to = args.result + b * (xBytes + yBytes);
    memory.copy(to, args.isShared ? x : x + b * xBytes, xBytes);
    memory.copy(to + xBytes, y + b * yBytes, yBytes);
  }
}
