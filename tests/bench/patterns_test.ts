import { assert, assertEquals } from "@std/assert";
import { SPARSITY_TYPES } from "../../attention/mod.ts";
import { ABLATIONS, CHARTED, COST, TABLE_1 } from "../../bench/patterns.ts";

Deno.test("patterns have distinct names", () => {
  for (const patterns of [TABLE_1, ABLATIONS, COST]) {
    assertEquals(new Set(patterns.map(({ name }) => name)).size, patterns.length);
  }
  const names = TABLE_1.map(({ name }) => name);
  assertEquals(CHARTED.filter((name) => !names.includes(name)), []);
});

Deno.test("patterns pass on their length", () => {
  for (const { name, options } of [...TABLE_1, ...ABLATIONS, ...COST]) {
    const { lsg, attention } = options(1024);
    const lengths = [lsg, attention].filter((given) => given !== undefined)
      .map((given) => typeof given === "object" && given.max_sequence_length);
    assertEquals(lengths, [1024], name);
  }
});

Deno.test("the table has the paper's patterns and every sparsity type", () => {
  const names = TABLE_1.map(({ name }) => name);
  const others = ["full", "Longformer", "BigBird", "linear", "efficient", "Performer", "Linformer"];
  const types = SPARSITY_TYPES.filter((type) => type !== "none").map((type) => `LSG ${type}`);
  for (const start of [...others, "Reformer", "LSG 256/0", ...types]) {
    assert(names.some((name) => name.startsWith(start)), start);
  }
});
