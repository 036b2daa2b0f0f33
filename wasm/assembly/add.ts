/** Addition; see cpu/add.ts. */
import { AddArguments } from "./arguments";
import { share } from "./turns";
import { addRows } from "./vector";

/** Threads share the repetitions of y. */
export function add(args: AddArguments, thread: i32, threads: i32, scratch: usize): void {
  if (args.count == 0) return;
  const rows = args.count / args.repeat, bytes = args.repeat * 4;
  const end = share(rows, thread + 1, threads);
  for (let row = share(rows, thread, threads); row < end; row++) {
    const at = <usize> row * bytes;
    addRows(args.result + at, args.x + at, args.y, args.repeat);
  }
}
