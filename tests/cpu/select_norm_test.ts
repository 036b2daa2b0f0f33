import { assertEquals } from "@std/assert";
import { selectNorm } from "../../cpu/mod.ts";
import { maskWithout, plain, selectShape } from "../helpers/select.ts";

Deno.test("selectNorm() keeps the longest keys of each chunk in the order of their positions", () => {
  const keys = new Float32Array([1, -4, 3, 2, 5, 6, -8, 7]);
  const values = keys.map((_, t) => t);
  const list = selectNorm({ keys, values, mask: maskWithout(8) }, selectShape(8, 4, 2));
  assertEquals(plain(list), { keys: [-4, 3, -8, 7], values: [1, 2, 6, 7], mask: [1, 1, 1, 1] });
});

Deno.test("selectNorm() chooses in chunks that may be smaller than the block", () => {
  const keys = new Float32Array([9, 8, 1, 2]);
  const list = selectNorm(
    { keys, values: keys, mask: maskWithout(4) },
    selectShape(4, 4, 2, { chunk: 2 }),
  );
  assertEquals([...list.keys], [9, 2]);
});

Deno.test("selectNorm() measures the whole head, each head for itself", () => {
  // Heads of width 2: [3, 4] and [0, 1] in token 0, [4, 2] and [1, 1] in token 1.
  const keys = new Float32Array([3, 4, 0, 1, 4, 2, 1, 1]);
  const shape = selectShape(2, 2, 2, { heads: 2, width: 2 });
  assertEquals([...selectNorm({ keys, values: keys, mask: maskWithout(2) }, shape).keys], [
    3,
    4,
    1,
    1,
  ]);
});

Deno.test("selectNorm() of equal norms takes the lower position", () => {
  const keys = new Float32Array([2, -3, 3, -2, 3, 0]);
  const list = selectNorm({ keys, values: keys, mask: maskWithout(6) }, selectShape(6, 6, 3));
  assertEquals([...list.keys], [-3, 3]);
  assertEquals([
    ...selectNorm({ keys, values: keys, mask: maskWithout(6, 2) }, selectShape(6, 6, 6)).keys,
  ], [-3]);
});

Deno.test("selectNorm() counts a masked token as 0 and keeps it masked where too few are left", () => {
  const keys = new Float32Array([9, 1, 0, NaN]);
  const list = selectNorm({ keys, values: keys, mask: maskWithout(4, 0, 3) }, selectShape(4, 4, 2));
  // Tokens 0 and 2 tie with norm 0, so token 0 is the other one, masked.
  assertEquals(plain(list), { keys: [0, 1], values: [0, 1], mask: [0, 1] });
});

Deno.test("selectNorm() of masked tokens alone is masked", () => {
  const keys = new Float32Array([1, 2]);
  const list = selectNorm({ keys, values: keys, mask: maskWithout(2, 0, 1) }, selectShape(2, 2, 1));
  assertEquals(plain(list), { keys: [0, 0], values: [0, 0], mask: [0, 0] });
});
