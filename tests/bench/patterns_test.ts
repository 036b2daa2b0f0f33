import { assert, assertEquals, assertThrows } from "@std/assert";
import { DRAWN, EFFICIENCY, EXPLAINING, patternNamed, TABLE_1 } from "../../bench/patterns.ts";

Deno.test("patterns have names of their own", () => {
  for (const patterns of [TABLE_1, EXPLAINING, EFFICIENCY]) {
    assertEquals(new Set(patterns.map(({ name }) => name)).size, patterns.length);
  }
  for (const name of DRAWN) assertEquals(patternNamed(TABLE_1, name).name, name);
});

Deno.test("patterns ask for the length that they are given", () => {
  for (const { name, options } of [...TABLE_1, ...EXPLAINING, ...EFFICIENCY]) {
    const { lsg, attention } = options(1024);
    const lengths = [lsg, attention].filter((given) => given !== undefined)
      .map((given) => typeof given === "object" && given.max_sequence_length);
    assertEquals(lengths, [1024], name);
  }
});

Deno.test("patternNamed() refuses what is not there", () => {
  assertThrows(() => patternNamed(TABLE_1, "dense"), RangeError, "wanted one of full,");
  assert(TABLE_1.length >= 25);
});
