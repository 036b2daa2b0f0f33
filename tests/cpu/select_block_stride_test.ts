import { assertEquals } from "@std/assert";
import { selectBlockStride } from "../../cpu/mod.ts";
import { maskWithout, plain, selectShape } from "../helpers/select.ts";

const keys = new Float32Array([1, 2, 3, 4, 5, 6, 7]);
const values = keys.map((key) => 10 * key);

Deno.test("selectBlockStride() takes the head's part of each block", () => {
  const list = selectBlockStride({ keys, values, mask: maskWithout(7, 1) }, selectShape(7, 4, 2));
  assertEquals(plain(list), {
    keys: [1, 0, 5, 6],
    values: [10, 0, 50, 60],
    mask: [1, 0, 1, 1],
  });
});

Deno.test("selectBlockStride() goes round the block head by head", () => {
  // Three heads, each a column that holds head + 10 · token; blocks of four, two entries each.
  const x = Float32Array.from({ length: 24 }, (_, i) => i % 3 + 10 * Math.floor(i / 3));
  const list = selectBlockStride(
    { keys: x, values: x, mask: maskWithout(8) },
    selectShape(8, 4, 2, { heads: 3 }),
  );
  assertEquals([...list.keys], [0, 21, 2, 10, 31, 12, 40, 61, 42, 50, 71, 52]);
});

Deno.test("selectBlockStride() starts again when the heads before took the whole block", () => {
  // Blocks of six, three entries: head 1 starts at token 3, head 2 at token 0 again.
  const x = Float32Array.from({ length: 18 }, (_, i) => i % 3 + 10 * Math.floor(i / 3));
  const list = selectBlockStride(
    { keys: x, values: x, mask: maskWithout(6) },
    selectShape(6, 6, 2, { heads: 3 }),
  );
  assertEquals([...list.keys], [0, 31, 2, 10, 41, 12, 20, 51, 22]);
});

Deno.test("selectBlockStride() masks what lies in the padding of the last block", () => {
  const shape = selectShape(7, 4, 2, { heads: 2 });
  const x = Float32Array.from({ length: 14 }, (_, i) => i);
  const list = selectBlockStride({ keys: x, values: x, mask: maskWithout(7) }, shape);
  // Head 1 takes tokens 2, 3, 6 and 7; 7 does not exist.
  assertEquals([...list.mask], [1, 1, 1, 1, 1, 1, 1, 0]);
});
