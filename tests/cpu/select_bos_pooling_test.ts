import { assertEquals, assertNotEquals } from "@std/assert";
import { selectBosPooling } from "../../cpu/mod.ts";
import { maskWithout, plain, selectShape } from "../helpers/select.ts";

const { fround } = Math;

Deno.test("selectBosPooling() weighs a group by the first token's query over √width", () => {
  // Width 4, one head: scores are 2·key₀ / √4 = key₀, so the keys' weights are e⁰ and e¹.
  const query = new Float32Array([2, 0, 0, 0, 9, 9, 9, 9]);
  const keys = new Float32Array([0, 4, 0, 0, 1, 0, 0, 8]);
  const shape = selectShape(2, 2, 2, { width: 4 });
  const list = selectBosPooling({ query, keys, values: keys, mask: maskWithout(2) }, shape);
  const [a, b] = [1 / (1 + Math.E), Math.E / (1 + Math.E)];
  const expected = [b, 4 * a, 0, 8 * b];
  list.keys.forEach((key, d) => assertEquals(key, fround(expected[d])));
  assertEquals(list.values, list.keys);
});

Deno.test("selectBosPooling() leaves out masked tokens and masks groups without a visible one", () => {
  const keys = new Float32Array([NaN, 3, Infinity, NaN, 7]);
  const values = keys.map((key) => 2 * key);
  const operands = { query: new Float32Array(5), keys, values, mask: maskWithout(5, 0, 2, 3) };
  const list = selectBosPooling(operands, selectShape(5, 6, 2));
  assertEquals(plain(list), { keys: [3, 0, 7], values: [6, 0, 14], mask: [1, 0, 1] });
});

Deno.test("selectBosPooling() reads the first token's query even where it is masked", () => {
  const keys = new Float32Array([5, 1, 2, 3]);
  const run = (first: number) => {
    const query = new Float32Array([first, NaN, NaN, NaN]);
    const operands = { query, keys, values: keys, mask: maskWithout(4, 0) };
    return selectBosPooling(operands, selectShape(4, 4, 2)).keys;
  };
  assertEquals([...run(0)], [1, 2.5]);
  assertNotEquals(run(0), run(1));
});

Deno.test("selectBosPooling() reads the first token's query behind the globals", () => {
  const query = new Float32Array([99, 0, 0]);
  const keys = new Float32Array([99, 1, 2]);
  const shape = selectShape(2, 2, 2, { rows: 3, first: 1 });
  assertEquals([
    ...selectBosPooling({ query, keys, values: keys, mask: maskWithout(2) }, shape).keys,
  ], [1.5]);
});

Deno.test("selectBosPooling() does not overflow where scores are large", () => {
  const query = new Float32Array([1000, 0]);
  const keys = new Float32Array([1, 2]);
  const operands = { query, keys, values: keys, mask: maskWithout(2) };
  const list = selectBosPooling(operands, selectShape(2, 2, 2));
  assertEquals([...list.keys], [2]);
});
