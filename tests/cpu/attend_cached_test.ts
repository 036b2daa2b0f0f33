import { assert, assertEquals } from "@std/assert";
import { attend, attendCached } from "../../cpu/mod.ts";
import { everything } from "../../attention/mod.ts";
import { Random } from "../../tensor/random.ts";

const sizes = { batch: 1, rows: 2, capacity: 3, listed: 3, indices: 6 };
const one = { heads: 1, width: 1, keyHeads: 1, scale: 1 };

Deno.test("attendCached() weighs the rows of each query's list", () => {
  const keys = new Float32Array([0, Math.log(3), 5]);
  const values = new Float32Array([4, 8, 16]);
  const seen = new Int32Array([0, 1, -1, -1, -1, -1]);
  const query = new Float32Array([1, 1]);
  const y = attendCached({ query, keys, values, seen }, { ...sizes, ...one });
  // A few float64 operations, and keys and results rounded to float32.
  assert(Math.abs(y[0] - (4 + 3 * 8) / 4) < 1e-6);
  assertEquals(y[1], 0);
});

Deno.test("attendCached() of whole caches is attend()", () => {
  const random = new Random(1);
  const [batch, rows, capacity, heads, width, keyHeads] = [2, 3, 7, 4, 5, 2];
  const query = random.normals(batch * rows * heads * width);
  const [keys, values] = [1, 2].map(() => random.normals(batch * capacity * keyHeads * width));
  const shape = { batch, rows, heads, width, keyHeads, scale: 0.4 };
  const seen = Int32Array.from({ length: rows * capacity }, (_, i) => i % capacity);
  const cached = { ...shape, capacity, listed: capacity, indices: seen.length };
  const y = attendCached({ query, keys, values, seen }, cached);
  const span = everything(capacity);
  const ranges = {
    first: 0,
    count: capacity,
    rows: capacity,
    isPerHead: false,
    number: 0,
    spans: [span],
  };
  const parts = [{ first: 0, count: rows, position: 0, sources: [{ keys, values, ...ranges }] }];
  // Both are sums in float64, rounded to float32.
  attend({ query, parts }, shape).forEach((wanted, i) => assert(Math.abs(y[i] - wanted) < 1e-6));
});
