/** Addition; see cpu/add.ts. */
import { AddArguments } from "./arguments";
import { addRows } from "./vector";

/** Threads share the repetitions of y. */
export function add(args: AddArguments, thread: i32, threads: i32, scratch: usize): void {
  if (args.count == 0) return;
  const rows = args.count / args.repeat, bytes = args.repeat * 4;
  for (let row = rows * thread / threads; row < rows * (thread + 1) / threads; row++) {
    const at = <usize> row * bytes;
    addRows(args.result + at, args.x + at, args.y, args.repeat);
  }
}
