import { assertEquals } from "@std/assert";
import { type CpuSparseList, selectLsh } from "../../cpu/mod.ts";
import type { SelectSizes } from "../../ops/select.ts";
import { maskWithout, plain, selectShape } from "../helpers/select.ts";

const { fround } = Math;
const mean = (sum: number, count: number) => fround(sum / (count + 1e-8));
const floats = (...values: number[]) => new Float32Array(values);

/** A selection where values are the keys and all tokens are visible, unless said otherwise. */
function select(
  keys: Float32Array,
  projections: Float32Array[],
  sizes: SelectSizes,
  more: { readonly values?: Float32Array; readonly mask?: Int32Array } = {},
): CpuSparseList {
  const mask = maskWithout(sizes.batch * sizes.tokens);
  return selectLsh({ keys, values: keys, mask, projections, ...more }, sizes);
}

Deno.test("selectLsh() sums keys of one direction into one bucket", () => {
  // One column: bucket 0 takes positive keys, bucket 1 negative ones.
  const keys = floats(1, -2, 3, -5);
  const values = keys.map((_, t) => 10 * t);
  const list = select(keys, [floats(1)], selectShape(4, 4, 2), { values });
  assertEquals(plain(list), {
    keys: [mean(4, 2), mean(-7, 2)],
    values: [mean(20, 2), mean(40, 2)],
    mask: [1, 1],
  });
});

Deno.test("selectLsh() takes the largest of all columns and their opposites", () => {
  // Width 2, the identity as projection: buckets +x, +y, −x, −y.
  const keys = floats(2, 1, 1, 2, -2, 1, 1, -2, 3, 0, 0, 3, -3, 0, 0, -3);
  const shape = selectShape(8, 8, 2, { width: 2 });
  const list = select(keys, [floats(1, 0, 0, 1)], shape);
  const sums = [5, 1, 1, 5, -5, 1, 1, -5];
  assertEquals([...list.keys], sums.map((sum) => mean(sum, 2)));
});

Deno.test("selectLsh() hashes the sums of a round in the next one", () => {
  // First round into four buckets (two columns): +x gets 4 and 1, −x gets −2 and −2.5. The
  // second one turns signs around.
  const keys = floats(4, -2, 1, -2.5);
  const projections = [floats(1, 0.5), floats(-1)];
  const list = select(keys, projections, selectShape(4, 4, 2));
  assertEquals([...list.keys], [mean(-4.5, 2), mean(5, 2)]);
});

Deno.test("selectLsh() weighs tokens alike after a pre-round, not buckets", () => {
  // +x and −x of the first round hold three and one token; the last round has one bucket.
  const keys = floats(1, 2, 3, -2);
  const projections = [floats(1, 0.5), floats()];
  const list = select(keys, projections, selectShape(4, 4, 4));
  assertEquals([...list.keys], [mean(4, 4)]);
});

Deno.test("selectLsh() leaves out masked tokens and masks empty buckets", () => {
  const keys = floats(NaN, 2, 3, Infinity);
  const list = select(keys, [floats(1)], selectShape(4, 4, 2), { mask: maskWithout(4, 0, 3) });
  assertEquals(plain(list), { keys: [mean(5, 2), 0], values: [mean(5, 2), 0], mask: [1, 0] });
});

Deno.test("selectLsh() leaves the last of an odd number of buckets empty", () => {
  const keys = floats(1, -1, 2, -2, 3, -3);
  const list = select(keys, [floats(1)], selectShape(6, 6, 2));
  assertEquals([...list.keys], [mean(6, 3), mean(-6, 3), 0]);
  assertEquals([...list.mask], [1, 1, 0]);
});

Deno.test("selectLsh() with one bucket averages the chunk", () => {
  const keys = floats(1, -1, 6);
  const list = select(keys, [floats()], selectShape(3, 3, 3));
  assertEquals(plain(list), { keys: [mean(6, 3)], values: [mean(6, 3)], mask: [1] });
});

Deno.test("selectLsh() puts a tie into the lower bucket, a key of length 0 into the first", () => {
  // Two equal columns tie for every key.
  const keys = floats(0, 1, -1, 2);
  const list = select(keys, [floats(1, 1)], selectShape(4, 4, 1));
  assertEquals([...list.keys], [mean(3, 3), 0, mean(-1, 1), 0]);
});

Deno.test("selectLsh() has a projection for each head and the same for each sequence and chunk", () => {
  // Two heads with opposite signs, two sequences of two chunks of two tokens.
  const keys = floats(1, 1, -1, -1, 2, 2, -2, -2);
  const shape = selectShape(4, 2, 1, { heads: 2 });
  const twice = { ...shape, batch: 2 };
  const list = select(floats(...keys, ...keys), [floats(1, -1)], twice);
  const expected = [1, -1, -1, 1, 2, -2, -2, 2].map((x) => mean(x, 1));
  assertEquals([...list.keys], [...expected, ...expected]);
});
