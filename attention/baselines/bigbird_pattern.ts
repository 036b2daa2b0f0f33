/**
 * Which keys a BigBird query sees: spans, and lists of random blocks.
 *
 * @module
 */
import type { Random } from "../../tensor/random.ts";
import type { Span } from "../../ops/span.ts";

/** Sizes of BigBird attention. */
export interface BigbirdShape {
  /** Tokens, without padding to blocks. */
  readonly tokens: number;
  /** Heads. */
  readonly heads: number;
  /** Tokens of a block. */
  readonly block_size: number;
  /** Random blocks that a block sees. */
  readonly num_random_blocks: number;
}

/** Queries between the first and the last block that see the same spans. */
export interface BigbirdPart {
  /** First block of queries. */
  readonly block: number;
  /** How many blocks. */
  readonly count: number;
  /** Over the tokens, for queries that are counted from block 1. */
  readonly spans: readonly Span[];
}

/** The tokens of all random blocks, one list after the other. */
export interface BigbirdList {
  /** `[entries, heads]`: which row of `[tokens·heads, width]` an entry is; −1: none. */
  readonly rows: Int32Array;
  /** `[batch, heads, entries]`: 1 visible. */
  readonly mask: Int32Array;
  /** Tokens of all lists of a head. */
  readonly entries: number;
}

/**
 * Tells whether so few tokens are attended densely: with the defaults up to 704.
 *
 * @param shape Sizes.
 * @returns True if they are.
 *
 * @example
 * ```ts
 * import { isDenseBigbird } from "@lsg/core/attention";
 * import { assert } from "@std/assert";
 *
 * const shape = { heads: 12, block_size: 64, num_random_blocks: 3 };
 * assert(isDenseBigbird({ ...shape, tokens: 704 }) && !isDenseBigbird({ ...shape, tokens: 705 }));
 * ```
 */
export function isDenseBigbird(shape: BigbirdShape): boolean {
  return shape.tokens <= (5 + 2 * shape.num_random_blocks) * shape.block_size;
}

/**
 * The blocks that a query sees besides random ones: the first block, the last, its own and its
 * neighbours.
 *
 * @param shape Sizes; not dense.
 * @returns Parts for the blocks between the first and the last, which see everything. A block next
 * to one of these has it among its neighbours. Spans are over the tokens; their query 0 is the
 * first token of block 1.
 * @throws {RangeError} If the shape is dense.
 *
 * @example What a token of block 2 sees
 * ```ts
 * import { bigbirdParts, spanRange } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * const shape = { tokens: 32, heads: 1, block_size: 4, num_random_blocks: 1 }; // 8 blocks
 * const [, middle] = bigbirdParts(shape); // between the blocks next to the first and the last
 * assertEquals([middle.block, middle.count], [2, 4]);
 * const query = 2 * 4 - 4; // the first token of block 2, counted from block 1
 * const seen = middle.spans.map((span) => spanRange(span, query, shape.tokens));
 * assertEquals(seen, [[0, 4], [4, 16], [28, 32]]); // block 0, blocks 1 to 3, block 7
 * ```
 */
export function bigbirdParts(shape: BigbirdShape): BigbirdPart[] {
  const block = shape.block_size;
  const blocks = blocksOf(shape);
  const fixed = (index: number): Span => ({
    block: 1,
    stride: 0,
    start: index * block,
    end: (index + 1) * block,
    causal: false,
  });
  const [first, last] = [fixed(0), fixed(blocks - 1)];
  const near = { block, stride: block, start: 0, end: 3 * block, causal: false };
  return [
    { block: 1, count: 1, spans: [near, last] },
    { block: 2, count: blocks - 4, spans: [first, near, last] },
    { block: blocks - 2, count: 1, spans: [first, near] },
  ];
}

/**
 * The span over the tokens of the random blocks ({@linkcode bigbirdList}), for queries that are
 * counted from block 1: each block of queries sees `num_random_blocks·block_size` entries.
 *
 * @param shape Sizes; not dense.
 * @returns The rule.
 *
 * @example
 * ```ts
 * import { bigbirdListSpan, spanRange } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * const shape = { tokens: 40, heads: 1, block_size: 4, num_random_blocks: 2 };
 * const entries = 8 * 2 * 4; // of 8 blocks, 2 random ones each, of 4 tokens
 * assertEquals(spanRange(bigbirdListSpan(shape), 0, entries), [0, 8]); // first token of block 1
 * assertEquals(spanRange(bigbirdListSpan(shape), 4, entries), [8, 16]); // first token of block 2
 * ```
 */
export function bigbirdListSpan({ block_size, num_random_blocks }: BigbirdShape): Span {
  const stride = num_random_blocks * block_size;
  return { block: block_size, stride, start: 0, end: stride, causal: false };
}

