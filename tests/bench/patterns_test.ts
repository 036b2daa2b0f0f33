import { assert, assertEquals } from "@std/assert";
import { DRAWN, EFFICIENCY, EXPLAINING, TABLE_1 } from "../../bench/patterns.ts";

Deno.test("patterns have names of their own", () => {
  for (const patterns of [TABLE_1, EXPLAINING, EFFICIENCY]) {
    assertEquals(new Set(patterns.map(({ name }) => name)).size, patterns.length);
  }
  const names = TABLE_1.map(({ name }) => name);
  assertEquals(DRAWN.filter((name) => !names.includes(name)), []);
});

Deno.test("patterns ask for the length that they are given", () => {
  for (const { name, options } of [...TABLE_1, ...EXPLAINING, ...EFFICIENCY]) {
    const { lsg, attention } = options(1024);
    const lengths = [lsg, attention].filter((given) => given !== undefined)
      .map((given) => typeof given === "object" && given.max_sequence_length);
    assertEquals(lengths, [1024], name);
  }
});

Deno.test("the table has all rows of the paper's, and those that it lacks", () => {
  assert(TABLE_1.length >= 25);
});
