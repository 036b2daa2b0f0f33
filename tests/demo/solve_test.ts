import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { hideWords } from "../../demo/hide_words.ts";
import { solve } from "../../demo/solve.ts";
import { MODEL, openPassage } from "./passage.ts";

Deno.test("solve() gives a guess for each hidden word, and what follows from them", async () => {
  const { tokenizer, ids } = await openPassage(500);
  const riddle = hideWords(ids, tokenizer, 30, 0);
  const layers: number[] = [];
  const { guesses, accuracy, bits } = await solve(
    MODEL,
    riddle,
    { device: "wasm", lsg: { max_sequence_length: 1024, block_size: 32, sparse_block_size: 32 } },
    ({ layer }) => layers.push(layer),
  );
  assertEquals(layers, [1, 2, 3, 4]);
  assertEquals(guesses.length, 30);
  for (const { best, probabilities, truth } of guesses) {
    assertEquals(probabilities, probabilities.toSorted((a, b) => b - a));
    assert(probabilities[0] <= 1 && truth > 0 && truth <= probabilities[0]);
    assertEquals(new Set(best).size, 3);
  }
  const right = guesses.filter(({ best }, i) => best[0] === riddle.truth[i]);
  assertEquals(accuracy, right.length / 30);
  const surprise = guesses.reduce((sum, { truth }) => sum - Math.log2(truth), 0);
  assertAlmostEquals(bits, surprise / 30, 1e-9);
  // A word by chance is 13 bits; a model that reads the text wrongly comes near that.
  assert(bits < 9, `${bits} bits`);
  right.forEach(({ probabilities, truth }) => assertEquals(truth, probabilities[0]));
});
