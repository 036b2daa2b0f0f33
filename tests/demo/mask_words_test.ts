import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { maskWords } from "../../demo/mask_words.ts";
import { openPassage } from "./passage.ts";

const { tokenizer, ids } = await openPassage(500);

Deno.test("maskWords() masks only whole words, at a distance from each other", () => {
  const { ids: masked, positions, targets } = maskWords(ids, tokenizer, 20, 0);
  assertEquals([positions.length, targets.length], [20, 20]);
  positions.slice(1).forEach((position, i) =>
    assert(position - positions[i] >= 10, `${positions}`)
  );
  const restored = masked.map((id, i) =>
    positions.includes(i) ? targets[positions.indexOf(i)] : id
  );
  assertEquals(restored, ids);
  for (const position of positions) {
    assertEquals(masked[position], tokenizer.mask_token_id);
    assertMatch(tokenizer.decode([ids[position]]), /^ [a-z]{3,}$/);
  }
});

Deno.test("maskWords() depends on its seed", () => {
  const text = maskWords(ids, tokenizer, 20, 3);
  assertEquals(maskWords(ids, tokenizer, 20, 3), text);
  assertNotEquals(maskWords(ids, tokenizer, 20, 4).positions, text.positions);
});

Deno.test("maskWords() masks at most the words that there are", () => {
  const { positions } = maskWords(ids, tokenizer, 500, 0);
  assert(positions.length > 20 && positions.length <= 50, `${positions.length}`);
  assertEquals(maskWords([0, 2], tokenizer, 1, 0).positions, []);
});
