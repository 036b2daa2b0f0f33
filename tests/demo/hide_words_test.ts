import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { hideWords } from "../../demo/hide_words.ts";
import { openPassage } from "./passage.ts";

const { tokenizer, ids } = await openPassage(500);

Deno.test("hideWords() hides whole words that keep their context, and nothing else", () => {
  const { masked, places, truth } = hideWords(ids, tokenizer, 20, 0);
  assertEquals([places.length, truth.length], [20, 20]);
  places.slice(1).forEach((place, i) => assert(place - places[i] >= 10, `${places}`));
  const restored = masked.map((id, i) => places.includes(i) ? truth[places.indexOf(i)] : id);
  assertEquals(restored, ids);
  for (const place of places) {
    assertEquals(masked[place], tokenizer.mask_token_id);
    assertMatch(tokenizer.decode([ids[place]]), /^ [a-z]{3,}$/);
  }
});

Deno.test("hideWords() follows its seed", () => {
  const riddle = hideWords(ids, tokenizer, 20, 3);
  assertEquals(hideWords(ids, tokenizer, 20, 3), riddle);
  assertNotEquals(hideWords(ids, tokenizer, 20, 4).places, riddle.places);
});

Deno.test("hideWords() hides as many as there are", () => {
  const { places } = hideWords(ids, tokenizer, 500, 0);
  assert(places.length > 20 && places.length <= 50, `${places.length}`);
  assertEquals(hideWords([0, 2], tokenizer, 1, 0).places, []);
});
