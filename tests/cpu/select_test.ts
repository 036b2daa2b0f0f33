import { assertEquals } from "@std/assert";
import { selectPerHead } from "../../cpu/select.ts";
import { maskWithout, plain, selectShape } from "../helpers/select.ts";

Deno.test("selectPerHead() starts with zeros, all masked, and visits each head of each sequence", () => {
  const shape = { ...selectShape(3, 2, 2), batch: 2, heads: 2, width: 3 };
  const visited: number[][] = [];
  const list = selectPerHead(maskWithout(6), shape, ({ b, h }) => {
    visited.push([b, h]);
  });
  assertEquals(visited, [[0, 0], [0, 1], [1, 0], [1, 1]]);
  // Two entries in each sequence, six columns, two heads.
  assertEquals(plain(list), {
    keys: new Array(24).fill(0),
    values: new Array(24).fill(0),
    mask: new Array(8).fill(0),
  });
});

Deno.test("selectPerHead() tells where tokens and entries are", () => {
  // One global row before three tokens; the fourth position of the padded two blocks is masked.
  const shape = { ...selectShape(3, 2, 1), rows: 4, first: 1, batch: 2, heads: 2, width: 3 };
  selectPerHead(maskWithout(6, 1, 5), shape, (head) => {
    const { b, h } = head;
    assertEquals([0, 1, 2, 3].map((t) => head.isVisible(t)), [
      true,
      b === 1,
      b === 0,
      false,
    ]);
    assertEquals(head.offset(2), ((b * 4 + 1 + 2) * 2 + h) * 3);
    assertEquals(head.entryOffset(3), ((b * 4 + 3) * 2 + h) * 3);
    assertEquals(head.maskOffset(3), (b * 2 + h) * 4 + 3);
  });
});
