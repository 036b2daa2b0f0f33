import { assertEquals } from "@std/assert";
import { attend, quantizeHeads } from "../../cpu/mod.ts";
import { everything } from "../../ops/span.ts";

const floats = (...values: number[]) => new Float32Array(values);

Deno.test("quantizeHeads() gives each head of each row a step", () => {
  const x = floats(-254, 1, 63, 0.5, 0, 0, 1, -127);
  const shape = { batch: 1, rows: 2, heads: 2, width: 2 };
  const made = quantizeHeads({ x }, shape);
  assertEquals([...made.steps], [2, 63, 0, 127].map((n, i) => i % 2 ? Math.fround(n / 127) : n));
  assertEquals([...made.values], [-127, 0, 127, 1, 0, 0, 1, -127]); // 0.5 is rounded to even
  assertEquals(made.floats[3], Math.fround(made.steps[1]));
});

Deno.test("quantizeHeads() takes each sequence's mean off its rows", () => {
  const shape = { batch: 2, rows: 1, heads: 1, width: 2 };
  const { values } = quantizeHeads({ x: floats(2, 3, 5, 9), mean: floats(1, 3, 7, 7) }, shape);
  assertEquals([...values], [127, 0, -127, 127]);
});

Deno.test("attend() rounds the queries of keys in 8 bits, and sums integers", () => {
  const [rows, width] = [2, 2];
  const keys = quantizeHeads({ x: floats(127, 3.2, 254, 0) }, { batch: 1, rows, heads: 1, width });
  const source = { keys, values: floats(0, 0, 1, 1), first: 0, count: 2, rows, number: 0 };
  const sources = [{ ...source, isPerHead: false, spans: [everything(2)] }];
  const parts = [{ first: 0, count: 1, position: 0, sources }];
  const sizes = { batch: 1, rows: 1, heads: 1, width, keyHeads: 1, scale: 2 ** -10 };
  const [y] = attend({ query: floats(63.5, 0.7), parts }, sizes);
  // Integers: keys [127, 3], [127, 0] with the steps 1 and 2, the query [127, 1] with the step 0.5.
  const [a, b] = [(127 * 127 + 3) * 0.5 / 1024, 127 * 127 * 0.5 * 2 / 1024];
  assertEquals(y, Math.fround(1 / (1 + Math.exp(a - b))));
});
