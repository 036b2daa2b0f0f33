import { assert, assertEquals } from "@std/assert";
import { Best, cosine } from "../../cli/nearest.ts";

Deno.test("cosine() is exact where numbers are large, small or zero", () => {
  assertEquals(cosine(Float32Array.of(3, 0), Float32Array.of(3, 4)), 0.6);
  assertEquals(cosine(Float32Array.of(0, 0), Float32Array.of(3, 4)), 0);
  assertEquals(cosine(Float32Array.of(3e38, 0), Float32Array.of(-3e38, 0)), -1);
  const tiny = cosine(Float32Array.of(1e-45, 1e-45), Float32Array.of(1, 0));
  assert(Math.abs(tiny - Math.SQRT1_2) < 1e-15);
});

Deno.test("Best keeps the highest scores, of equal ones the first", () => {
  const scores = Array.from({ length: 300 }, (_, i) => (i * 7919) % 31);
  const best = new Best<number>(20);
  scores.forEach((score, i) => best.add(score, i));
  const wanted = scores.map((score, value) => ({ score, value }))
    .sort((a, b) => b.score - a.score || a.value - b.value).slice(0, 20);
  assertEquals(best.values, wanted);
  assertEquals(new Best(3).values, []);
});
