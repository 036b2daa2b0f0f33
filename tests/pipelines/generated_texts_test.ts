import { assertEquals } from "@std/assert";
import { GeneratedTexts } from "../../pipelines/generated_texts.ts";

/** Reads a row of two ids, the first of them the prompt, whose texts are given. */
function read(prompt: string, full: string, added: string) {
  const texts: Record<string, string> = { "1": prompt, "1,2": full, "2": added };
  const tokenizer = { decode: (ids: number[]) => texts[ids.join()] };
  return new GeneratedTexts(tokenizer as never, { given: {}, own: {} } as never, {})
    .read([1, 2], 1, 1);
}

Deno.test("GeneratedTexts finds what was added behind half a character", () => {
  assertEquals(read("a", "ab", "b"), { full: "ab", added: "b" });
  assertEquals(read("a\ufffd\ufffd", "a\u{1F600}b", "?"), {
    full: "a\u{1F600}b",
    added: "\u{1F600}b",
  });
});

Deno.test("GeneratedTexts reads a prompt of many halves of characters in linear time", () => {
  // A prompt that the whole text does not begin with: a decoder that cleans up.
  assertEquals(read("\ufffd".repeat(200_000) + "a", "b", "c"), { full: "b", added: "c" });
});
