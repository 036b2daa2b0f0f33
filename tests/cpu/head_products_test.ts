import { assertEquals } from "@std/assert";
import { headProducts } from "../../cpu/mod.ts";

Deno.test("headProducts() multiplies heads, each with its own", () => {
  const x = new Float32Array([1, 2, 3, 4, 5, 6]);
  assertEquals([...headProducts({ x, y: x }, { count: 2, width: 3 })], [14, 77]);
  assertEquals([...headProducts({ x, y: x }, { count: 6, width: 1 })], [1, 4, 9, 16, 25, 36]);
});
