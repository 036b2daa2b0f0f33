import { assertEquals } from "@std/assert";
import { JsonPart } from "../../../tokenizer/json_part.ts";
import { CharacterMap } from "../../../tokenizer/normalizers/character_map.ts";

/** A handwritten table of two rules: "a" becomes "xy", "bc" becomes empty. */
function table(): string {
  const units = new Uint32Array(256);
  const leaf = 0x100;
  const offset = (distance: number) => distance << 10;
  const [a, b, c] = [0x61, 0x62, 0x63];
  units[0] = offset(0x80);
  units[0x80 ^ a] = a | leaf | offset(0x80 ^ a ^ 0x10);
  units[0x10] = 0;
  units[0x80 ^ b] = b | offset(0x80 ^ b ^ 0x20);
  units[0x20 ^ c] = c | leaf | offset(0x20 ^ c ^ 0x11);
  units[0x11] = 3;
  const texts = [0x78, 0x79, 0, 0];
  const bytes = [0, 4, 0, 0, ...new Uint8Array(units.buffer), ...texts];
  return btoa(String.fromCharCode(...bytes));
}

Deno.test("CharacterMap looks up the shortest prefix that has a rule", () => {
  const map = CharacterMap.parse(table(), new JsonPart({}, "x"));
  const lookUp = (text: string) => map.lookUp(new TextEncoder().encode(text));
  assertEquals(["a", "ab", "bc"].map(lookUp), ["xy", "xy", ""]);
  assertEquals(["", "b", "c", "ba", "\0"].map(lookUp), Array(5).fill(undefined));
});
