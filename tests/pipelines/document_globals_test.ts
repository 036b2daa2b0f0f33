import { assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { conventionalGlobals, readGlobals } from "../../pipelines/document_globals.ts";
import type { TokenNumbers } from "../../models/mod.ts";
import { Tensor } from "../../tensor/tensor.ts";
import type { EncodedRow } from "../../tokenizer/mod.ts";
import { loadTask } from "./task_goldens.ts";
import "../helpers/quiet_reference.ts";

/** Rows of so many tokens. */
function rows(...lengths: number[]): EncodedRow[] {
  return lengths.map((length) => ({ ids: new Int32Array(length).fill(5) }) as EncodedRow);
}

Deno.test("conventionalGlobals() marks the first token and every <doc-sep>", async () => {
  using led = await loadTask("summarization", "led");
  const { tokenizer } = led;
  const encoded = tokenizer._encodeRows(["a<doc-sep>b<doc-sep>", "a"]);
  const globals = conventionalGlobals(encoded, tokenizer);
  assertEquals(globals, [[1, 0, 1, 0, 1, 0], [1, 0, 0]]);
  using bart = await loadTask("summarization", "bart");
  const words = bart.tokenizer._encodeRows(["a<doc-sep>b"]);
  const [plain] = conventionalGlobals(words, bart.tokenizer);
  assertEquals(plain, plain.map((_, t) => Number(t === 0)));
});

Deno.test("readGlobals() takes arrays, bigints and tensors, and leaves out padding", () => {
  const wanted = [[1, 0, 1], [0, 1]];
  assertEquals(readGlobals([[1, 0, 1], [0, 1, 0]], rows(3, 2)), wanted);
  assertEquals(readGlobals([[1n, 0n, 1n], [0n, 1n, 0n]], rows(3, 2)), wanted);
  const tensor = new Tensor("int32", Int32Array.of(1, 0, 1, 0, 1, 0), [2, 3]);
  assertEquals(readGlobals(tensor, rows(3, 2)), wanted);
});

const WRONG: [unknown, typeof TypeError | typeof RangeError, string][] = [
  [[[1, 0]], TypeError, "2 texts with a global_attention_mask of 1 rows: wanted [texts, tokens]"],
  [[1, 0], TypeError, "of 2 rows"],
  [7, TypeError, "2 texts with a global_attention_mask 7"],
  [[[1, 0], [1]], RangeError, "text 1 of 2 tokens with a global_attention_mask of 1 numbers"],
  [[[1, 2], [1, 0]], RangeError, "that holds 2: wanted 1 (global) or 0"],
  [[[1, "1"], [1, 0]], RangeError, 'that holds "1"'],
  [
    [[1, 0, 0], [1, 0, 1]],
    RangeError,
    "text 1 of 2 tokens with a global_attention_mask that makes",
  ],
];

for (const [given, error, message] of WRONG) {
  Deno.test(`readGlobals() refuses ${JSON.stringify(given)}`, () => {
    assertThrows(() => readGlobals(given as TokenNumbers, rows(2, 2)), error, message);
  });
}

Deno.test("an LED reads the caller's globals, in batches of any length", async () => {
  using led = await loadTask("summarization", "led");
  const texts = ["The king said: no. And the queen, what did she say?", "No."];
  const options = { num_beams: 1, max_length: 20 };
  const own = await led(texts, options);
  const encoded = led.tokenizer._encodeRows(texts.map((text) => ` ${text}`));
  const same = conventionalGlobals(encoded, led.tokenizer);
  assertEquals(await led(texts, { ...options, global_attention_mask: same }), own);
  const none = same.map((mask) => mask.map(() => 0));
  assertNotEquals(await led(texts, { ...options, global_attention_mask: none }), own);
});

Deno.test("a model without global tokens refuses a global_attention_mask", async () => {
  using bart = await loadTask("summarization", "bart");
  const global_attention_mask = [Array<number>(9).fill(0)];
  await assertRejects(
    () => bart("a", { global_attention_mask }),
    TypeError,
    "only a Longformer or an LED takes it",
  );
});
