import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ACTIVATIONS } from "../../ops/activation.ts";
import { readConfig } from "../../checkpoint/config.ts";
import { parseConfig } from "../../checkpoint/parse_config.ts";
import { MemorySource } from "../../checkpoint/memory_source.ts";
import { showValue } from "../../base/show_value.ts";

Deno.test("parseConfig() takes the defaults of transformers 4.36 for absent keys", () => {
  const { raw, ...config } = parseConfig({ model_type: "roberta" });
  assertEquals(raw, { model_type: "roberta" });
  assertEquals(config, {
    model_type: "roberta",
    architectures: [],
    vocab_size: 50265,
    embedding_size: 768,
    hidden_size: 768,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    num_key_value_heads: 12,
    head_dim: 64,
    intermediate_size: 3072,
    hidden_act: "gelu",
    max_position_embeddings: 512,
    type_vocab_size: 2,
    dropout: {
      hidden_dropout_prob: 0.1,
      attention_probs_dropout_prob: 0.1,
      classifier_dropout: null,
    },
    rope: undefined,
    local: undefined,
    sliding_window: undefined,
    attention_bias: false,
    mlp_bias: false,
    norm_bias: false,
    classifier_bias: false,
    decoder_bias: false,
    classifier_activation: "gelu",
    classifier_pooling: "cls",
    use_parallel_residual: false,
    layer_norm_eps: 1e-12,
    initializer_range: 0.02,
    pad_token_id: 1,
    bos_token_id: 0,
    sep_token_id: null,
    id2label: ["LABEL_0", "LABEL_1"],
    eos_token_id: null,
    decoder_start_token_id: null,
    scale_embedding: false,
    decoder: undefined,
    attention_window: undefined,
    tie_word_embeddings: true,
    is_decoder: false,
    lsg: undefined,
  });
  for (const model_type of ["camembert", "xlm-roberta"]) {
    assertEquals(parseConfig({ model_type }).vocab_size, 30522);
  }
});

Deno.test("parseConfig() takes the file's keys, replaced by overrides", () => {
  const file = { model_type: "roberta", hidden_size: 24, num_attention_heads: 3, unknown: [1] };
  const config = parseConfig(file, { num_attention_heads: 4, bos_token_id: null });
  assertEquals(config.hidden_size, 24);
  assertEquals(config.num_attention_heads, 4);
  assertEquals(config.bos_token_id, null);
  assertEquals(config.raw, { ...file, num_attention_heads: 4, bos_token_id: null });
});

Deno.test("parseConfig() recognizes an LSG checkpoint by prefix or class name", () => {
  const lsg = (keys: Record<string, unknown>) =>
    parseConfig({ model_type: "roberta", ...keys }).lsg;
  assertEquals(lsg({ block_size: 64 }), undefined);
  assertEquals(lsg({ architectures: ["RobertaModel"] }), undefined);
  assertEquals(lsg({ architectures: ["LSGRobertaModel"] })?.block_size, 128);
  assertEquals(lsg({ architectures: "LSGRobertaModel" })?.block_size, 128);
  const prefixed = { base_model_prefix: "lsg", architectures: null };
  assertEquals(lsg({ ...prefixed, sparsity_type: null })?.sparsity_type, "none");
  assertEquals(lsg({ ...prefixed, lsg_num_pre_rounds: 3 })?.lsh_num_pre_rounds, 3);
});

// Defaults that differ from BERT's in transformers 4.36.
Deno.test("parseConfig() takes each family's defaults", () => {
  const bert = parseConfig({ model_type: "bert" });
  assertEquals([bert.vocab_size, bert.pad_token_id, bert.bos_token_id], [30522, 0, null]);
  const distilbert = parseConfig({ model_type: "distilbert" });
  assertEquals([distilbert.num_hidden_layers, distilbert.type_vocab_size], [6, 0]);
  const electra = parseConfig({ model_type: "electra" });
  assertEquals([electra.embedding_size, electra.hidden_size], [128, 256]);
  const albert = parseConfig({ model_type: "albert" });
  assertEquals([albert.embedding_size, albert.hidden_act], [128, "gelu_new"]);
  const longformer = parseConfig({ model_type: "longformer", num_hidden_layers: 2 });
  assertEquals([longformer.attention_window, longformer.sep_token_id], [[512, 512], 2]);
});

