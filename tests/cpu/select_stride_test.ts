import { assertEquals } from "@std/assert";
import { selectStride } from "../../cpu/mod.ts";
import { maskWithout, plain, selectShape } from "../helpers/select.ts";

const keys = new Float32Array([1, 2, 3, 4, 5]);
const values = new Float32Array([10, 20, 30, 40, 50]);

Deno.test("selectStride() takes every factor-th token; padding and masked tokens are masked", () => {
  const list = selectStride({ keys, values, mask: maskWithout(5, 2) }, selectShape(5, 4, 2));
  assertEquals(plain(list), {
    keys: [1, 0, 5, 0],
    values: [10, 0, 50, 0],
    mask: [1, 0, 1, 0],
  });
});

Deno.test("selectStride() starts head h at token h mod factor", () => {
  // Four heads, each a column that holds head + 10 · token.
  const x = Float32Array.from({ length: 16 }, (_, i) => i % 4 + 10 * Math.floor(i / 4));
  const list = selectStride(
    { keys: x, values: x, mask: maskWithout(4) },
    selectShape(4, 4, 2, { heads: 4 }),
  );
  assertEquals([...list.keys], [0, 11, 2, 13, 20, 31, 22, 33]);
});

Deno.test("selectStride() leaves out the globals before the tokens", () => {
  const shape = selectShape(4, 2, 2, { rows: 5, first: 1 });
  assertEquals([...selectStride({ keys, values, mask: maskWithout(4) }, shape).keys], [2, 4]);
});

Deno.test("selectStride() with factor 1 takes all tokens", () => {
  const list = selectStride({ keys, values, mask: maskWithout(5) }, selectShape(5, 5, 1));
  assertEquals(plain(list), { keys: [...keys], values: [...values], mask: [1, 1, 1, 1, 1] });
});
