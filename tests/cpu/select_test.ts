import { assertEquals, assertThrows } from "@std/assert";
import { paddedTokens, selectPerHead, type SelectShape } from "../../cpu/mod.ts";
import { maskWithout, plain, selectShape } from "../helpers/select.ts";

Deno.test("paddedTokens() fills up the last block", () => {
  const padded = [0, 1, 3, 4, 5, 8, 9].map((tokens) => paddedTokens({ tokens, block: 4 }));
  assertEquals(padded, [0, 4, 4, 4, 8, 8, 12]);
});

Deno.test("selectPerHead() starts with zeros, all masked, and visits each head of each sequence", () => {
  const shape = { ...selectShape(3, 2, 2), batch: 2, heads: 2, width: 3 };
  const x = new Float32Array(2 * 3 * 2 * 3);
  const visited: number[][] = [];
  const list = selectPerHead("room", x, x, maskWithout(6), shape, ({ b, h }) => {
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
  // One global row before three tokens; the fourth place of the padded two blocks is masked.
  const shape = { ...selectShape(3, 2, 1), rows: 4, first: 1, batch: 2, heads: 2, width: 3 };
  const x = new Float32Array(2 * 4 * 2 * 3);
  selectPerHead("room", x, x, maskWithout(6, 1, 5), shape, (head) => {
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

Deno.test("selectPerHead() refuses what does not fit, naming the room", () => {
  const x = new Float32Array(4);
  const mask = maskWithout(4);
  const run = (more: Partial<SelectShape>, keys = x, values = x, visible = mask) => () =>
    selectPerHead("room", keys, values, visible, { ...selectShape(4, 4, 2), ...more }, () => {});
  const refused: [() => unknown, string][] = [
    [run({}, x.subarray(1)), "room: keys has 3 values, wanted 4 for the shape [1,4,1]"],
    [run({}, x, x.subarray(1)), "room: values has 3 values, wanted 4"],
    [run({}, x, x, mask.subarray(1)), "room: mask has 3 values, wanted 4"],
    [run({}, x, x, new Int32Array(4).fill(3)), "room: mask holds 3 at 0"],
    [run({ first: 1 }), "room: tokens in rows 1 … 4 of 4"],
    [run({ first: -1 }), "room: tokens in rows -1 … 2 of 4"],
    [run({ first: NaN }), "room: tokens in rows NaN … NaN of 4"],
    [run({ block: 0 }), "room: blocks of 0 tokens, wanted a whole number ≥ 1"],
    [run({ factor: 3 }), "factor 3 must divide chunk 4, and chunk must divide block 4"],
    [run({ factor: 0 }), "factor 0 must divide"],
    [run({ factor: -2 }), "factor -2 must divide"],
    [run({ factor: 0.5 }), "factor 0.5 must divide"],
    [run({ chunk: 3 }), "chunk must divide block 4"],
    [run({ factor: 4, chunk: 2 }), "factor 4 must divide chunk 2"],
  ];
  for (const [call, message] of refused) assertThrows(call, RangeError, message);
});
