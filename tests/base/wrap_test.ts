import { assertEquals } from "@std/assert";
import { wrap } from "../../base/wrap.ts";

Deno.test("wrap() fills lines and does not break long words", () => {
  assertEquals(wrap("one two three", 7), ["one two", "three"]);
  assertEquals(wrap("a indivisible b", 5), ["a", "indivisible", "b"]);
  assertEquals(wrap("", 5), [""]);
});
