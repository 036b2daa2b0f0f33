import { assertEquals, assertStringIncludes } from "@std/assert";
import { openBackend } from "../../device.ts";
import { AutoModel } from "../../models/mod.ts";
import { pipeline } from "../../pipelines/mod.ts";
import { tinyCheckpoint } from "../helpers/tiny_checkpoint.ts";
import { warningsOf } from "../helpers/warnings_of.ts";

Deno.test('device "cpu" is warned of once, with the device that is usually meant', async () => {
  const source = await tinyCheckpoint("Model");
  const others = await warningsOf(async () => {
    (await AutoModel.from_pretrained(source, { device: "wasm", threads: 1 })).dispose();
    using device = await openBackend("cpu");
    (await AutoModel.from_pretrained(source, { device })).dispose();
  });
  assertEquals(others, []);
  const warnings = await warningsOf(async () => {
    (await pipeline("feature-extraction", source, { device: "cpu" })).dispose();
    (await AutoModel.from_pretrained(source, { device: "cpu" })).dispose();
    (await pipeline("feature-extraction", source, { device: "cpu" })).dispose();
  });
  assertEquals(warnings.length, 1);
  for (const part of ['device "cpu"', '"wasm"', "slower", 'openBackend("cpu")']) {
    assertStringIncludes(warnings[0], part);
  }
});
