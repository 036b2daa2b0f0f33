import { assert, assertEquals, assertRejects } from "@std/assert";
import { MemorySource } from "../../checkpoint/mod.ts";
import { GoldenFile } from "../../verify/golden_file.ts";
import { goldenFolder } from "./golden_folder.ts";

Deno.test("GoldenFile has cases with parameters, source and tensors", async () => {
  const file = await GoldenFile.open(goldenFolder(""), "full.safetensors");
  const golden = file.cases.find(({ name }) => name === "full_t5_padded")!;
  assert(Number(golden.parameters.heads) >= 1);
  assert(golden.source.length > 0);
  assertEquals(file.tensors(golden).sort(), ["key", "mask", "output", "query", "value"]);
  const { dims, data } = await file.floats(golden, "query");
  assertEquals(dims[1], 5);
  assertEquals(data.length, dims[0] * dims[1] * dims[2]);
  const mask = await file.integers(golden, "mask");
  assertEquals([...new Set(mask)].sort(), [0, 1]);
});

Deno.test("GoldenFile reports tensors that a case does not have", async () => {
  const file = await GoldenFile.open(goldenFolder(""), "full.safetensors");
  const [golden] = file.cases;
  assertEquals([file.has(golden, "query"), file.has(golden, "toString")], [true, false]);
  assertEquals(await file.integers(golden, "global_attention_mask"), undefined);
  await assertRejects(() => file.floats(golden, "missing"), RangeError, "missing");
});

Deno.test("GoldenFile rejects a missing file and a file without cases", async () => {
  await assertRejects(
    () => GoldenFile.open(goldenFolder(""), "none.safetensors"),
    RangeError,
    "wanted a golden file",
  );
  const header = '{"__metadata__":{"cases":"[]"}}';
  const bytes = new Uint8Array(8 + header.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(new TextEncoder().encode(header), 8);
  const source = new MemorySource({ "empty.safetensors": bytes });
  await assertRejects(() => GoldenFile.open(source, "empty.safetensors"), RangeError, "no cases");
});
