import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { maskWords } from "../../demo/mask_words.ts";
import { predictWords } from "../../demo/predict_words.ts";
import { MODEL, openPassage } from "./passage.ts";

Deno.test("predictWords() predicts each masked word, and computes accuracy and bits", async () => {
  const { tokenizer, ids } = await openPassage(500);
  const text = maskWords(ids, tokenizer, 30, 0);
  const layers: number[] = [];
  const { predictions, accuracy, bits } = await predictWords(
    MODEL,
    text,
    { device: "wasm", lsg: { max_sequence_length: 1024, block_size: 32, sparse_block_size: 32 } },
    ({ layer }) => layers.push(layer),
  );
  assertEquals(layers, [1, 2, 3, 4]);
  assertEquals(predictions.length, 30);
  for (const { best, probabilities, target } of predictions) {
    assertEquals(probabilities, probabilities.toSorted((a, b) => b - a));
    assert(probabilities[0] <= 1 && target > 0 && target <= probabilities[0]);
    assertEquals(new Set(best).size, 3);
  }
  const correct = predictions.filter(({ best }, i) => best[0] === text.targets[i]);
  assertEquals(accuracy, correct.length / 30);
  const loss = predictions.reduce((sum, { target }) => sum - Math.log2(target), 0);
  assertAlmostEquals(bits, loss / 30, 1e-9);
  // A random choice has 13 bits; a model with a wrong input comes close to that.
  assert(bits < 9, `${bits} bits`);
  correct.forEach(({ probabilities, target }) => assertEquals(target, probabilities[0]));
});
