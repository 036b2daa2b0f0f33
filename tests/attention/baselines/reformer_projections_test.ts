import { assertEquals } from "@std/assert";
import { drawReformerProjection, reformerColumns } from "../../../attention/mod.ts";
import { Random } from "../../../tensor/random.ts";

Deno.test("reformerColumns() is one for each two chunks begun", () => {
  assertEquals([1, 128, 129, 4096].map(reformerColumns), [1, 1, 2, 32]);
});

Deno.test("drawReformerProjection() draws normals for each head and width", () => {
  const drawn = drawReformerProjection(300, 2, 5, new Random(9));
  assertEquals(drawn, new Random(9).normals(2 * 5 * 3));
});
