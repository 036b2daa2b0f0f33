import { assertEquals, assertNotEquals } from "@std/assert";
import { drawIndependentColumns, drawRows } from "../../../checkpoint/conversion/draw_rows.ts";
import { makeGlobalEmbeddings } from "../../../checkpoint/conversion/global_embeddings.ts";
import { Random } from "../../../tensor/random.ts";

const WORDS = new Float32Array([1000, 0.5, 2000, 0.25, 3000, 0.125]);

/** Makes rows `[position, −position]`. */
function makePositions(count: number): Float32Array {
  return Float32Array.from({ length: 2 * count }, (_, i) => i % 2 ? -(i - 1) / 2 : i / 2);
}

function make(overrides: Partial<Parameters<typeof makeGlobalEmbeddings>[0]>): Float32Array {
  return makeGlobalEmbeddings({
    words: WORDS,
    positions: makePositions(512),
    width: 2,
    bosId: 0,
    maskId: 2,
    stride: 64,
    random: new Random(4),
    ...overrides,
  });
}

Deno.test("makeGlobalEmbeddings() adds word and position embeddings", () => {
  const table = make({});
  assertEquals(table.length, 1024);
  assertEquals(table.slice(0, 6), new Float32Array([1000, 0.5, 3064, -63.875, 3128, -127.875]));
  assertEquals(table.slice(16, 18), new Float32Array([3001, -0.875]));
});

Deno.test("makeGlobalEmbeddings() adds the token type to every row", () => {
  const plain = make({});
  const typed = make({ tokenType: new Float32Array([8, 0.0625]) });
  assertEquals(typed, plain.map((value, i) => value + (i % 2 ? 0.0625 : 8)));
});

Deno.test("makeGlobalEmbeddings() truncates a table to a multiple of 512", () => {
  assertEquals(make({ positions: makePositions(700) }), make({}));
  const longer = make({ positions: makePositions(1024) });
  assertEquals(longer[2 * 16], 3002);
  assertEquals(make({ positions: makePositions(1500) }), longer);
});

Deno.test("makeGlobalEmbeddings() fills a short table with drawn rows", () => {
  const positions = makePositions(100);
  const table = make({ positions, stride: 1 });
  const drawn = drawIndependentColumns(positions, 2, 412, new Random(4));
  assertEquals(table[2 * 99], 3099);
  assertEquals(table.slice(200), drawn.map((value, i) => WORDS[4 + i % 2] + value));
});

Deno.test("makeGlobalEmbeddings() draws the words of all rows except the first", () => {
  const table = make({ maskId: undefined, stride: 1 });
  const drawn = drawRows(WORDS, 2, 511, new Random(4));
  const positions = makePositions(512).slice(2);
  assertEquals(table.slice(0, 2), new Float32Array([1000, 0.5]));
  assertEquals(table.slice(2), drawn.map((value, i) => value + positions[i]));
  assertNotEquals(table, make({ maskId: undefined, stride: 1, random: new Random(5) }));
});
