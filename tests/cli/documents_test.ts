import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { nameDocuments, requireNoBlank, splitDocuments } from "../../cli/documents.ts";

Deno.test("splitDocuments() keeps the numbers of lines, and leaves out blank ones at the end", () => {
  assertEquals(splitDocuments("a\n\n b\r\nc", false), ["a\n\n b\r\nc"]);
  assertEquals(splitDocuments("a\n\n b\r\nc", true), ["a", "", " b", "c"]);
  assertEquals(splitDocuments("a\nb\n\n \t\r\n", true), ["a", "b"]);
  assertEquals(splitDocuments("\n\n", true), [""]);
  assertEquals(splitDocuments("", true), [""]);
  assertEquals(splitDocuments("\n".repeat(1e6) + "a", true).length, 1e6 + 1);
});

Deno.test("requireNoBlank() names the line", () => {
  requireNoBlank(["a", "b"]);
  const message = "Cannot use line 2: it is blank, wanted a document on each line";
  for (const blank of ["", " \t"]) {
    assertThrows(() => requireNoBlank(["a", blank, "c"]), RangeError, message);
  }
});

Deno.test("nameDocuments() counts from 1, as tables do", () => {
  const name = (error: unknown, lines: boolean) => (nameDocuments(error, lines) as Error).message;
  const long = new RangeError("Cannot run text 2: it has 700 tokens, text 3 too");
  assertEquals(name(long, true), "Cannot run line 3: it has 700 tokens, text 3 too");
  assertEquals((nameDocuments(long, true, 5) as Error).message.slice(0, 19), "Cannot run line 8: ");
  assertEquals(name(long, false), "Cannot run the text: it has 700 tokens, text 3 too");
  assertEquals(name(new TypeError("Cannot fill text 0: no"), true), "Cannot fill line 1: no");
  for (const error of [new RangeError("Cannot classify an empty text"), new Error("text 1"), 7]) {
    assertStrictEquals(nameDocuments(error, true), error);
  }
});
