import { assertEquals, assertThrows } from "@std/assert";
import { add } from "../../cpu/mod.ts";

Deno.test("add() adds value by value", () => {
  assertEquals([...add(new Float32Array([1, 2]), new Float32Array([10, -2]))], [11, 0]);
});

Deno.test("add() repeats y for every sequence", () => {
  const sum = add(new Float32Array([1, 2, 3, 4, 5, 6]), new Float32Array([10, 20]));
  assertEquals([...sum], [11, 22, 13, 24, 15, 26]);
});

Deno.test("add() rounds once", () => {
  const y = 2 ** -25;
  assertEquals([...add(new Float32Array([1, y]), new Float32Array([y, y]))], [1, 2 * y]);
});

Deno.test("add() of nothing is nothing", () => {
  assertEquals(add(new Float32Array(0), new Float32Array(0)).length, 0);
});

Deno.test("add() refuses a y that does not repeat evenly", () => {
  assertThrows(
    () => add(new Float32Array(5), new Float32Array(2)),
    RangeError,
    "x has 5 values, wanted a multiple of y's 2",
  );
  assertThrows(
    () => add(new Float32Array(2), new Float32Array(4)),
    RangeError,
    "multiple of y's 4",
  );
  assertThrows(
    () => add(new Float32Array(2), new Float32Array(0)),
    RangeError,
    "multiple of y's 0",
  );
});
