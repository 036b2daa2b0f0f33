import { assertEquals } from "@std/assert";
import { multiply } from "../../cpu/mod.ts";

Deno.test("multiply() multiplies value by value, and leaves its operands as they were", () => {
  const [x, y] = [new Float32Array([1, 2, -3]), new Float32Array([10, -2, 0])];
  assertEquals(multiply({ x, y }), new Float32Array([10, -4, -0]));
  assertEquals([...x, ...y], [1, 2, -3, 10, -2, 0]);
});

Deno.test("multiply() rounds once", () => {
  const near = 1 + 2 ** -23;
  const square = multiply({ x: new Float32Array([near]), y: new Float32Array([near]) });
  assertEquals(square, new Float32Array([1 + 2 ** -22]));
});
