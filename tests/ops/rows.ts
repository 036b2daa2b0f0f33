/** Shared by the cases of operations that move rows. */
import { Random } from "../../tensor/random.ts";

/** Whole numbers from `lowest` to `count − 1`. */
export function drawRows(size: number, lowest: number, count: number): Int32Array {
  const random = new Random(size + count);
  return Int32Array.from(
    { length: size },
    () => lowest + Math.floor(random.uniform() * (count - lowest)),
  );
}

/** Widths of a row around whole vectors. */
export const WIDTHS = [1, 3, 4, 5, 8, 17];
