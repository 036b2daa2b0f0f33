import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { readMerges } from "../../../tokenizer/vocabulary_files/merges.ts";

const vocab = { a: 0, b: 1, ab: 2, aba: 3, ba: 4 };
const read = (text: string) => readMerges(text, vocab, "merges.txt");

Deno.test("readMerges() reads a merge a line, without the header", () => {
  const wanted = [["a", "b"], ["ab", "a"]];
  assertEquals(read("#version: 0.2\na b\nab a\n"), wanted);
  assertEquals(read("#version: 0.2\r\na b\r\nab a\r\n"), wanted);
  assertEquals(read("\na b\n\n  \nab\ta \n"), wanted);
  assertEquals(read("#version: 0.2\n"), []);
  assertEquals(read(""), []);
});

Deno.test("readMerges() ignores the first line and what follows the last break, as Python does", () => {
  assertEquals(read("b a\na b\nab a\n"), [["a", "b"], ["ab", "a"]]);
  assertEquals(read("#version: 0.2\na b\nab a"), [["a", "b"]]);
});

Deno.test("readMerges() keeps the first of two equal merges", () => {
  assertEquals(read("#\na b\nb a\na b\n"), [["a", "b"], ["b", "a"]]);
});

Deno.test("readMerges() names the line that is malformed", () => {
  for (
    const [line, fault] of [
      ["a", "has 1 tokens"],
      ["a b a", "has 3 tokens"],
      ["a c", 'needs "c"'],
      ["b b", 'needs "bb"'],
      ["__proto__ a", 'needs "__proto__"'],
      ["x".repeat(10_000), "has 1 tokens"],
    ]
  ) {
    const { message } = assertThrows(() => read(`#\na b\n${line}\n`), SyntaxError, fault);
    assertStringIncludes(message, "merges.txt: line 3");
    assertEquals(message.length < 400, true);
  }
});
