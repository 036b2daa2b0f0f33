import { assertEquals } from "@std/assert";
import { withoutHalf } from "../../generation/without_half.ts";

Deno.test("withoutHalf() takes marks from the end alone, of long runs in no time", () => {
  for (const [text, wanted] of [["", ""], ["a\ufffd\ufffd", "a"], ["\ufffda", "\ufffda"]]) {
    assertEquals(withoutHalf(text), wanted);
  }
  const run = "\ufffd".repeat(1e6); // minutes for /\ufffd+$/
  assertEquals(withoutHalf(`${run}a`).length, 1e6 + 1);
  assertEquals(withoutHalf(run), "");
});
