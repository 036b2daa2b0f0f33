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
