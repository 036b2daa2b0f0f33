import { assertEquals, assertThrows } from "@std/assert";
import { replaceLines } from "../../bench/replace_lines.ts";

Deno.test("replaceLines() replaces the lines between markers repeatedly", () => {
  const page = "a\n<!-- t -->\nold\n<!-- /t -->\nb\n";
  const once = replaceLines(page, "t", ["new"]);
  assertEquals(once, "a\n<!-- t -->\n\nnew\n\n<!-- /t -->\nb\n");
  assertEquals(replaceLines(once, "t", ["new"]), once);
  for (const wrong of ["", "<!-- t -->", "<!-- /t --> <!-- t -->"]) {
    assertThrows(() => replaceLines(wrong, "t", []), RangeError, "does not have <!-- t -->");
  }
});
