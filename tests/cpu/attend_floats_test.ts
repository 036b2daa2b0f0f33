import { assertEquals, assertThrows } from "@std/assert";
import { everything } from "../../attention/mod.ts";
import { attend } from "../../cpu/attend.ts";
import { attendFloats } from "../../cpu/attend_floats.ts";
import { Random } from "../../tensor/random.ts";

const shape = { batch: 2, rows: 5, heads: 2, width: 3, keyHeads: 2, scale: 0.5 };
const draw = () => new Random(1).normals(2 * 5 * 2 * 3);
const query = draw();
const rows = { keys: draw(), values: draw(), first: 0, count: 5, rows: 5, number: 0 };
const source = { ...rows, isPerHead: false, spans: [everything(5)] };
const part = { first: 1, count: 4, position: 0, sources: [source] };

Deno.test("attendFloats() is attend() of parts whose weights are floats", () => {
  const parts = [part];
  assertEquals(attendFloats({ query, parts }, shape), attend({ query, parts }, shape));
});

Deno.test("attendFloats() refuses other weights", () => {
  const parts = [part, { ...part, weights: "q8" as const }];
  assertThrows(() => attendFloats({ query, parts }, shape), TypeError, "weights in 8 bits");
});
