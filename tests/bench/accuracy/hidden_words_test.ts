import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { compareGuesses, cutTexts, hideWords } from "../../../bench/accuracy/hidden_words.ts";
import { AutoTokenizer } from "../../../tokenizer/mod.ts";

const guess = (best: number, lead: number, bits = 1) => ({ best, lead, bits });

Deno.test("compareGuesses() counts equal guesses, and those where the reference leads", () => {
  const reference = [guess(1, 9), guess(2, 9), guess(3, 1.1), guess(4, 1.2)];
  const guesses = [guess(1, 1, 2), guess(5, 1, 4), guess(3, 1, 6), guess(6, 1, 8)];
  assertEquals(compareGuesses(guesses, reference), { equal: 0.5, clear: 0.5, bits: 5 });
});

Deno.test("compareGuesses() rejects what it cannot compare", () => {
  assertThrows(() => compareGuesses([], []), RangeError, "0 guesses");
  assertThrows(() => compareGuesses([guess(1, 9)], [guess(1, 9), guess(1, 9)]), RangeError);
  assertThrows(() => compareGuesses([guess(1, 9)], [guess(1, 1)]), RangeError, "0 lead");
});

Deno.test("cutTexts() cuts at equal distances, without the headings of books", () => {
  const text = "<|document|> A/B\nabcdefgh<|document|> C/D\nijkl";
  assertEquals(cutTexts(text, 3, 2), ["ab", "ef", "ij"]);
});

Deno.test("hideWords() hides 15 % of the tokens between the special ones", async () => {
  const tokenizer = await AutoTokenizer.from_pretrained("demo/model");
  const text = await Deno.readTextFile("demo/northanger_abbey.txt");
  const passages = hideWords(text, tokenizer, 4, 256);
  const hidden = passages.reduce((sum, { positions }) => sum + positions.length, 0);
  assertAlmostEquals(hidden / (4 * 254), 0.15, 0.04); // 3.6 standard deviations
  for (const { ids, positions, targets } of passages) {
    assertEquals(ids.length, 256);
    assertEquals(positions.length, targets.length);
    assert(positions.every((position) => position > 0 && position < 255));
    assertEquals(
      ids.flatMap((id, i) => id === tokenizer.mask_token_id ? [i] : []),
      positions,
    );
  }
});
