/** Inner products of rows, head by head; see cpu/head_products.ts. */
import { HeadProductsArguments } from "./arguments";
import { share } from "./turns";
import { dotProduct } from "./vector";

/** Threads share the heads. */
export function headProducts(
  args: HeadProductsArguments, thread: i32, threads: i32, scratch: usize,
): void {
  const count = args.count, width = args.width, bytes = <usize> width * 4;
  const end = share(count, thread + 1, threads);
  for (let i = share(count, thread, threads); i < end; i++) {
    store<f32>(args.result + (i << 2), dotProduct(args.x + i * bytes, args.y + i * bytes, width));
  }
}
