import { assertEquals, assertThrows } from "@std/assert";
import { embed } from "../../cpu/mod.ts";

const table = new Float32Array([1, 2, 10, 20, 100, 200]);

Deno.test("embed() takes a row for each place and adds the tables", () => {
  const words = { ids: new Int32Array([2, 0, 1, 1]), table };
  const places = { ids: new Int32Array([0, 1]), table: new Float32Array([0.5, 0.25, -1, -2]) };
  const result = embed([words, places], { batch: 2, tokens: 2, width: 2 });
  assertEquals([...result], [100.5, 200.25, 0, 0, 10.5, 20.25, 9, 18]);
});

Deno.test("embed() of no table is zeros, of no place nothing", () => {
  assertEquals([...embed([], { batch: 1, tokens: 1, width: 2 })], [0, 0]);
  const none = { ids: new Int32Array(0), table };
  assertEquals(embed([none], { batch: 1, tokens: 0, width: 2 }).length, 0);
});

Deno.test("embed() refuses ids without a row", () => {
  for (const id of [-1, 3]) {
    const lookup = { ids: new Int32Array([0, id]), table };
    assertThrows(
      () => embed([lookup], { batch: 1, tokens: 2, width: 2 }),
      RangeError,
      `id ${id} at place 1, wanted 0 … 2`,
    );
  }
});

Deno.test("embed() refuses arrays that do not fit, naming them", () => {
  const shape = { batch: 2, tokens: 2, width: 2 };
  const ids = new Int32Array(4);
  assertThrows(
    () => embed([{ ids: new Int32Array(3), table }], shape),
    RangeError,
    "ids has 3 values, wanted 4 for the shape [2,2]",
  );
  assertThrows(
    () => embed([{ ids, table: new Float32Array(5) }], shape),
    RangeError,
    "table has 5 values, wanted 4 for the shape [2,2]",
  );
});