Deno.test("parseConfig() reads DistilBERT's own keys, and its fixed epsilon from no key", () => {
  const config = parseConfig({
    model_type: "distilbert",
    dim: 24,
    n_layers: 2,
    n_heads: 3,
    hidden_dim: 40,
    activation: "relu",
    layer_norm_eps: 1,
    type_vocab_size: 2,
  });
  assertEquals(
    [config.hidden_size, config.num_hidden_layers, config.num_attention_heads],
    [24, 2, 3],
  );
  assertEquals([config.intermediate_size, config.hidden_act], [40, "relu"]);
  assertEquals([config.layer_norm_eps, config.type_vocab_size], [1e-12, 0]);
});

// In transformers 4.36 `DistilBertConfig.from_dict({ dim: 12, hidden_size: 24 }).dim` is 24.
Deno.test("parseConfig() prefers the common names of DistilBERT's keys", () => {
  const file = { model_type: "distilbert", dim: 12, n_layers: 2, n_heads: 2 };
  const config = parseConfig({ ...file, hidden_size: 24 }, { num_hidden_layers: 3 });
  assertEquals([config.hidden_size, config.num_hidden_layers], [24, 3]);
  assertThrows(
    () => parseConfig(file, { num_hidden_layers: "3" }),
    TypeError,
    "config num_hidden_layers",
  );
});

// Of these, `attribute_map` of the config classes of transformers 4.36.2 and 5.24 names none.
Deno.test("parseConfig() does not read the common names of keys that transformers does not map", () => {
  const common = { hidden_act: "relu", intermediate_size: 31, layer_norm_eps: 0.5 };
  const read = (json: Record<string, unknown>) => {
    const { hidden_act, intermediate_size, layer_norm_eps } = parseConfig({ ...common, ...json });
    return [hidden_act, intermediate_size, layer_norm_eps];
  };
  for (const model_type of ["bart", "mbart", "pegasus", "led"]) {
    const own = { activation_function: "tanh", encoder_ffn_dim: 8 };
    assertEquals(read({ model_type, ...own }), ["tanh", 8, 1e-5]);
    assertEquals(read({ model_type }), ["gelu", 4096, 1e-5]);
  }
  const distilbert = { model_type: "distilbert", activation: "tanh", hidden_dim: 8 };
  assertEquals(read(distilbert), ["tanh", 8, 1e-12]);
  for (const model_type of ["llama", "mistral", "qwen2", "qwen3", "eurobert"]) {
    assertEquals(read({ model_type, rms_norm_eps: 1e-3 }), ["relu", 31, 1e-3]);
  }
  for (const model_type of ["bert", "gpt_neox", "phi"]) {
    assertEquals(read({ model_type }), ["relu", 31, 0.5]);
  }
});

Deno.test("parseConfig() sets both widths alike in a family with one width", () => {
  assertEquals(parseConfig({ model_type: "bert", embedding_size: 12 }).embedding_size, 768);
  assertEquals(parseConfig({ model_type: "electra", embedding_size: 12 }).embedding_size, 12);
});

Deno.test("parseConfig() reads a window for each layer of a Longformer", () => {
  const keys = { model_type: "longformer", num_hidden_layers: 2 };
  assertEquals(parseConfig({ ...keys, attention_window: 8 }).attention_window, [8, 8]);
  assertEquals(parseConfig({ ...keys, attention_window: [4, 8] }).attention_window, [4, 8]);
  assertEquals(
    parseConfig({ model_type: "roberta", attention_window: 3 }).attention_window,
    undefined,
  );
});

