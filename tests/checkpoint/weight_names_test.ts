import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Head } from "../../families/families.ts";
import { resolveModelWeights } from "../../checkpoint/model_weights.ts";
import { MemoryWeights } from "../../checkpoint/memory_weights.ts";
import { type ExpectedParameter, resolveWeights } from "../../checkpoint/weight_names.ts";
import { editWeights, tinyConfig, tinyWeights } from "./tiny_checkpoint.ts";

const CONFIG = tinyConfig();
const tensor = (...dims: number[]) => ({
  dims,
  data: new Float32Array(dims.reduce((product, size) => product * size, 1)),
});

Deno.test("resolveModelWeights() accepts a file saved with any head for any head", async () => {
  const bare = await tinyWeights(CONFIG, "Model");
  const headed = await tinyWeights(CONFIG, "MaskedLM");
  const names = resolveModelWeights(bare, CONFIG, "Model").names();
  assertEquals(names, bare.names());
  const base = names.filter((name) => !name.startsWith("pooler."));
  assertEquals(resolveModelWeights(headed, CONFIG, "Model").names(), base);
  const both = await editWeights(headed, (name) => name.replace("roberta.", ""), [
    ["pooler.dense.weight", tensor(4, 4)],
    ["pooler.dense.bias", tensor(4)],
  ]);
  const head = headed.names().filter((name) => name.startsWith("lm_head."));
  assertEquals(resolveModelWeights(both, CONFIG, "MaskedLM").names(), [...base, ...head]);
});

Deno.test("resolveModelWeights() loads tensors by the names in the file", async () => {
  const headed = await tinyWeights(CONFIG, "MaskedLM");
  const name = "encoder.layer.0.output.dense.weight";
  const resolved = resolveModelWeights(headed, CONFIG, "MaskedLM");
  assertEquals(resolved.dims(name), [4, 6]);
  assertEquals(await resolved.load(name), await headed.load(`roberta.${name}`));
});

Deno.test("resolveModelWeights() reads old names of layer norms", async () => {
  const headed = await tinyWeights(CONFIG, "MaskedLM");
  const old = await editWeights(
    headed,
    (name) => name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("Norm.bias", "Norm.beta"),
  );
  const name = "encoder.layer.0.attention.output.LayerNorm.weight";
  assertEquals(old.has(`roberta.${name}`), false);
  const resolved = resolveModelWeights(old, CONFIG, "MaskedLM");
  assertEquals(await resolved.load(name), await headed.load(`roberta.${name}`));
});

Deno.test("resolveModelWeights() ignores buffers, tied copies and other heads", async () => {
  const headed = await tinyWeights(CONFIG, "MaskedLM");
  const more = await editWeights(headed, (name) => name, [
    ["roberta.embeddings.position_ids", tensor(1, 514)],
    ["roberta.embeddings.token_type_ids", tensor(1, 514)],
    ["roberta.pooler.dense.bias", tensor(4)],
    ["lm_head.decoder.weight", tensor(20, 4)],
    ["lm_head.decoder.bias", tensor(20)],
    ["classifier.dense.weight", tensor(4, 4)],
  ]);
  const resolved = resolveModelWeights(more, CONFIG, "MaskedLM");
  assertEquals(resolved.names(), resolveModelWeights(headed, CONFIG, "MaskedLM").names());
  const words = await resolved.load("embeddings.word_embeddings.weight");
  assertEquals(words, await headed.load("roberta.embeddings.word_embeddings.weight"));
});

Deno.test("resolveModelWeights() uses a tied copy if the tensor itself is absent", async () => {
  const headed = await tinyWeights(CONFIG, "MaskedLM");
  const copies = await editWeights(
    headed,
    (name) => name.replace("lm_head.bias", "lm_head.decoder.bias"),
  );
  const resolved = resolveModelWeights(copies, CONFIG, "MaskedLM");
  assertEquals(await resolved.load("lm_head.bias"), await headed.load("lm_head.bias"));
});

Deno.test("resolveModelWeights() requires the output layer if it is not tied", async () => {
  const untied = tinyConfig({ tie_word_embeddings: false });
  const weights = await tinyWeights(untied, "MaskedLM");
  const name = "lm_head.decoder.weight";
  assertEquals(resolveModelWeights(weights, untied, "MaskedLM").dims(name), [20, 4]);
  const without = await editWeights(weights, (each) => each === name ? undefined : each);
  assertThrows(
    () => resolveModelWeights(without, untied, "MaskedLM"),
    RangeError,
    "missing: lm_head.decoder.weight",
  );
});

Deno.test("resolveModelWeights() requires global embeddings only for an LSG checkpoint", async () => {
  const lsg = tinyConfig({ base_model_prefix: "lsg" });
  const weights = await tinyWeights(lsg, "Model");
  const name = "embeddings.global_embeddings.weight";
  assertEquals(resolveModelWeights(weights, lsg, "Model").dims(name), [512, 4]);
  assertThrows(() => resolveModelWeights(weights, CONFIG, "Model"), RangeError, "unexpected");
  const vanilla = await tinyWeights(CONFIG, "Model");
  assertThrows(() => resolveModelWeights(vanilla, lsg, "Model"), RangeError, `missing: ${name}`);
});

/** Resolves weights of the tiny config, and returns the names with the warnings. */
function resolve(weights: MemoryWeights, head: Head): { names: string[]; warnings: string[] } {
  const warnings: string[] = [];
  const resolved = resolveModelWeights(weights, CONFIG, head, (text) => warnings.push(text));
  return { names: resolved.names(), warnings };
}

