import { assertEquals } from "@std/assert";
import { selectPooling } from "../../cpu/mod.ts";
import { maskWithout, plain, selectShape } from "../helpers/select.ts";

const keys = new Float32Array([1, 3, 5, 9, 11]);
const values = keys.map((key) => 10 * key);
const { fround } = Math;

Deno.test("selectPooling() averages the visible tokens of each group", () => {
  const list = selectPooling({ keys, values, mask: maskWithout(5, 2) }, selectShape(5, 4, 2));
  assertEquals(plain(list), {
    keys: [fround(4 / 2.000001), fround(9 / 1.000001), fround(11 / 1.000001), 0],
    values: [fround(40 / 2.000001), fround(90 / 1.000001), fround(110 / 1.000001), 0],
    mask: [1, 1, 1, 0],
  });
});

Deno.test("selectPooling() masks a group without a visible token, whatever it holds", () => {
  const x = new Float32Array([NaN, Infinity, 1, 1]);
  const list = selectPooling(
    { keys: x, values: x, mask: maskWithout(4, 0, 1) },
    selectShape(4, 4, 2),
  );
  assertEquals(plain(list).keys, [0, fround(2 / 2.000001)]);
  assertEquals([...list.mask], [0, 1]);
});

Deno.test("selectPooling() averages each column of each head", () => {
  const x = new Float32Array([1, 2, 3, 4, 5, 6, 7, 8]);
  const shape = selectShape(2, 2, 2, { heads: 2, width: 2 });
  const expected = [6, 8, 10, 12].map((sum) => fround(sum / 2.000001));
  assertEquals(
    [...selectPooling({ keys: x, values: x, mask: maskWithout(2) }, shape).keys],
    expected,
  );
});
