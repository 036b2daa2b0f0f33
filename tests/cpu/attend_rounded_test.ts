import { assert, assertEquals, assertThrows } from "@std/assert";
import { attend, quantizeHeads } from "../../cpu/mod.ts";
import { everything } from "../../ops/span.ts";

/** One query of ones, width 1, and keys whose scores are whole units of ln 2. */
function attendTo(scores: number[], values: number[]): number {
  const sizes = { batch: 1, rows: scores.length, heads: 1, width: 1 };
  const keys = quantizeHeads({ x: new Float32Array(scores) }, sizes);
  const shared = { values: new Float32Array(values), first: 0, isPerHead: false, number: 0 };
  const count = scores.length;
  const source = { ...shared, keys, count, rows: count, spans: [everything(count)] };
  const part = { first: 0, count: 1, position: 0, weights: "q8" as const, sources: [source] };
  const query = new Float32Array([1]);
  const shape = { ...sizes, rows: 1, keyHeads: 1, scale: Math.LN2 };
  return attend({ query, parts: [part] }, shape)[0];
}

Deno.test("attend() rounds values to bytes of a column, and weights to bytes of a query", () => {
  // Integers 127 and 38 with the step 1/127, weights of 255 twice.
  const step = Math.fround(1 / 127);
  const sum = Math.fround(255 * (127 + 38) * step);
  assertEquals(attendTo([0, 0], [1, 0.3]), Math.fround(sum * Math.fround(1 / 510)));
  // A score that is lower by 2: a quarter of 255.
  const quarter = Math.fround((255 * 127 + 64 * 38) * step);
  assertEquals(attendTo([3, 1], [1, 0.3]), Math.fround(quarter * Math.fround(1 / (255 + 64))));
});

Deno.test("attend() keeps the sum of weights that are less than a unit, and those of other groups", () => {
  const many = (count: number) => [1, ...new Array(count).fill(0)];
  // 48 weights of 2⁻⁹, a half of 1/255: without offsets all or none would count.
  const exact = 1 / (1 + 48 * 2 ** -9);
  const near = attendTo(many(48).map((v) => 9 * v), many(48));
  assert(Math.abs(near - exact) < 0.01, `${near}, ${exact}`);
  // 2⁻¹² in groups without the first key: exact.
  const far = attendTo(many(639).map((v) => 12 * v), many(639));
  assert(Math.abs(far - 1 / (1 + 639 * 2 ** -12)) < 0.004, `${far}`);
});

Deno.test("attend() rounds no weights of keys in floats", () => {
  const x = new Float32Array(2);
  const source = { keys: x, values: x, first: 0, count: 2, rows: 2, number: 0, isPerHead: false };
  const sources = [{ ...source, spans: [everything(2)] }];
  const part = { first: 0, count: 2, position: 0, weights: "q8" as const, sources };
  const shape = { batch: 1, rows: 2, heads: 1, width: 1, keyHeads: 1, scale: 1 };
  assertThrows(
    () => attend({ query: x, parts: [part] }, shape),
    TypeError,
    "wanted both in 8 bits",
  );
});
