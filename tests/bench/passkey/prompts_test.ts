import { assert, assertEquals, assertThrows } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { makePrompts } from "../../../bench/passkey/prompts.ts";
import { AutoTokenizer } from "../../../tokenizer/mod.ts";

const folder = fromFileUrl(new URL("../../../demo/passkey_model", import.meta.url));
const tokenizer = await AutoTokenizer.from_pretrained(folder);

Deno.test("makePrompts() fills a length with lines, with the key in one of them", () => {
  for (const tokens of [256, 300, 777]) {
    const prompts = makePrompts(tokenizer, { tokens, depths: 5, samples: 2 });
    assertEquals(prompts.map(({ depth }) => depth), [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
    for (const { ids, key, depth } of prompts) {
      // A line more would not fit.
      assert(ids.length + 5 <= tokens && ids.length + 5 + 25 > tokens);
      const lines = tokenizer.decode([...ids], { skip_special_tokens: true }).split("\n");
      const places = [...lines.keys()].filter((i) => lines[i].includes(key));
      assertEquals(places, [1 + Math.round((lines.length - 3) * depth / 4)]);
      assertEquals(lines.at(-1), "What is the pass key? The pass key is ");
      assert(/^\d{5}$/.test(key));
    }
    assertEquals(new Set(prompts.map(({ key }) => key)).size, prompts.length);
  }
});

Deno.test("makePrompts() draws the same keys from the same seed", () => {
  const keys = (seed: number) =>
    makePrompts(tokenizer, { tokens: 256, depths: 1, samples: 3, seed }).map(({ key }) => key);
  assertEquals(keys(5), keys(5));
  assert(keys(5)[0] !== keys(6)[0]);
});

Deno.test("makePrompts() refuses a length that the key alone exceeds", () => {
  const choice = { tokens: 60, depths: 1, samples: 1 };
  assertThrows(() => makePrompts(tokenizer, choice), RangeError, "Cannot hide a key in 60 tokens");
});
