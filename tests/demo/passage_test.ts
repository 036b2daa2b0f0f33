import { assertEquals } from "@std/assert";
import { cutPassage, readPassage } from "../../demo/passage.ts";
import { openPassage } from "./passage.ts";

const { tokenizer } = await openPassage(10);
const TEXT = "One two three.\n\nFour   five. Six!";

Deno.test("readPassage() joins the ids of sentences between <s> and </s>", () => {
  const { sentences, ids, input } = readPassage(TEXT, tokenizer, 100);
  assertEquals(sentences, ["One two three.", "Four five.", "Six!"]);
  assertEquals(input, [0, ...ids.flat(), 2]);
  assertEquals(tokenizer.decode(ids[1]), " Four five.");
  const all = tokenizer(" One two three. Four five. Six!").input_ids.tolist() as bigint[][];
  assertEquals(input, all[0].map(Number));
});

Deno.test("cutPassage() keeps whole sentences that fit", () => {
  const passage = readPassage(TEXT, tokenizer, 100);
  const length = passage.input.length;
  const count = (tokens: number) => cutPassage(passage, tokenizer, tokens).sentences.length;
  assertEquals([length, length - 1, 2].map(count), [3, 2, 0]);
});