const INVALID: [Record<string, unknown>, ErrorConstructor, string][] = [
  [{ model_type: undefined }, RangeError, "supported: albert, bart, bert, camembert"],
  [{ model_type: "gpt2" }, RangeError, 'model_type "gpt2" is not supported'],
  [{ model_type: "toString" }, RangeError, "not supported"],
  [{ hidden_size: "768" }, TypeError, "config hidden_size must be an integer"],
  [{ hidden_size: null }, TypeError, "config hidden_size"],
  [{ hidden_size: 0 }, RangeError, "config hidden_size"],
  [{ hidden_size: 7.5 }, RangeError, "config hidden_size"],
  [{ hidden_size: 100 }, RangeError, "must be a multiple of num_attention_heads 12"],
  [{ hidden_size: NaN }, RangeError, "config hidden_size must be an integer ≥ 1, got NaN"],
  [{ hidden_size: 768n }, TypeError, "config hidden_size must be an integer ≥ 1, got 768"],
  [{ num_hidden_layers: -1 }, RangeError, "config num_hidden_layers"],
  [{ num_hidden_layers: 1e9 }, RangeError, "an integer from 1 to 1000, got 1000000000"],
  [{ layer_norm_eps: "1e-5" }, TypeError, "config layer_norm_eps"],
  [{ layer_norm_eps: 0 }, RangeError, "config layer_norm_eps"],
  [{ layer_norm_eps: -1e-12 }, RangeError, "config layer_norm_eps"],
  [{ layer_norm_eps: NaN }, RangeError, "config layer_norm_eps"],
  // A float32 below its normal range is 0 on many devices, and the norm of a constant row NaN.
  [{ layer_norm_eps: 1e-45 }, RangeError, "in the range of float32, from 1.1754943508222875e-38"],
  [{ layer_norm_eps: 1e-60 }, RangeError, "config layer_norm_eps"],
  [{ layer_norm_eps: 1e39 }, RangeError, "config layer_norm_eps"],
  [{ initializer_range: 1e39 }, RangeError, "config initializer_range"],
  [{ initializer_range: Infinity }, RangeError, "config initializer_range"],
  [{ tie_word_embeddings: 1 }, TypeError, "config tie_word_embeddings must be true or false"],
  [{ hidden_act: "gelu_10" }, RangeError, "config hidden_act must be one of gelu, gelu_new, "],
  [{ hidden_act: "toString" }, RangeError, "config hidden_act must be one of gelu"],
  [{ hidden_act: { toString: 1 } }, RangeError, 'got {"toString":1}'],
  [{ vocab_size: Symbol("many") }, TypeError, "got Symbol(many)"],
  [{ vocab_size: { valueOf: 1 } }, TypeError, 'got {"valueOf":1}'],
  [{ vocab_size: 2 ** 31 }, RangeError, "an integer from 1 to 2147483647, got 2147483648"],
  [{ max_position_embeddings: 1e300 }, RangeError, "an integer from 1 to 2147483647, got 1e+300"],
  [{ intermediate_size: -Infinity }, RangeError, "config intermediate_size"],
  [{ type_vocab_size: Infinity }, RangeError, "config type_vocab_size"],
  [{ position_embedding_type: "relative_key" }, RangeError, "config position_embedding_type"],
  [{ pad_token_id: null }, TypeError, "config pad_token_id"], // RoBERTa counts from it.
  [{ pad_token_id: 50265 }, RangeError, "config pad_token_id 50265 must be below"],
  [{ bos_token_id: -1 }, RangeError, "config bos_token_id"],
  [{ model_type: "distilbert", dim: 0 }, RangeError, "config dim must be an integer ≥ 1"],
  [{ model_type: "distilbert", is_decoder: true }, RangeError, "is_decoder must be false"],
  [{ model_type: "albert", num_hidden_groups: 2 }, RangeError, "num_hidden_groups must be 1"],
  [{ model_type: "albert", inner_group_num: 2 }, RangeError, "inner_group_num must be 1"],
  [{ model_type: "electra", embedding_size: 0 }, RangeError, "config embedding_size"],
  [
    { model_type: "longformer", attention_window: 7 },
    RangeError,
    "attention_window must be an even",
  ],
  [
    { model_type: "longformer", attention_window: 0 },
    RangeError,
    "attention_window must be an even",
  ],
  [{ model_type: "longformer", attention_window: "8" }, RangeError, 'got "8"'],
  [
    { model_type: "longformer", attention_window: [8] },
    RangeError,
    "a list of one for each of 12 layers",
  ],
  [
    { model_type: "longformer", base_model_prefix: "lsg" },
    RangeError,
    "LSG does not support Longformer",
  ],
  [
    { model_type: "longformer", attention_window: 2 ** 31 },
    RangeError,
    "attention_window must be an even",
  ],
  [{ architectures: [1] }, TypeError, "config architectures"],
  [{ architectures: {} }, TypeError, "config architectures"],
  [{ base_model_prefix: "lsg", sparsity_type: "norms" }, RangeError, "sparsity_type"],
  [{ base_model_prefix: "lsg", block_size: "128" }, TypeError, "block_size"],
];

