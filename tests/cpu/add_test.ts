import { assertEquals } from "@std/assert";
import { add } from "../../cpu/mod.ts";

Deno.test("add() adds value by value", () => {
  const sum = add({ x: new Float32Array([1, 2]), y: new Float32Array([10, -2]) });
  assertEquals([...sum], [11, 0]);
});

Deno.test("add() repeats y for every sequence", () => {
  const sum = add({ x: new Float32Array([1, 2, 3, 4, 5, 6]), y: new Float32Array([10, 20]) });
  assertEquals([...sum], [11, 22, 13, 24, 15, 26]);
});

Deno.test("add() rounds once", () => {
  const small = 2 ** -25;
  const sum = add({ x: new Float32Array([1, small]), y: new Float32Array([small, small]) });
  assertEquals([...sum], [1, 2 * small]);
});

Deno.test("add() of nothing is nothing", () => {
  assertEquals(add({ x: new Float32Array(0), y: new Float32Array(0) }).length, 0);
});
