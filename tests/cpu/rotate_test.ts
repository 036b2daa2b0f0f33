import { assert, assertEquals } from "@std/assert";
import { rotate } from "../../cpu/mod.ts";
import { Draw } from "../helpers/draw.ts";

const shape = { batch: 1, tokens: 1, heads: 1, width: 4, theta: 10000 };

function rotateBy(x: Float32Array, positions: number[], sizes = shape): Float32Array {
  return rotate({ x, positions: new Int32Array(positions) }, sizes);
}

Deno.test("rotate() turns columns i and i + width/2 together", () => {
  const [a, b, c, d] = [1, 2, 3, 4];
  const result = rotateBy(new Float32Array([a, b, c, d]), [3]);
  // Angles 3 · 10000^0 and 3 · 10000^(−1/2).
  const expected = [
    a * Math.cos(3) - c * Math.sin(3),
    b * Math.cos(0.03) - d * Math.sin(0.03),
    c * Math.cos(3) + a * Math.sin(3),
    d * Math.cos(0.03) + b * Math.sin(0.03),
  ];
  // Rounded once; 10000^(−1/2) may be off in its last bit.
  expected.forEach((value, i) => {
    assert(Math.abs(result[i] - value) <= 2 ** -24 * Math.abs(value) + 1e-14, `column ${i}`);
  });
});

Deno.test("rotate() leaves position 0 as it is and undoes a turn by the opposite one", () => {
  const x = new Draw(0).normals(4);
  assertEquals(rotateBy(x, [0]), x);
  const there = rotateBy(x, [5]);
  const back = rotateBy(there, [-5]);
  // Each turn rounds both values of a pair once; a pair is at most √2 times its larger value.
  const largest = Math.max(...x.map(Math.abs));
  back.forEach((value, i) => assert(Math.abs(value - x[i]) <= 3 * 2 ** -24 * Math.SQRT2 * largest));
});

Deno.test("rotate() turns every head alike and every token by its own position", () => {
  const [first, second] = [1, 2].map((seed) => new Draw(seed).normals(4));
  const x = new Float32Array([...first, ...second, ...second, ...first]);
  const sizes = { ...shape, tokens: 2, heads: 2 };
  const result = rotateBy(x, [7, 9], sizes);
  const alone = (head: Float32Array, position: number) => rotateBy(head, [position]);
  assertEquals([...result], [
    ...alone(first, 7),
    ...alone(second, 7),
    ...alone(second, 9),
    ...alone(first, 9),
  ]);
  const twice = rotateBy(new Float32Array([...x, ...x]), [7, 9], { ...sizes, batch: 2 });
  assertEquals([...twice], [...result, ...result]);
});
