import { assertEquals } from "@std/assert";
import { parseConfig } from "../../checkpoint/config.ts";
import { positionCount, positionIds, positionsOf } from "../../models/mod.ts";

function positions(rows: number[][], pad = 1): number[] {
  return [...positionIds(Int32Array.from(rows.flat()), rows[0].length, pad)];
}

Deno.test("positionIds counts from the row after the padding id's", () => {
  assertEquals(positions([[0, 7, 8, 2]]), [2, 3, 4, 5]);
  assertEquals(positions([[5, 7, 8]], 0), [1, 2, 3]);
});

Deno.test("positionIds leaves padding at its id and does not count it, wherever it stands", () => {
  assertEquals(positions([[0, 7, 1, 1]]), [2, 3, 1, 1]);
  assertEquals(positions([[1, 1, 0, 7]]), [1, 1, 2, 3]);
  assertEquals(positions([[0, 1, 7, 1, 2]]), [2, 1, 3, 1, 4]);
  assertEquals(positions([[1, 1]]), [1, 1]);
});

Deno.test("positionIds begins anew in each sequence", () => {
  assertEquals(positions([[0, 7, 2], [0, 1, 2], [1, 0, 2]]), [2, 3, 4, 2, 1, 3, 1, 2, 3]);
});

Deno.test("positionsOf and positionCount follow the family", () => {
  const ids = new Int32Array([0, 7, 0, 7]);
  const config = (model_type: string) => parseConfig({ model_type, max_position_embeddings: 40 });
  for (const model_type of ["bert", "distilbert", "electra", "albert"]) {
    assertEquals([...positionsOf(config(model_type), ids, 2)], [0, 1, 0, 1]);
    assertEquals(positionCount(config(model_type)), 40);
  }
  for (const model_type of ["roberta", "camembert", "xlm-roberta", "longformer"]) {
    assertEquals([...positionsOf(config(model_type), ids, 2)], [2, 3, 2, 3]);
    assertEquals(positionCount(config(model_type)), 38);
  }
});
