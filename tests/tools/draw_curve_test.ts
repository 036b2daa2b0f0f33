import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { drawCurve } from "../../tools/draw_curve.ts";

const MODEL = new URL("../../demo/model/", import.meta.url);

Deno.test("the embedded model's curve matches its figures", async () => {
  const figures = await Deno.readTextFile(new URL("curve.csv", MODEL));
  assertEquals(await Deno.readTextFile(new URL("curve.svg", MODEL)), drawCurve(figures));
});

Deno.test("drawCurve() has a line for training and one for held-out books", () => {
  const svg = drawCurve("step,tokens,train_bits,valid_bits\n1,1000000,9,8\n2,2000000,8,7\n");
  assertEquals(svg.match(/<polyline/g)?.length, 2);
  assertStringIncludes(svg, "held-out books</text>");
});

Deno.test("drawCurve() rejects figures without a required column", () => {
  assertThrows(() => drawCurve("step,tokens\n1,2\n"), SyntaxError, "no column train_bits");
});
