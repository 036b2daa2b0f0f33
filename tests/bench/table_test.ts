import { assertEquals, assertThrows } from "@std/assert";
import { formatTable } from "../../bench/table.ts";

Deno.test("formatTable() aligns text left and numbers right", () => {
  const rows = [["512", "full", "0.05"], ["4,096", "LSG", "10.5±0.4"]];
  assertEquals(formatTable(["tokens", "pattern", "s"], rows), [
    "| tokens | pattern |        s |",
    "| -----: | ------- | -------: |",
    "|    512 | full    |     0.05 |",
    "|  4,096 | LSG     | 10.5±0.4 |",
  ]);
});

Deno.test("formatTable() accepts no rows", () => {
  assertEquals(formatTable(["a", "bb"], []), ["| a | bb |", "| - | -- |"]);
});

Deno.test("formatTable() rejects a row of another length", () => {
  assertThrows(
    () => formatTable(["a", "b"], [["1"]]),
    RangeError,
    "a table row of 1 cells: wanted 2",
  );
});
