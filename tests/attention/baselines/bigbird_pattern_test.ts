import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  bigbirdList,
  bigbirdListSpan,
  bigbirdParts,
  drawBigbirdBlocks,
  isDenseBigbird,
  spanRange,
} from "../../../attention/mod.ts";
import { Random } from "../../../tensor/random.ts";

const shape = { tokens: 30, heads: 2, block_size: 4, num_random_blocks: 1 };

Deno.test("isDenseBigbird() is true up to 704 tokens with the published sizes", () => {
  const published = { heads: 1, block_size: 64, num_random_blocks: 3 };
  assert(isDenseBigbird({ ...published, tokens: 704 }));
  assert(!isDenseBigbird({ ...published, tokens: 705 }));
});

Deno.test("bigbirdParts() show first, last and neighbouring blocks once", () => {
  for (const { block, count, spans } of bigbirdParts(shape)) {
    for (let i = 0; i < count * 4; i++) {
      const own = block + Math.floor(i / 4);
      const seen = spans.flatMap((span) => {
        const [start, end] = spanRange(span, (block - 1) * 4 + i, shape.tokens);
        return Array.from({ length: end - start }, (_, j) => start + j);
      }).sort((a, b) => a - b);
      const wanted = Array.from({ length: 30 }, (_, t) => t).filter((t) => {
        const other = Math.floor(t / 4);
        return other === 0 || other === 7 || Math.abs(other - own) <= 1;
      });
      assertEquals(seen, wanted, `block ${own}`);
    }
  }
});

Deno.test("bigbirdParts() are all blocks but the first and the last", () => {
  const blocks = bigbirdParts(shape).flatMap(({ block, count }) =>
    Array.from({ length: count }, (_, i) => block + i)
  );
  assertEquals(blocks, [1, 2, 3, 4, 5, 6]);
});

Deno.test("drawBigbirdBlocks() draws different blocks that are not seen anyway", () => {
  const wide = { tokens: 20 * 3, heads: 3, block_size: 3, num_random_blocks: 4 };
  const drawn = drawBigbirdBlocks(wide, new Random(1));
  assertEquals(drawn.length, 3 * 18 * 4);
  for (let list = 0; list < 3 * 18; list++) {
    const own = 1 + list % 18;
    const blocks = [...drawn.subarray(list * 4, list * 4 + 4)];
    assertEquals(new Set(blocks).size, 4);
    for (const block of blocks) {
      assert(block > 0 && block < 19 && Math.abs(block - own) > 1, `${block} for ${own}`);
    }
  }
  // As drawn by earlier versions, so that a seed keeps its meaning.
  assertEquals([...drawn.subarray(0, 12)], [12, 15, 17, 9, 11, 18, 8, 12, 9, 17, 11, 15]);
});

Deno.test("drawBigbirdBlocks() draws for many small blocks, in steps that grow with their number", () => {
  // A list of all blocks for each block would take hours.
  const small = { tokens: 2 ** 18, heads: 1, block_size: 1, num_random_blocks: 1 };
  const drawn = drawBigbirdBlocks(small, new Random(1));
  assertEquals(drawn.length, 2 ** 18 - 2);
  assert(drawn.every((block, i) => block > 0 && Math.abs(block - (i + 1)) > 1));
});

Deno.test("bigbirdList() has the tokens of each head's blocks", () => {
  const drawn = new Int32Array([3, 4, 5, 6, 2, 1, 5, 5, 6, 1, 2, 3]);
  const mask = Int32Array.from({ length: 30 }, (_, t) => t === 13 ? 0 : 1);
  const { rows, mask: shown, entries } = bigbirdList(drawn, mask, shape);
  assertEquals(entries, 6 * 4);
  assertEquals([...rows.subarray(0, 8)], [24, 41, 26, 43, 28, 45, 30, 47]);
  assertEquals([...shown.subarray(0, 4)], [1, 0, 1, 1]);
  assertEquals([...shown.subarray(entries, entries + 4)], [1, 1, 1, 1]);
  assertEquals(bigbirdListSpan(shape), { block: 4, stride: 4, start: 0, end: 4, causal: false });
});

Deno.test("bigbirdList() masks blocks that are listed twice or seen anyway", () => {
  const double = { ...shape, heads: 1, num_random_blocks: 2, tokens: 40 };
  const drawn = Int32Array.from({ length: 16 }, () => 5);
  const { rows, mask } = bigbirdList(drawn, new Int32Array(40).fill(1), double);
  // Blocks 4, 5 and 6 have block 5 beside them or are it; the others see it once.
  const visible = Array.from({ length: 16 }, (_, n) => mask[n * 4]);
  assertEquals(visible, [1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0]);
  assertEquals(rows.filter((row) => row === -1).length, 11 * 4);
});

Deno.test("few tokens, which are attended densely, have neither parts nor random blocks", () => {
  const dense = { ...shape, tokens: 28 };
  const calls = [
    () => bigbirdParts(dense),
    () => drawBigbirdBlocks(dense, new Random(0)),
    () => bigbirdList(new Int32Array(10), new Int32Array(28), dense),
  ];
  for (const call of calls) assertThrows(call, RangeError, "wanted more than 7 blocks of 4");
});

Deno.test("bigbirdList() refuses lists that do not fit", () => {
  const mask = new Int32Array(30);
  assertThrows(() => bigbirdList(new Int32Array(11), mask, shape), RangeError, "wanted 12");
  for (const block of [-1, 8]) {
    const drawn = new Int32Array(12).fill(block);
    assertThrows(() => bigbirdList(drawn, mask, shape), RangeError, `block ${block}: wanted 0 … 7`);
  }
});
