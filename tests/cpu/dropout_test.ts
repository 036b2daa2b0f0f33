import { assertEquals } from "@std/assert";
import { dropout } from "../../cpu/mod.ts";

/** Word i of splitmix32, whose mixing is murmur3's finaliser. */
function word(key: number, i: number): number {
  let h = (key + Math.imul(i + 1, 0x9e3779b9)) >>> 0;
  h = Math.imul(h ^ h >>> 16, 0x85ebca6b);
  h = Math.imul(h ^ h >>> 13, 0xc2b2ae35);
  return (h ^ h >>> 16) >>> 0;
}

Deno.test("dropout() keeps the values whose words are not below the threshold", () => {
  const count = 1000, key = 0xfedcba98, threshold = Math.floor(0.1 * 2 ** 32);
  const x = Float32Array.from({ length: count }, (_, i) => i - 500);
  const wanted = x.map((value, i) => word(key, i) < threshold ? 0 : value * 1.5);
  assertEquals(dropout({ x }, { count, key, threshold, factor: 1.5 }), wanted);
  const kept = wanted.filter((value) => value !== 0).length;
  assertEquals(kept > 850 && kept < 950, true, `${kept}`);
  assertEquals(dropout({ x }, { count, key, threshold: 0, factor: 1 }), x);
});
