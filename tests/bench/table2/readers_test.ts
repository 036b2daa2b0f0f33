import { assert, assertEquals } from "@std/assert";
import { SPARSITY_TYPES } from "../../../attention/mod.ts";
import { BASE, GLOBALS, READERS } from "../../../bench/table2/readers.ts";
import { FolderSource } from "../../../checkpoint/mod.ts";
import { openBackend } from "../../../device.ts";

Deno.test("readers have distinct names, and there is one of each sparsity type", () => {
  const names = [BASE, ...READERS, ...GLOBALS].map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  for (const type of SPARSITY_TYPES.filter((type) => type !== "none")) {
    assert(names.includes(`lsg_${type}`), type);
  }
});

Deno.test("each reader loads a classifier of its length and attention", async () => {
  using backend = await openBackend("cpu");
  const source = new FolderSource("demo/model");
  const options = { device: backend, num_labels: 3 };
  for (const reader of READERS) {
    using model = await reader.load(source, options);
    assertEquals(model.config.id2label.length, 3);
    const { config } = model;
    assert(reader.tokens === 512 || model.maxLength === 4096, reader.name);
    const isLsg = reader.name.startsWith("lsg_");
    assertEquals(config.lsg !== undefined, isLsg, reader.name);
    if (isLsg && reader.name !== "lsg_local") {
      const { block_size, sparsity_factor, sparsity_type } = config.lsg!;
      assertEquals([block_size, sparsity_factor], [128, 4]);
      assertEquals(`lsg_${sparsity_type}`, reader.name);
    }
  }
  for (const [i, reader] of GLOBALS.entries()) {
    using model = await reader.load(source, options);
    assertEquals(model.config.lsg?.num_global_tokens, [1, 1, 1, 16, 64][i]);
    assertEquals(model.maxLength, reader.tokens);
  }
});
