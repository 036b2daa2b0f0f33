import { assertEquals } from "@std/assert";
import { StopStringCriteria } from "../../generation/stop_strings.ts";

/** A tokenizer whose ids are bytes. */
const tokenizer = {
  decode: (ids: Iterable<number | bigint>) =>
    new TextDecoder().decode(Uint8Array.from(ids as Iterable<number>, Number)),
};

const bytes = (text: string) => [...new TextEncoder().encode(text)].map(BigInt);

/** Lengths at which a row of bytes, that grows byte by byte, has a stop string at its end. */
function stopsOf(text: string, stop_strings: string[]): number[] {
  const criterion = new StopStringCriteria(tokenizer, stop_strings);
  const ids = bytes(text);
  return ids.map((_, i) => i + 1)
    .filter((length) => criterion._call([ids.slice(0, length)])[0]);
}

const stops = (text: string, ...stop_strings: string[]) => stopsOf(text, stop_strings);

Deno.test("a row ends with the id that completes a text, and not after it", () => {
  assertEquals(stops("one. two. three", ". t"), [6, 11]);
  assertEquals(stops("aaaa", "aa", "b"), [2, 3, 4]);
  assertEquals(stops("abc", "d"), []);
});

Deno.test("more texts than a call takes arguments", () => {
  assertEquals(stopsOf("ab", Array(200_000).fill("b")), [2]);
});

Deno.test("a text that ends with a character of several ids ends the row with the last of them", () => {
  assertEquals(stops("né", "é"), [3]);
  assertEquals(stops("é😀 x", "😀"), [6]);
  assertEquals(stops("a漢b", "a漢"), [4]);
});
