import { assert, assertEquals } from "@std/assert";
import { plainRotation, rotaryTurns } from "../../attention/mod.ts";
import { rotate } from "../../cpu/mod.ts";
import { Draw } from "../helpers/draw.ts";

const sizes = {
  batch: 1,
  tokens: 1,
  heads: 1,
  width: 4,
  pairs: 2,
  sequences: 1,
  isInverse: false,
};

function rotateBy(x: Float32Array, positions: number[], shape = sizes): Float32Array {
  const turns = rotaryTurns(Int32Array.from(positions), plainRotation(10000, 4));
  return rotate({ x, turns }, shape);
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
  // Turns of at most 1 rounded to float32, times at most 3 and 4; the result rounded once.
  expected.forEach((value, i) => {
    assert(Math.abs(result[i] - value) <= 2 ** -24 * (7 + Math.abs(value)), `column ${i}`);
  });
});

Deno.test("rotate() undoes a turn by the opposite one, or with isInverse", () => {
  const x = new Draw(0).normals(4);
  assertEquals(rotateBy(x, [0]), x);
  const there = rotateBy(x, [5]);
  const largest = Math.max(...x.map(Math.abs));
  for (const back of [rotateBy(there, [-5]), rotateBy(there, [5], { ...sizes, isInverse: true })]) {
    // Each turn rounds its cosine and sine, and both values of a pair; a pair is at most √2 times
    // its larger value.
    const bound = 8 * 2 ** -24 * Math.SQRT2 * largest;
    back.forEach((value, i) => assert(Math.abs(value - x[i]) <= bound));
  }
});

Deno.test("rotate() turns every head alike and every token by its own position", () => {
  const [first, second] = [1, 2].map((seed) => new Draw(seed).normals(4));
  const x = new Float32Array([...first, ...second, ...second, ...first]);
  const two = { ...sizes, tokens: 2, heads: 2 };
  const result = rotateBy(x, [7, 9], two);
  const alone = (head: Float32Array, position: number) => rotateBy(head, [position]);
  assertEquals([...result], [
    ...alone(first, 7),
    ...alone(second, 7),
    ...alone(second, 9),
    ...alone(first, 9),
  ]);
  const twice = rotateBy(new Float32Array([...x, ...x]), [7, 9], { ...two, batch: 2 });
  assertEquals([...twice], [...result, ...result]);
  const own = rotateBy(new Float32Array([...x, ...x]), [7, 9, 0, 7], {
    ...two,
    batch: 2,
    sequences: 2,
  });
  assertEquals([...own], [...result, ...rotateBy(x, [0, 7], two)]);
});
