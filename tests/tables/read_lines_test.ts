import { assertEquals } from "@std/assert";
import { readLines } from "../../tables/read_lines.ts";

/** Lines of a text that is read from a byte on, where longer ones than 5 bytes are not held. */
async function linesOf(text: string, at = 0): Promise<unknown[][]> {
  const bytes = new TextEncoder().encode(text);
  const file = {
    name: "a",
    size: bytes.length,
    read: (start: number, end: number) => Promise.resolve(bytes.slice(start, end)),
  };
  const range = { at, bytes: bytes.length - at, line: 7 };
  const found: unknown[][] = [];
  for await (const { line, bytes, end } of readLines(file, range, () => {}, 5)) {
    found.push([line, bytes && new TextDecoder().decode(bytes), end]);
  }
  return found;
}

Deno.test("lines have their numbers and ends; blank ones are left out", async () => {
  assertEquals(await linesOf("a\nbc\n \t\r\n\nd\r\n"), [[7, "a", 2], [8, "bc", 5], [
    11,
    "d\r",
    13,
  ]]);
  assertEquals(await linesOf("a\nbc", 2), [[7, "bc", 4]]);
  assertEquals(await linesOf("\n\n"), []);
  assertEquals(await linesOf(""), []);
});

Deno.test("a line that is too long is counted, but not held", async () => {
  assertEquals(await linesOf("12345\n123456\nb\n1234567"), [
    [7, "12345", 6],
    [8, undefined, 13],
    [9, "b", 15],
    [10, undefined, 22],
  ]);
});
