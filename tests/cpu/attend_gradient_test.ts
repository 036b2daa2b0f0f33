import { assertEquals } from "@std/assert";
import { attendGradient, attendKeyGradient, attendQueryGradient } from "../../cpu/mod.ts";
import { everything } from "../../ops/span.ts";
import { Random } from "../../tensor/random.ts";

Deno.test("attendGradient() is the sweeps over queries, and over the keys of each pair", () => {
  const draw = (count: number) => new Random(count).normals(count);
  const sizes = { batch: 1, rows: 2, heads: 1, width: 3, keyHeads: 1, scale: 0.5 };
  const source = { first: 0, count: 4, rows: 4, isPerHead: false, number: 0 };
  const [a, b] = [0, 1].map((i) => ({
    ...{ ...source, keys: draw(12 + i).slice(0, 12), values: draw(14 + i).slice(0, 12) },
    spans: [everything(4)],
  }));
  const parts = [{ first: 0, count: 2, position: 0, sources: [a, b, a] }];
  const rows = { dy: draw(6), query: draw(7).slice(0, 6) };
  const operands = { ...rows, logSum: new Float32Array([3, 2]), inner: draw(2) };
  const shape = { ...sizes, pairs: [[0, 1, 0]], keyRows: [4, 4] };
  const made = attendGradient({ ...operands, parts }, shape);
  assertEquals(Object.keys(made), ["query", "keys0", "values0", "keys1", "values1"]);
  assertEquals(made.query, attendQueryGradient({ ...operands, parts }, sizes));
  [[a, a], [b]].forEach((sources, pair) => {
    const seen = [{ ...parts[0], sources }];
    const { keys, values } = attendKeyGradient({ ...operands, parts: seen }, {
      ...sizes,
      keyRows: 4,
    });
    assertEquals([made[`keys${pair}`], made[`values${pair}`]], [keys, values]);
  });
});
