import { assertEquals, assertThrows } from "@std/assert";
import { formatTable } from "../../bench/table.ts";

Deno.test("formatTable lines text up on the left and numbers on the right", () => {
  const rows = [["512", "full", "0.05"], ["4,096", "LSG", "10.5"]];
  assertEquals(formatTable(["tokens", "pattern", "s"], rows), [
    "| tokens | pattern |    s |",
    "| -----: | ------- | ---: |",
    "|    512 | full    | 0.05 |",
    "|  4,096 | LSG     | 10.5 |",
  ]);
});

Deno.test("formatTable takes no rows", () => {
  assertEquals(formatTable(["a", "bb"], []), ["| a | bb |", "| - | -- |"]);
});

Deno.test("formatTable refuses a row of another length", () => {
  assertThrows(() => formatTable(["a", "b"], [["1"]]), RangeError, "1 cells in a table: wanted 2");
});
