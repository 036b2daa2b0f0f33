import { assertEquals } from "@std/assert";
import { parseConfig } from "../../checkpoint/parse_config.ts";
import { FAMILIES, type ModelType } from "../../families/families.ts";
import { positionCount, positionIds } from "../../models/position_ids.ts";

const FROM_PADDING = { ids: "from_padding", tableOffset: 2 } as const;

function positions(rows: number[][], pad = 1): number[] {
  return [...positionIds(FROM_PADDING, Int32Array.from(rows.flat()), rows[0].length, pad)];
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

Deno.test("positionIds counts from the table's offset where positions count from zero", () => {
  const ids = new Int32Array([0, 7, 0, 7]);
  assertEquals([...positionIds({ ids: "from_zero", tableOffset: 2 }, ids, 2, 0)], [2, 3, 2, 3]);
});

Deno.test("positionCount follows the family", () => {
  const config = (model_type: string) =>
    parseConfig({
      model_type,
      max_position_embeddings: 40,
      max_encoder_position_embeddings: 40,
    });
  for (const model_type of Object.keys(FAMILIES) as ModelType[]) {
    const { positions } = FAMILIES[model_type];
    const isCut = typeof positions !== "string" && positions.ids === "from_padding";
    assertEquals(positionCount(config(model_type)), isCut ? 38 : 40, model_type);
  }
  // BART's table has two rows in front of position 0, which its config does not count.
  const table = { table: "positions", ids: "from_zero", tableOffset: 2, configOffset: 0 } as const;
  assertEquals(positionCount(config("bert"), table), 40);
  assertEquals(positionCount(config("bert"), "none"), 40);
});