/**
 * Draws the random blocks: for each head and each block but the first and the last, distinct ones
 * that it does not see otherwise.
 *
 * @param shape Sizes; not dense.
 * @param random The stream.
 * @returns `[heads, blocks − 2, num_random_blocks]`.
 * @throws {RangeError} If the shape is dense.
 *
 * @example
 * ```ts
 * import { drawBigbirdBlocks } from "@lsg/core/attention";
 * import { Random } from "@lsg/core/random";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const shape = { tokens: 40, heads: 1, block_size: 4, num_random_blocks: 2 }; // 10 blocks
 * const drawn = drawBigbirdBlocks(shape, new Random(0));
 * assertEquals(drawn.length, 1 * 8 * 2);
 * const [one, other] = drawn; // of block 1, which sees blocks 0, 1, 2 and 9 in any case
 * assert(one !== other && [one, other].every((block) => block >= 3 && block <= 8));
 * ```
 */
export function drawBigbirdBlocks(shape: BigbirdShape, random: Random): Int32Array {
  const blocks = blocksOf(shape);
  const drawn: number[] = [];
  for (let h = 0; h < shape.heads; h++) {
    for (let i = 1; i < blocks - 1; i++) {
      // Ascending. Listing the blocks that are left instead would take blocks² steps.
      const taken = [...new Set([0, i - 1, i, i + 1, blocks - 1])].sort((a, b) => a - b);
      for (let n = 0; n < shape.num_random_blocks; n++) {
        let block = Math.floor(random.uniform() * (blocks - taken.length));
        let place = 0;
        for (; taken[place] <= block; place++) block++;
        taken.splice(place, 0, block);
        drawn.push(block);
      }
    }
  }
  return Int32Array.from(drawn);
}

/**
 * The tokens of the random blocks. A block that is listed twice, or that is seen otherwise, counts
 * once: its other entries are masked.
 *
 * @param drawn `[heads, blocks − 2, num_random_blocks]`.
 * @param mask `[batch, tokens]`: 1 visible.
 * @param shape Sizes; not dense.
 * @returns Rows and mask of `(blocks − 2)·num_random_blocks·block_size` entries a head.
 * @throws {TypeError} If the lists are not an Int32Array.
 * @throws {RangeError} If the shape is dense, or the lists do not fit it or name a block that does not
 * exist.
 *
 * @example
 * ```ts
 * import { bigbirdList } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * const shape = { tokens: 32, heads: 1, block_size: 4, num_random_blocks: 1 }; // 8 blocks
 * const drawn = Int32Array.of(3, 4, 5, 6, 1, 2); // seen by blocks 1 to 6
 * const mask = new Int32Array(32).fill(1);
 * mask[15] = 0; // padding
 * const list = bigbirdList(drawn, mask, shape);
 * assertEquals(list.entries, 6 * 4);
 * assertEquals([...list.rows.subarray(0, 4)], [12, 13, 14, 15]); // the tokens of block 3
 * assertEquals([...list.mask.subarray(0, 4)], [1, 1, 1, 0]);
 * ```
 */
export function bigbirdList(
  drawn: Int32Array,
  mask: Int32Array,
  shape: BigbirdShape,
): BigbirdList {
  const { tokens, heads, block_size: block, num_random_blocks: random } = shape;
  const blocks = blocksOf(shape);
  const perHead = (blocks - 2) * random;
  if (!(drawn instanceof Int32Array)) {
    throw new TypeError("Cannot use random blocks of another type: wanted an Int32Array");
  }
  if (drawn.length !== heads * perHead) {
    throw new RangeError(
      `Cannot use random blocks of ${drawn.length} values: wanted ${heads * perHead} for the ` +
        `shape [${heads}, ${blocks - 2}, ${random}]`,
    );
  }
  const entries = perHead * block;
  const batch = mask.length / tokens;
  const rows = new Int32Array(entries * heads).fill(-1);
  const shown = new Int32Array(batch * heads * entries);
  drawn.forEach((listed, index) => {
    if (listed < 0 || listed >= blocks) {
      throw new RangeError(`Cannot see random block ${listed}: wanted 0 … ${blocks - 1}`);
    }
    const [h, n] = [Math.floor(index / perHead), index % perHead];
    const list = index - index % random;
    const isRepeated = drawn.subarray(list, index).includes(listed);
    if (isRepeated || isSeenOtherwise(1 + Math.floor(n / random), listed, blocks)) return;
    for (let i = 0; i < block && listed * block + i < tokens; i++) {
      const [entry, token] = [n * block + i, listed * block + i];
      rows[entry * heads + h] = token * heads + h;
      for (let b = 0; b < batch; b++) {
        shown[(b * heads + h) * entries + entry] = mask[b * tokens + token];
      }
    }
  });
  return { rows, mask: shown, entries };
}

/** The number of blocks of tokens that are not attended densely. */
function blocksOf(shape: BigbirdShape): number {
  const { tokens, block_size, num_random_blocks } = shape;
  if (!isDenseBigbird(shape)) return Math.ceil(tokens / block_size);
  throw new RangeError(
    `Cannot divide ${tokens} tokens as BigBird does: wanted more than ` +
      `${5 + 2 * num_random_blocks} blocks of ${block_size}, as fewer are attended densely`,
  );
}

function isSeenOtherwise(i: number, j: number, blocks: number): boolean {
  return j === 0 || j === blocks - 1 || Math.abs(i - j) <= 1;
}
