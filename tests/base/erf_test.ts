import { assert, assertEquals } from "@std/assert";
import { erf } from "../../base/erf.ts";

// Expected values: mpmath 1.3.0 with 40 digits, rounded to float64.
const EXPECTED = [
  [1e-300, 1.1283791670955125739e-300],
  [1e-10, 1.1283791670955125739e-10],
  [0.1, 0.1124629160182848922],
  [0.5, 0.52049987781304653768],
  [1, 0.84270079294971486934],
  [1.5, 0.96610514647531072707],
  [2, 0.99532226501895273416],
  [2.5, 0.99959304798255504106],
  [2.9999, 0.99997789557351783912],
  [3, 0.99997790950300141456],
  [3.0001, 0.99997792342412980667],
  [3.5, 0.99999925690162765859],
  [4, 0.99999998458274209972],
  [5, 0.99999999999846254021],
  [5.9, 0.9999999999999999281],
  [6, 0.99999999999999997848],
  [6.1, 0.99999999999999999369],
  [30, 1],
];

Deno.test("erf() is within 1e-15 of high-precision values, on both sides of its seams", () => {
  for (const [x, expected] of EXPECTED) {
    assert(Math.abs(erf(x) - expected) <= 1e-15, `erf(${x}) is ${erf(x)}, wanted ${expected}`);
    assertEquals(erf(-x), -erf(x));
  }
});

Deno.test("erf() keeps its relative precision near 0", () => {
  for (const x of [1e-300, 1e-20, 1e-10]) {
    assert(Math.abs(erf(x) / (2 / Math.sqrt(Math.PI) * x) - 1) < 1e-15, `erf(${x})`);
  }
});

Deno.test("erf() of zeros, infinities and NaN", () => {
  assertEquals([erf(0), erf(-0), erf(Infinity), erf(-Infinity), erf(NaN)], [0, -0, 1, -1, NaN]);
});

Deno.test("erf() never falls", () => {
  let last = -1;
  for (let x = -7; x <= 7; x += 1 / 64) {
    assert(erf(x) >= last - 1e-15, `at ${x}`);
    last = erf(x);
  }
});