Deno.test("resolveModelWeights() warns of tensors that the model does not have", async () => {
  const bare = await tinyWeights(CONFIG, "Model");
  const extras: [string[], string][] = [
    [["linear.weight"], "linear.weight"], // ColBERT
    [["crf.transitions", "crf.start_transitions"], "crf.transitions, crf.start_transitions"],
    [["loss_fct.weight"], "loss_fct.weight"],
    [["roberta.encoder.layer.1.output.dense.bias"], "roberta.encoder.layer.1.output.dense.bias"],
    [["adapter\u001b[31m.weight"], "adapter\\u001b[31m.weight"],
  ];
  for (const [names, listed] of extras) {
    const weights = await editWeights(
      bare,
      (name) => name,
      names.map((name) => [name, tensor(4, 4)]),
    );
    assertEquals(resolve(weights, "Model"), {
      names: bare.names(),
      warnings: [`RobertaModel does not use these tensors of the checkpoint: ${listed}`],
    });
  }
  assertEquals(resolve(bare, "Model").warnings, []);
});

Deno.test("resolveModelWeights() warns in a few hundred characters of any number of tensors", async () => {
  const many = Array.from({ length: 10_000 }, (_, i) => `other.layer.${i}.weight`);
  const weights = await editWeights(
    await tinyWeights(CONFIG, "Model"),
    (name) => name,
    many.map((name) => [name, tensor(1)]),
  );
  const { warnings: [warning] } = resolve(weights, "Model");
  assert(
    /other\.layer\.0\.weight, .* and 99\d\d more$/.test(warning) && warning.length < 500,
    warning,
  );
});

Deno.test("resolveModelWeights() reads names of compiled and parallel models", async () => {
  const headed = await tinyWeights(CONFIG, "MaskedLM");
  const name = "embeddings.word_embeddings.weight";
  for (
    const rename of [
      (name: string) => `module.${name}`,
      (name: string) => `_orig_mod.${name}`,
      (name: string) => `module._orig_mod.${name}`,
      (name: string) => name.replace("roberta.", "roberta._orig_mod."),
      (name: string) => name.replace("layer.0.", "layer.0.module."),
    ]
  ) {
    const wrapped = await editWeights(headed, rename);
    assertEquals(resolve(wrapped, "MaskedLM"), resolve(headed, "MaskedLM"));
    const resolved = resolveModelWeights(wrapped, CONFIG, "MaskedLM");
    assertEquals(await resolved.load(name), await headed.load(`roberta.${name}`));
  }
  const twice = await editWeights(headed, (name) => name, [[`module.${name}`, tensor(20, 4)]]);
  assertThrows(
    () => resolve(twice, "MaskedLM"),
    RangeError,
    `${name} is present twice: module.${name}, roberta.${name}`,
  );
});

Deno.test("resolveModelWeights() lists a few hundred characters of missing tensors and faults", async () => {
  const deep = tinyConfig({ num_hidden_layers: 500, hidden_size: 8 });
  const weights = await tinyWeights(CONFIG, "Model");
  const { message } = assertThrows(() => resolveModelWeights(weights, deep, "Model"), RangeError);
  assert(/missing: .* and \d+ more/.test(message), message);
  assert(/and \d+ more like these/.test(message) && message.length < 1500, message);
});

Deno.test("resolveModelWeights() lists all discrepancies in one error", async () => {
  const headed = await tinyWeights(CONFIG, "MaskedLM");
  const wrong = await editWeights(
    headed,
    (name) => /query/.test(name) ? undefined : name,
    [
      ["roberta.encoder.layer.1.output.dense.bias", tensor(4)],
      ["lm_head.extra", tensor(1)],
      ["embeddings.LayerNorm.gamma", tensor(4)],
      ["roberta.lm_head.bias", tensor(20)],
    ],
  );
  const error = assertThrows(
    () => resolveModelWeights(wrong, tinyConfig({ intermediate_size: 7 }), "MaskedLM"),
    RangeError,
  );
  for (
    const part of [
      "missing: encoder.layer.0.attention.self.query.weight, " +
      "encoder.layer.0.attention.self.query.bias\n",
      "unexpected: roberta.encoder.layer.1.output.dense.bias, lm_head.extra, roberta.lm_head.bias",
      "roberta.encoder.layer.0.intermediate.dense.weight has dims [6,4], wanted [7,4]",
      "roberta.encoder.layer.0.output.dense.weight has dims [4,6], wanted [4,7]",
      "embeddings.LayerNorm.weight is present twice: roberta.embeddings.LayerNorm.weight, " +
      "embeddings.LayerNorm.gamma",
    ]
  ) assertEquals(error.message.includes(part), true, `${part} in ${error.message}`);
});

Deno.test("resolveWeights() accepts an optional part as a whole or not at all", () => {
  const part: ExpectedParameter[] = [
    { name: "pooler.weight", dims: [1], optionalPart: "pooler" },
    { name: "pooler.bias", dims: [1], optionalPart: "pooler" },
  ];
  const rules = { prefix: "roberta.", ignored: [] };
  const half = new MemoryWeights([["roberta.pooler.bias", tensor(1)]]);
  assertEquals(resolveWeights(new MemoryWeights([]), part, rules).names(), []);
  assertThrows(() => resolveWeights(half, part, rules), RangeError, "missing: pooler.weight");
});
