/** Sums of rows that belong together; see cpu/add_to_rows.ts. */
import { AddToRowsArguments } from "./arguments";
import { addScaled } from "./vector";

/** Threads share the rows of the result. */
export function addToRows(args: AddToRowsArguments, thread: i32, threads: i32, scratch: usize): void {
  const rows = args.rows, bytes = <usize> args.width * 4;
  for (let row = rows * thread / threads; row < rows * (thread + 1) / threads; row++) {
    const to = args.result + row * bytes;
    memory.fill(to, 0, bytes);
    const last = load<i32>(args.starts + <usize> (row + 1) * 4);
    for (let i = load<i32>(args.starts + <usize> row * 4); i < last; i++) {
      const from = args.y + <usize> load<i32>(args.order + <usize> i * 4) * bytes;
      addScaled(to, args.scale, from, args.width);
    }
  }
}
