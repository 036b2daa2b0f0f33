import { assertEquals } from "@std/assert";
import { strip } from "../../../tokenizer/decoders/strip.ts";

Deno.test("strip() removes at most the given number of characters at each end", () => {
  assertEquals(strip("##a##", "#", 1, 0), "#a##");
  assertEquals(strip("##a##", "#", 5, 1), "a#");
  assertEquals(strip("###", "#", 2, 2), "");
  assertEquals(strip("😀a😀", "😀", 1, 1), "a");
  assertEquals(strip("", "#", 1, 1), "");
});
