import { assertEquals, assertThrows } from "@std/assert";
import {
  ATTENTION_NAMES,
  type AttentionOptions,
  resolveAttention,
} from "../../../attention/mod.ts";

Deno.test("resolveAttention() takes every name, alone or in an object", () => {
  for (const type of ATTENTION_NAMES) {
    assertEquals(resolveAttention(type), resolveAttention({ type }));
    assertEquals(resolveAttention({ type, max_sequence_length: 9 }).max_sequence_length, 9);
  }
});

Deno.test("resolveAttention() keeps given values and fills in the rest", () => {
  const bigbird = resolveAttention({ type: "bigbird", num_random_blocks: 0 });
  assertEquals([bigbird.block_size, bigbird.num_random_blocks], [64, 0]);
  assertEquals(resolveAttention("longformer").attention_window, 512);
});

Deno.test("resolveAttention() refuses unknown attentions", () => {
  for (const given of ["sparse", "lsg", "toString", { type: "" }]) {
    assertThrows(() => resolveAttention(given as AttentionOptions), RangeError, "wanted full, ");
  }
  for (const given of [null, 3, undefined, true]) {
    assertThrows(
      () => resolveAttention(given as unknown as AttentionOptions),
      TypeError,
      `Cannot replace the attention by ${given}`,
    );
  }
});

Deno.test("resolveAttention() refuses options that the attention does not take", () => {
  const wrong = [
    { type: "linear", block_size: 64 },
    { type: "longformer", num_random_blocks: 3 },
    { type: "bigbird", attention_window: 2 },
    { type: "full", window: 1 },
  ] as unknown as AttentionOptions[];
  for (const given of wrong) {
    const key = Object.keys(given)[1];
    assertThrows(() => resolveAttention(given), TypeError, `${given.type} with ${key}`);
  }
});

Deno.test("resolveAttention() refuses values that are not numbers", () => {
  const given = { type: "full", max_sequence_length: "5" } as unknown as AttentionOptions;
  assertThrows(() => resolveAttention(given), TypeError, "length 5: wanted a number, not a string");
});

Deno.test("resolveAttention() refuses numbers out of range", () => {
  const wrong: AttentionOptions[] = [
    ...[0, -2, 3, 1.5, NaN].map((attention_window) =>
      ({ type: "longformer", attention_window }) as const
    ),
    ...[0, -1, 2.5].map((block_size) => ({ type: "bigbird", block_size }) as const),
    ...[-1, 0.5].map((num_random_blocks) => ({ type: "bigbird", num_random_blocks }) as const),
    ...[0, 1.5, NaN].map((max_sequence_length) => ({ type: "full", max_sequence_length }) as const),
  ];
  for (const given of wrong) {
    const [, [key, value]] = Object.entries(given);
    assertThrows(() => resolveAttention(given), RangeError, `${key} ${value}: wanted`);
  }
});
