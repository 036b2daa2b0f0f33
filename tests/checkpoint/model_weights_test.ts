import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { architectureOf } from "../../checkpoint/architecture.ts";
import { parseConfig } from "../../checkpoint/parse_config.ts";
import { describeHead } from "../../checkpoint/describe_head.ts";
import { drawParameters } from "../../checkpoint/conversion/draw_parameters.ts";
import { FAMILIES, type Head, type ModelType } from "../../families/families.ts";
import { MemoryWeights } from "../../checkpoint/memory_weights.ts";
import { modelParameters } from "../../checkpoint/model_parameters.ts";
import { nameRules, resolveModelWeights } from "../../checkpoint/model_weights.ts";
import { Random } from "../../tensor/random.ts";

const TINY = {
  vocab_size: 9,
  embedding_size: 3,
  hidden_size: 4,
  dim: 4,
  num_hidden_layers: 2,
  n_layers: 2,
  num_attention_heads: 2,
  n_heads: 2,
  intermediate_size: 5,
  hidden_dim: 5,
  d_model: 4,
  encoder_layers: 1,
  encoder_attention_heads: 2,
  encoder_ffn_dim: 5,
  decoder_layers: 2,
  decoder_attention_heads: 1,
  decoder_ffn_dim: 3,
  max_position_embeddings: 7,
  partial_rotary_factor: 1,
  num_key_value_heads: 1,
  pad_token_id: 1,
};

function listHeads(modelType: ModelType): Head[] {
  return ["Model", ...Object.keys(FAMILIES[modelType].heads)] as Head[];
}

for (const model_type of Object.keys(FAMILIES) as ModelType[]) {
  const config = parseConfig({ ...TINY, model_type });
  Deno.test(`${model_type}: a file saved with any head loads as the bare model`, () => {
    const base = modelParameters(config, "Model").filter(({ optionalPart }) => !optionalPart);
    for (const head of listHeads(model_type)) {
      const weights = drawParameters(modelParameters(config, head), 1, new Random(0));
      const names = resolveModelWeights(weights, config, "Model").names();
      const isInModel = (name: string) => base.some((each) => each.name === name);
      assertEquals(
        names.filter(isInModel),
        base.map(({ name }) => name),
        architectureOf(config, head),
      );
    }
  });

  Deno.test(`${model_type}: each head requires its own layers and accepts no others`, () => {
    for (const head of listHeads(model_type).filter((each) => each !== "Model")) {
      const parameters = modelParameters(config, head);
      const own = parameters.filter((parameter) => parameter.head && !parameter.optionalPart);
      if (own.length === 0) continue; // final_logits_bias may be absent
      const weights = drawParameters(parameters, 1, new Random(0));
      assertEquals(resolveModelWeights(weights, config, head).names().length, parameters.length);
      const bare = drawParameters(modelParameters(config, "Model"), 1, new Random(0));
      const message = `missing: ${own[0].name}`;
      assertThrows(() => resolveModelWeights(bare, config, head), RangeError, message);
      const more = new MemoryWeights([[`${own[0].name}_2`, {
        dims: [1],
        data: new Float32Array(1),
      }]]);
      assertThrows(() => resolveModelWeights(more, config, head), RangeError, "unexpected:");
    }
  });
}

Deno.test("modelParameters() lists shared layers once", () => {
  const count = (model_type: string, num_hidden_layers: number) =>
    modelParameters(parseConfig({ ...TINY, model_type, num_hidden_layers }), "Model").length;
  assertEquals(count("albert", 5), count("albert", 1));
  assertEquals(count("bert", 5), count("bert", 1) + 4 * 16);
});

Deno.test("modelParameters() has a projection if the widths differ", () => {
  const names = (model_type: string, embedding_size: number) =>
    modelParameters(parseConfig({ ...TINY, model_type, embedding_size }), "Model")
      .filter(({ name }) => /embeddings_project|mapping_in/.test(name)).map(({ dims }) => dims);
  assertEquals(names("electra", 3), [[4, 3], [4]]);
  assertEquals(names("electra", 4), []);
  assertEquals(names("albert", 4), [[4, 4], [4]]);
  assertEquals(names("bert", 3), []);
});

Deno.test("nameRules() ignores tensors that the head does not use", () => {
  const bert = parseConfig({ ...TINY, model_type: "bert" });
  const ignores = (head: Head, name: string) =>
    nameRules(bert, head).ignored.some((beginning) => name.startsWith(beginning));
  assertEquals(ignores("MaskedLM", "cls.seq_relationship.weight"), true);
  assertEquals(ignores("MaskedLM", "cls.predictions.other"), false);
  assertEquals(ignores("MaskedLM", "pooler.dense.weight"), true);
  assertEquals(ignores("SequenceClassification", "pooler.dense.weight"), false);
  assertEquals(ignores("Model", "cls.predictions.bias"), true);
  assertEquals(ignores("Model", "classifier.weight"), true);
  assertEquals(ignores("Model", "classifier_2.weight"), false);
});

