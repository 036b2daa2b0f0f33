import { assertEquals, assertThrows } from "@std/assert";
import { positionRows, positionTable } from "../../checkpoint/position_table.ts";
import { FAMILIES } from "../../families/families.ts";

Deno.test("positionTable() is the family's table, and an error where there is none", () => {
  assertEquals(positionTable(FAMILIES.bert).table, "embeddings.position_embeddings.weight");
  for (const positions of ["rotary", "none"] as const) {
    assertThrows(
      () => positionTable({ className: "Llama", positions }),
      RangeError,
      "Cannot change the positions of Llama: it has no position table",
    );
  }
});

Deno.test("positionRows() counts the rows in front of position 0 once", () => {
  const rows = (tableOffset: number, configOffset: number) =>
    positionRows({ max_position_embeddings: 514 }, { tableOffset, configOffset });
  assertEquals([rows(0, 0), rows(2, 2), rows(2, 0)], [514, 514, 516]);
});
