import { assertEquals } from "@std/assert";
import { halve } from "../../cpu/mod.ts";

Deno.test("halve() rounds to the nearest number of 11 bits, ties to even", () => {
  const x = new Float32Array([2049, 2051, -1e-9, 65519, 65520, -Infinity, NaN]);
  const wanted = [2048, 2052, -0, 65504, Infinity, -Infinity, NaN];
  assertEquals([...halve({ x }, { count: 7 })], wanted);
});
