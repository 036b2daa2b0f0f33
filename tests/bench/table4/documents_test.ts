import { assert, assertEquals, assertThrows } from "@std/assert";
import { cutDocuments } from "../../../bench/table4/documents.ts";
import { openPassage } from "../../demo/passage.ts";

const { tokenizer } = await openPassage(10);
const BOOK = Array.from({ length: 60 }, (_, i) => `This is sentence ${i} of quite a long book.`)
  .join(" ");
const TEXT = ["A", "B"].map((title) => `<|document|> Author/${title}\n${BOOK}\n`).join("");

Deno.test("cutDocuments() cuts whole sentences, one passage behind the other", () => {
  const passages = cutDocuments(TEXT, tokenizer, { tokens: 64, books: 2, perBook: 3 });
  assertEquals(passages.length, 6);
  const sentences = passages.slice(0, 3).flatMap(({ sentences }) => sentences);
  assert(BOOK.startsWith(sentences.join(" ")));
  assertEquals(passages[3], passages[0]);
  for (const { sentences, ids, input } of passages) {
    assert(input.length <= 64 && input.length > 48);
    assertEquals(input.slice(1, -1), ids.flat());
    assertEquals(tokenizer.decode(input.slice(1, -1)).trim(), sentences.join(" "));
  }
});

Deno.test("cutDocuments() passes over what does not fit and what is too short for a summary", () => {
  const long = `${"word ".repeat(70)}end.`;
  const short = Array.from({ length: 20 }, () => "Too short.").join(" ");
  const text = `<|document|> A/B\n${long} ${short} ${BOOK}`;
  const [passage] = cutDocuments(text, tokenizer, { tokens: 64, books: 1, perBook: 1 });
  assert(passage.sentences.filter((sentence) => BOOK.includes(sentence)).length >= 3);
});

Deno.test("cutDocuments() rejects more than there is", () => {
  const cut = (books: number, perBook: number) =>
    cutDocuments(TEXT, tokenizer, { tokens: 512, books, perBook });
  assertThrows(() => cut(3, 1), RangeError, "3 books: there are 2");
  assertThrows(() => cut(1, 9), RangeError, "too short");
});
