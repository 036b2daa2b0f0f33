import { assert, assertEquals } from "@std/assert";
import {
  decompose,
  isControl,
  isMark,
  isNonspacingMark,
  punctuation,
} from "../../tokenizer/unicode_tables.ts";

/** The characters of a text that pass a test. */
const those = (text: string, test: (character: string) => boolean) =>
  [...text].filter(test).join("");

Deno.test("unicode_tables: old characters have Unicode's properties", () => {
  assertEquals(those("a\u0301\u093F\u20DD", isMark), "\u0301\u093F\u20DD");
  assertEquals(those("a\u0301\u093F\u20DD", isNonspacingMark), "\u0301");
  assertEquals(those("a\x01\u200D\uE000\u00AD ", isControl), "\x01\u200D\uE000\u00AD");
  assertEquals("a.$\u00BF\u3002\u20AC".match(punctuation), [".", "$", "\u00BF", "\u3002"]);
  assertEquals([decompose("\u00E9", "NFD"), decompose("\uFB01", "NFKD")], ["e\u0301", "fi"]);
  assertEquals(decompose("\uFB01", "NFD"), "\uFB01");
});

Deno.test("unicode_tables: later characters lack the properties that they have today", () => {
  assertEquals(those("\u08D4\u1DF6\u{1E000}", isNonspacingMark), "");
  // The tables of normal forms are newer than those of categories.
  assertEquals(those("\u08CA\u08D4", isMark), "\u08D4");
  assertEquals(those("\u0890\u{13430}", isControl), "");
  assertEquals("\u2E43\u061D".match(punctuation), null);
  assertEquals(decompose("\u32FF", "NFKD"), "\u32FF");
  assert(punctuation.test("\u166D") && isNonspacingMark("\u1734"));
});