Deno.test("describeHead() and modelParameters() throw on unsupported heads", () => {
  const distilbert = parseConfig({ ...TINY, model_type: "distilbert" });
  assertThrows(() => describeHead(distilbert, "PreTraining"), RangeError, "no head PreTraining");
  const electra = parseConfig({ ...TINY, model_type: "electra", summary_type: "last" });
  assertThrows(
    () => modelParameters(electra, "MultipleChoice"),
    RangeError,
    'summary_type must be "first"',
  );
  assertEquals(modelParameters(electra, "MaskedLM").length > 0, true);
});

Deno.test("resolveModelWeights() reads old names of every family's layer norms", () => {
  for (const model_type of Object.keys(FAMILIES) as ModelType[]) {
    const config = parseConfig({ ...TINY, model_type });
    const writes = "MaskedLM" in FAMILIES[model_type].heads ? "MaskedLM" : "CausalLM";
    const head = config.decoder ? "ConditionalGeneration" : writes;
    const parameters = modelParameters(config, head);
    const old = new MemoryWeights(parameters.map(({ name, dims }) => [
      name.replace(/(norm)\.weight$/i, "$1.gamma").replace(/(norm)\.bias$/i, "$1.beta"),
      { dims, data: new Float32Array(dims.reduce((a, b) => a * b)) },
    ]));
    // NomicBERT calls most of its norms otherwise.
    const least = model_type === "nomic_bert" ? 1 : 3;
    assertEquals(old.names().filter((name) => name.endsWith("gamma")).length >= least, true);
    assertEquals(
      resolveModelWeights(old, config, head).names(),
      parameters.map(({ name }) => name),
    );
  }
});

// BertForMaskedLM of transformers 5.24 with tie_word_embeddings false saves cls.predictions.bias,
// which it does not add, and cls.predictions.decoder.bias, which it adds; 4.36.2 has them as one.
Deno.test("resolveModelWeights() takes the bias of the output layer where nothing is tied", async () => {
  const loadBias = async (model_type: string, inFile: string[], tie_word_embeddings: boolean) => {
    const config = parseConfig({ ...TINY, model_type, tie_word_embeddings });
    const drawn = drawParameters(modelParameters(config, "MaskedLM"), 1, new Random(0));
    const { decoder, bias } = describeHead(config, "MaskedLM").words!;
    const others = drawn.names().filter((name) => name !== bias);
    const tensors = await Promise.all(
      others.map(async (name) =>
        [name, { dims: drawn.dims(name), data: await drawn.load(name) }] as const
      ),
    );
    const names: Record<string, string> = { head: bias!, layer: `${decoder}.bias` };
    const weights = new MemoryWeights([
      ...tensors,
      ...inFile.map((each, i) =>
        [names[each], { dims: [9], data: new Float32Array(9).fill(i + 1) }] as const
      ),
    ]);
    const resolved = resolveModelWeights(weights, config, "MaskedLM");
    assertEquals(resolved.names().length, drawn.names().length);
    return (await resolved.load(bias!))[0];
  };
  for (const family of ["bert", "roberta", "camembert", "xlm-roberta", "albert", "nomic_bert"]) {
    assertEquals(await loadBias(family, ["head", "layer"], false), 2, family);
    assertEquals(await loadBias(family, ["head"], false), 1);
    assertEquals(await loadBias(family, ["layer"], false), 1);
    assertEquals(await loadBias(family, ["head", "layer"], true), 1);
  }
});

// Untied, BartModel of transformers 5.24 saves three word tables and reads those of encoder and
// decoder; 4.36.2 has one of them, and writes it three times into a pytorch_model.bin.
Deno.test("resolveModelWeights() refuses an encoder and a decoder with word tables of their own", async () => {
  const word = "shared.weight";
  const load = async (model_type: string, tied: boolean, copies: Record<string, number>) => {
    const config = parseConfig({ ...TINY, model_type, tie_word_embeddings: tied });
    const drawn = drawParameters(modelParameters(config, "Model"), 1, new Random(0));
    const own = await drawn.load(word);
    const read = async (name: string) =>
      [name, { dims: drawn.dims(name), data: await drawn.load(name) }] as const;
    const weights = new MemoryWeights([
      ...await Promise.all(drawn.names().map(read)),
      ...Object.entries(copies).map(([name, added]) =>
        [name, {
          dims: [9, 4],
          data: own.map((value, i) => i === 35 ? value + added : value),
        }] as const
      ),
    ]);
    return await resolveModelWeights(weights, config, "Model").load(word);
  };
  const [encoder, decoder] = ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight"];
  for (const model_type of ["bart", "mbart", "pegasus", "led"]) {
    const own = await load(model_type, false, {});
    assertEquals(await load(model_type, false, { [encoder]: 0, [decoder]: 0 }), own);
    await assertRejects(
      () => load(model_type, false, { [encoder]: 0, [decoder]: 1 }),
      RangeError,
      "decoder.embed_tokens.weight and shared.weight have different values, wanted one table",
    );
    assertEquals(await load(model_type, true, { [decoder]: 1 }), own);
  }
});