for (const [keys, ErrorType, message] of INVALID) {
  Deno.test(`parseConfig() throws on ${showValue(keys)}`, () => {
    assertThrows(() => parseConfig({ model_type: "roberta", ...keys }), ErrorType, message);
  });
}

// In transformers 4.36 they differ by less than 1e-12, and by nothing but rounding.
Deno.test("parseConfig() knows other names of its activations", () => {
  const act = (hidden_act: string) => {
    const config = parseConfig({ model_type: "bert", hidden_act });
    assertEquals(config.raw.hidden_act, hidden_act);
    return config.hidden_act;
  };
  assertEquals(["gelu_python", "swish"].map(act), ["gelu", "silu"]);
  for (const name of ["gelu_accurate", "gelu_fast", "gelu_python_tanh", "gelu_pytorch_tanh"]) {
    assertEquals(act(name), "gelu_new");
  }
  for (const name of ACTIVATIONS) assertEquals(act(name), name);
  assertEquals(
    parseConfig({ model_type: "distilbert", activation: "swish" }).hidden_act,
    "silu",
  );
});

Deno.test("parseConfig() reads no padding where positions are not counted from it", () => {
  for (const model_type of ["bert", "distilbert", "electra", "albert"]) {
    const config = parseConfig({ model_type, pad_token_id: null });
    assertEquals([config.pad_token_id, config.raw.pad_token_id], [0, null]);
  }
  for (const model_type of ["roberta", "xlm-roberta", "camembert", "longformer"]) {
    assertThrows(() => parseConfig({ model_type, pad_token_id: null }), TypeError, "pad_token_id");
  }
});

Deno.test("parseConfig() ignores __proto__", () => {
  const json = JSON.parse('{"model_type": "roberta", "__proto__": {"hidden_size": 24}}');
  assertEquals(parseConfig(json).hidden_size, 768);
  assertEquals(({} as { hidden_size?: number }).hidden_size, undefined);
});

Deno.test("readConfig() reads config.json", async () => {
  const source = new MemorySource({ "config.json": '{"model_type": "camembert"}' });
  const config = await readConfig(source, { vocab_size: 9 });
  assertEquals([config.model_type, config.vocab_size], ["camembert", 9]);
  await assertRejects(() => readConfig(new MemorySource({})), RangeError, "no config.json");
});

Deno.test("rates of dropout have the names and the defaults of each family", () => {
  const rates = (json: Record<string, unknown>) => parseConfig(json).dropout;
  assertEquals(rates({ model_type: "distilbert", seq_classif_dropout: 0.5 }), {
    dropout: 0.1,
    attention_dropout: 0.1,
    qa_dropout: 0.1,
    seq_classif_dropout: 0.5,
  });
  assertEquals(rates({ model_type: "albert" }), {
    hidden_dropout_prob: 0,
    attention_probs_dropout_prob: 0,
    classifier_dropout_prob: 0.1,
  });
  assertEquals(rates({ model_type: "electra", classifier_dropout: 0.2 }), {
    hidden_dropout_prob: 0.1,
    attention_probs_dropout_prob: 0.1,
    classifier_dropout: 0.2,
    summary_first_dropout: 0,
    summary_last_dropout: 0.1,
  });
  for (const model_type of ["bart", "mbart", "led"]) {
    assertEquals(rates({ model_type, dropout: 0.3 }), {
      dropout: 0.3,
      attention_dropout: 0,
      activation_dropout: 0,
      classifier_dropout: 0,
      encoder_layerdrop: 0,
      decoder_layerdrop: 0,
    });
  }
  for (
    const [wrong, type] of [[1, RangeError], [-0.1, RangeError], ["0.1", TypeError], [
      null,
      TypeError,
    ]] as const
  ) {
    assertThrows(
      () => parseConfig({ model_type: "bert", hidden_dropout_prob: wrong }),
      type,
      "config hidden_dropout_prob must be a number from 0 to below 1",
    );
  }
});
