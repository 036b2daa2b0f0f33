import { assertEquals } from "@std/assert";
import { wrap } from "../../base/wrap.ts";

Deno.test("wrap() fills lines and keeps long words whole", () => {
  assertEquals(wrap("one two three", 7), ["one two", "three"]);
  assertEquals(wrap("a indivisible b", 5), ["a", "indivisible", "b"]);
  assertEquals(wrap("", 5), [""]);
});
