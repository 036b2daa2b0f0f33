import { assertEquals, assertRejects } from "@std/assert";
import { AutoConfig } from "../../models/auto_config.ts";

const folder = new URL("../golden/heads/bert_sequence_classification/", import.meta.url);

Deno.test("AutoConfig reads a config, with overrides", async () => {
  const config = await AutoConfig.from_pretrained(folder, { config: { num_hidden_layers: 1 } });
  assertEquals([config.model_type, config.num_hidden_layers], ["bert", 1]);
});

Deno.test("AutoConfig refuses unknown options and what has no config", async () => {
  const wrong: [object, string][] = [
    [{ dtype: "fp32" }, "Cannot read a config with dtype"],
    [{ config: 3 }, "Cannot read a config with config 3: wanted an object"],
    [{ revision: 3 }, "revision"],
  ];
  for (const [options, message] of wrong) {
    await assertRejects(() => AutoConfig.from_pretrained(folder, options), TypeError, message);
  }
  const empty = new URL("../golden/", import.meta.url);
  await assertRejects(() => AutoConfig.from_pretrained(empty), RangeError, "config.json");
});

Deno.test("a config that was read is refused as one of its own replacements, its keys are not", async () => {
  // transformers.js takes what its AutoConfig returned as the option `config`.
  const config = await AutoConfig.from_pretrained(folder);
  const again = { config: config as unknown as Record<string, unknown> };
  await assertRejects(
    () => AutoConfig.from_pretrained(folder, again),
    TypeError,
    "wanted an object of keys of config.json, which a read config has in raw",
  );
  assertEquals(await AutoConfig.from_pretrained(folder, { config: config.raw }), config);
});
