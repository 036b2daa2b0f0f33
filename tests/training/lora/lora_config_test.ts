import { assertEquals, assertThrows } from "@std/assert";
import {
  parseLoraConfig,
  resolveLoraOptions,
  scalingOf,
} from "../../../training/lora/lora_config.ts";

const JSON = { peft_type: "LORA", r: 4, lora_alpha: 8, lora_dropout: 0.1, task_type: null };

Deno.test("the config of an adapter is read with peft's defaults", () => {
  const config = { r: 4, lora_alpha: 8, lora_dropout: 0.1, use_rslora: false };
  assertEquals(parseLoraConfig(JSON, "x"), config);
  const { lora_dropout: _, ...others } = JSON;
  assertEquals(parseLoraConfig({ ...others, use_rslora: true }, "x"), {
    ...config,
    lora_dropout: 0,
    use_rslora: true,
  });
  assertEquals([scalingOf(config, 4), scalingOf({ ...config, use_rslora: true }, 4)], [2, 4]);
});

Deno.test("keys that ask for nothing are accepted, others that are not supported refused", () => {
  const off = { use_dora: false, layer_replication: null, megatron_config: {}, bias: "none" };
  parseLoraConfig({ ...JSON, ...off, toString: null, target_modules: "(a+)+$" }, "x");
  const on = {
    use_dora: true,
    bias: "all",
    alpha_pattern: { query: 3 },
    fan_in_fan_out: true,
    lora_bias: true,
    a_key_of_the_future: 1,
  };
  for (const [key, value] of Object.entries(on)) {
    assertThrows(
      () => parseLoraConfig({ ...JSON, [key]: value }, "folder"),
      RangeError,
      `Cannot load the adapter folder with ${key}`,
    );
  }
});

Deno.test("a config that is not an adapter's, or malformed, is refused", () => {
  const wrong: [string, unknown][] = [
    ["peft_type", "IA3"],
    ["peft_type", undefined],
    ["r", 0],
    ["r", "8"],
    ["r", 1e9],
    ["lora_alpha", -1],
    ["lora_alpha", NaN],
    ["lora_dropout", 1],
    ["use_rslora", "yes"],
    ["init_lora_weights", "pissa"],
  ];
  for (const [key, value] of wrong) {
    assertThrows(() => parseLoraConfig({ ...JSON, [key]: value }, "x"), RangeError, `with ${key}`);
  }
});

Deno.test("options of a new adapter have peft's defaults, and are checked", () => {
  assertEquals(resolveLoraOptions({}), {
    r: 8,
    lora_alpha: 8,
    lora_dropout: 0,
    use_rslora: false,
    seed: 0,
    modules_to_save: undefined,
    target_modules: undefined,
  });
  assertEquals(resolveLoraOptions({ target_modules: "all-linear" }).target_modules, "all-linear");
  const { target_modules } = resolveLoraOptions({ target_modules: "query|key" });
  assertEquals(["query", "a.key", "key"].map((name) => (target_modules as RegExp).test(name)), [
    true,
    false,
    true,
  ]);
  const refuse = (options: Record<string, unknown>, type: ErrorConstructor, message: string) =>
    assertThrows(() => resolveLoraOptions(options), type, message);
  refuse({ rank: 4 }, TypeError, "rank");
  refuse({ r: 1.5 }, RangeError, "r 1.5");
  refuse({ r: 5000 }, RangeError, "1 to 4096");
  refuse({ lora_dropout: 1 }, RangeError, "below 1");
  refuse({ target_modules: ["query", 5] }, RangeError, "a list of ends of names");
  refuse({ target_modules: "(" }, RangeError, "not a regular expression");
  refuse({ modules_to_save: "classifier" }, TypeError, "modules_to_save");
  refuse({ seed: -1 }, RangeError, "seed");
});
