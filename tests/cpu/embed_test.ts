import { assertEquals } from "@std/assert";
import { embed } from "../../cpu/mod.ts";

const table = new Float32Array([1, 2, 10, 20, 100, 200]);

Deno.test("embed() takes a row for each position and adds the tables", () => {
  const words = { ids: new Int32Array([2, 0, 1, 1]), count: 4, table, rows: 3, scale: 1 };
  const rows = new Float32Array([0.25, 0.125, -0.5, -1]);
  const positions = { ids: new Int32Array([0, 1]), count: 2, table: rows, rows: 2, scale: 2 };
  const result = embed({ lookups: [words, positions] }, { batch: 2, tokens: 2, width: 2 });
  assertEquals([...result], [100.5, 200.25, 0, 0, 10.5, 20.25, 9, 18]);
});

Deno.test("embed() of no table is zeros, of no position nothing", () => {
  assertEquals([...embed({ lookups: [] }, { batch: 1, tokens: 1, width: 2 })], [0, 0]);
  const none = { ids: new Int32Array(0), count: 0, table, rows: 3, scale: 1 };
  assertEquals(embed({ lookups: [none] }, { batch: 1, tokens: 0, width: 2 }).length, 0);
});
