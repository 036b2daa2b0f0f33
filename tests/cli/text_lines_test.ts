import { assertEquals, assertRejects } from "@std/assert";
import { splitLines } from "../../cli/text_lines.ts";

async function split(...parts: string[]): Promise<string[]> {
  return await Array.fromAsync(splitLines(ReadableStream.from(parts), "a text", 8));
}

Deno.test("splitLines() splits at line breaks, wherever the parts end", async () => {
  assertEquals(await split("a\nb", "c\r\n", "\nd"), ["a", "bc", "", "d"]);
  assertEquals(await split("a\r", "\nb\rc\n"), ["a", "b\rc"]);
  assertEquals(await split("\n", "\n"), ["", ""]);
  assertEquals(await split(""), []);
  assertEquals(await split(), []);
});

Deno.test("splitLines() refuses a line that is too long, before its end", async () => {
  const endless = async function* () {
    for (;;) yield await Promise.resolve("the ");
  };
  const lines = splitLines(endless(), "a text", 1000);
  await assertRejects(() => lines.next(), RangeError, "Cannot read line 1 of a text: it has more");
  await assertRejects(() => split("12345678\n123456", "789"), RangeError, "line 2 of a text");
});
