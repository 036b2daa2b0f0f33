import { assert, assertEquals } from "@std/assert";
import { splitPassages } from "../../../web/document/passages.ts";

const sentence = (n: number) =>
  `Sentence number ${n} is of middling length, as many sentences are.`;

function textsOf(text: string): string[] {
  return splitPassages(text).map(({ start, end }) => text.slice(start, end));
}

Deno.test("splitPassages() ends passages with sentences and loses nothing but white space", () => {
  const text = Array.from({ length: 40 }, (_, i) => sentence(i)).join(" ") + "\n\nThe end.";
  const texts = textsOf(text);
  assert(texts.length > 3);
  assert(texts.every((part) => part.endsWith(".") && part.length < 600));
  assertEquals(texts.join(" ").replace(/\s/g, ""), text.replace(/\s/g, ""));
});

Deno.test("splitPassages() keeps a heading with what follows", () => {
  const text = `${sentence(1).repeat(8)}\n\nCHAPTER 2\n\n${sentence(2)}`;
  assertEquals(textsOf(text).at(-1), `CHAPTER 2\n\n${sentence(2)}`);
});

Deno.test("splitPassages() cuts a text without sentences, also of Chinese", () => {
  const texts = textsOf("a".repeat(5000));
  assertEquals(texts.join(""), "a".repeat(5000));
  assert(texts.every((part) => part.length <= 1200));
  assertEquals(textsOf("这是一个句子。".repeat(70)).length, 2);
});

Deno.test("splitPassages() of nothing is nothing", () => {
  assertEquals(splitPassages(""), []);
  assertEquals(splitPassages(" \n\n "), []);
});
