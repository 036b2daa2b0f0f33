import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type CheckpointSource,
  encodeSafetensors,
  FolderSource,
  MemorySource,
} from "../../checkpoint/mod.ts";
import { type FeatureExtractionOptions, pipeline } from "../../pipelines/mod.ts";
import { ACCUMULATION, modelBound } from "../../verify/bounds.ts";
import { tinyCheckpoint, tinyTokenizer } from "../helpers/tiny_checkpoint.ts";
import { taskModel } from "./task_goldens.ts";
import "../helpers/quiet_reference.ts";
import { stateDict } from "../checkpoint/pytorch/build_pickle.ts";

/** Output of tools/make_sentence_goldens.py. */
interface Goldens {
  readonly texts: string[];
  readonly cases: readonly {
    readonly name: string;
    readonly files: Readonly<Record<string, unknown>>;
    readonly tensors: Readonly<Record<string, Readonly<Record<string, [number[], number[]]>>>>;
    readonly calls: readonly {
      readonly options: FeatureExtractionOptions;
      readonly vectors: number[][];
      readonly growth: number;
    }[];
  }[];
}

const file = new URL("../golden/pipelines/sentences.json", import.meta.url);
const goldens: Goldens = JSON.parse(await Deno.readTextFile(file));
const MODEL = new FolderSource(taskModel("bert_sentences"));

/** A source with some files instead of those of another. */
function withFiles(
  source: CheckpointSource,
  files: Readonly<Record<string, string | Uint8Array>>,
): CheckpointSource {
  const memory = new MemorySource(files);
  return {
    name: source.name,
    open: async (name) => await memory.open(name) ?? await source.open(name),
  };
}

const jsonFiles = (files: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(files).map(([name, json]) => [name, JSON.stringify(json)]));

for (const { name, files, tensors, calls } of goldens.cases) {
  const weights = Object.entries(tensors).map(([folder, byName]) => [
    `${folder}/model.safetensors`,
    encodeSafetensors(
      Object.entries(byName).map(([name, [dims, values]]) => ({
        name,
        dims,
        dtype: "F32" as const,
        data: Float32Array.from(values),
      })),
    ),
  ]);
  for (const { options, vectors, growth } of calls) {
    Deno.test(`vectors of sentence-transformers: ${name} ${JSON.stringify(options)}`, async () => {
      const source = withFiles(MODEL, { ...jsonFiles(files), ...Object.fromEntries(weights) });
      using extractor = await pipeline("feature-extraction", source, { device: "cpu" });
      const { num_hidden_layers: layers, intermediate_size: width } = extractor.model.config;
      const result = await extractor(goldens.texts, { ...options, truncation: true });
      assertEquals(result.dims, [vectors.length, vectors[0].length]);
      const wanted = vectors.flat();
      const output = Math.max(...wanted.map(Math.abs), 3);
      const bound = growth * modelBound({ layers, width, output }, ACCUMULATION.cpu);
      result.data.forEach((value, i) =>
        assert(Math.abs(value - wanted[i]) <= bound, `${value} is not ${wanted[i]} ± ${bound}`)
      );
    });
  }
}

const MODULES = ["Transformer", "Pooling"].map((type, idx) => ({
  idx,
  name: `${idx}`,
  path: idx === 0 ? "" : "1_Pooling",
  type: `sentence_transformers.models.${type}`,
}));
const TEXT = "the old house left bath .";

/** Vectors of a tiny model with settings. */
async function vectorsOf(
  files: Readonly<Record<string, unknown>>,
  texts: string | string[] = TEXT,
  options: FeatureExtractionOptions = {},
): Promise<number[][]> {
  const source = await tinyCheckpoint("Model", {}, {
    "modules.json": MODULES,
    "1_Pooling/config.json": { pooling_mode_mean_tokens: true },
    ...files,
  });
  using extractor = await pipeline("feature-extraction", source, { device: "cpu" });
  return (await extractor(texts, options)).tolist() as number[][];
}

Deno.test("pooling_mode is one word, or a list, in versions since 5.4", async () => {
  for (const mode of ["mean", "cls", "max", "weightedmean", "lasttoken"] as const) {
    const now = { embedding_dimension: 8, pooling_mode: mode, include_prompt: true };
    const [vector] = await vectorsOf({ "1_Pooling/config.json": now });
    assertEquals([vector], await vectorsOf({}, TEXT, { pooling: mode }));
    const listed = { ...now, pooling_mode: [mode] };
    assertEquals(await vectorsOf({ "1_Pooling/config.json": listed }), [vector]);
  }
  const both = { pooling_mode: ["max", "cls"] };
  const [max, cls] = await Promise.all(
    (["max", "cls"] as const).map((pooling) => vectorsOf({}, TEXT, { pooling })),
  );
  const joined = await vectorsOf({ "1_Pooling/config.json": both });
  assertEquals(joined, [[...max[0], ...cls[0]]]);
  // It has precedence over the old keys; without any, the mean is taken.
  const mixed = { pooling_mode: "cls", pooling_mode_mean_tokens: true };
  assertEquals(await vectorsOf({ "1_Pooling/config.json": mixed }), cls);
  assertEquals(await vectorsOf({ "1_Pooling/config.json": {} }), await vectorsOf({}));
});

Deno.test("the class names of versions since 5.4", async () => {
  const modules = [
    { ...MODULES[0], type: "sentence_transformers.base.modules.transformer.Transformer" },
    { ...MODULES[1], type: "sentence_transformers.sentence_transformer.modules.pooling.Pooling" },
  ];
  const files = {
    "modules.json": modules,
    "sentence_bert_config.json": {
      transformer_task: "feature-extraction",
      modality_config: { text: { method: "forward", method_output_name: "last_hidden_state" } },
      module_output_name: "token_embeddings",
    },
  };
  assertEquals(await vectorsOf(files), await vectorsOf({}));
});

Deno.test("modules in any folder, the model's included", async () => {
  const plain = await tinyCheckpoint("Model");
  const names = ["config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"];
  for (const [folder, poolingFolder] of [["0_Transformer", "pool"], ["a/b", "./a/1_Pooling/"]]) {
    const files: Record<string, string | Uint8Array> = {
      "modules.json": JSON.stringify([
        { ...MODULES[0], path: folder },
        { ...MODULES[1], path: poolingFolder },
      ]),
      [`${poolingFolder.replace(/^\.\/|\/$/g, "")}/config.json`]: '{"pooling_mode": "max"}',
      [`${folder}/sentence_bert_config.json`]: '{"max_seq_length": 5, "do_lower_case": true}',
    };
    for (const name of names) {
      const opened = (await plain.open(name))!;
      files[`${folder}/${name}`] = await opened.read(0, opened.size);
    }
    const source = new MemorySource(files);
    using extractor = await pipeline("feature-extraction", source, { device: "cpu" });
    assertEquals(extractor.maxLength, 5);
    assertEquals(
      (await extractor("THE old HOUSE left", { truncation: true })).tolist(),
      await vectorsOf({}, "the old house", { pooling: "max" }),
    );
  }
});

Deno.test("max_seq_length is a limit of texts, which truncation cuts to", async () => {
  const files = { "sentence_bert_config.json": { max_seq_length: 5 } };
  await assertRejects(() => vectorsOf(files), RangeError, "at most 5 fit");
  const cut = await vectorsOf(files, TEXT, { truncation: true });
  assertEquals(cut, await vectorsOf({}, "the old house"));
  const old = { "sentence_roberta_config.json": { max_seq_length: 5 } };
  assertEquals(await vectorsOf(old, TEXT, { truncation: true }), cut);
  const none = { "sentence_bert_config.json": { max_seq_length: null } };
  assertEquals(await vectorsOf(none), await vectorsOf({}));
});

Deno.test("a model that is converted to LSG is not limited by max_seq_length", async () => {
  const source = await tinyCheckpoint("Model", {}, {
    "modules.json": MODULES,
    "1_Pooling/config.json": { pooling_mode: "mean" },
    "sentence_bert_config.json": { max_seq_length: 5 },
  });
  const lsg = { max_sequence_length: 128, block_size: 8, sparse_block_size: 8 };
  using extractor = await pipeline("feature-extraction", source, { device: "cpu", lsg });
  assertEquals(extractor.maxLength, 128);
});

Deno.test("do_lower_case concerns texts and prompts", async () => {
  const files = { "sentence_bert_config.json": { do_lower_case: true } };
  const options = { prompt: "QUERY : " };
  const lowered = await vectorsOf(files, ["The Old House", "BATH"], options);
  assertEquals(lowered, await vectorsOf({}, ["query : the old house", "query : bath"]));
  assert(String(lowered) !== String(await vectorsOf({}, ["The Old House", "BATH"], options)));
});

const PROMPTS = { prompts: { query: "query : ", passage: "the old " } };

Deno.test("prompts: the default one, one by name, one of the call, none", async () => {
  const file = "config_sentence_transformers.json";
  const withDefault = { [file]: { ...PROMPTS, default_prompt_name: "query" } };
  const texts = ["sea", "river running"];
  const query = await vectorsOf({}, texts.map((text) => `query : ${text}`));
  const passage = await vectorsOf({}, texts.map((text) => `the old ${text}`));
  const none = await vectorsOf({}, texts);
  assertEquals(await vectorsOf(withDefault, texts), query);
  assertEquals(await vectorsOf(withDefault, texts, { prompt_name: "passage" }), passage);
  assertEquals(await vectorsOf(withDefault, texts, { prompt: "the old " }), passage);
  assertEquals(await vectorsOf(withDefault, texts, { prompt: "" }), none);
  assertEquals(await vectorsOf({ [file]: PROMPTS }, texts), none);
  assertEquals(await vectorsOf({ [file]: PROMPTS }, texts, { prompt_name: "query" }), query);
  const unset = { [file]: { prompts: { query: null }, default_prompt_name: null } };
  assertEquals(await vectorsOf(unset, texts, { prompt_name: "query" }), none);
});

Deno.test("rows of a prompt can be left out", async () => {
  const rowsOf = (files: Readonly<Record<string, unknown>>, pooling: "cls" | "lasttoken") =>
    vectorsOf(files, "sea", { pooling, prompt: "query : " });
  const files = { "1_Pooling/config.json": { pooling_mode: "mean", include_prompt: false } };
  // [CLS] query : sea [SEP]
  const all = await vectorsOf({}, "sea", { pooling: "none", prompt: "query : " });
  const rows = all[0] as unknown as number[][];
  assertEquals(rows.length, 5);
  assertEquals(await rowsOf(files, "cls"), [rows[3]]);
  assertEquals(await rowsOf({}, "cls"), [rows[0]]);
  assertEquals(await rowsOf(files, "lasttoken"), [rows[4]]);
  const [mean] = await vectorsOf(files, "sea", { prompt: "query : " });
  assertEquals(mean, rows[3].map((value, i) => Math.fround((value + rows[4][i]) / 2)));
  // All rows are still given, and nothing is left out without a prompt.
  assertEquals(await vectorsOf(files, "sea", { pooling: "none", prompt: "query : " }), all);
  assertEquals(await vectorsOf(files, "sea"), await vectorsOf({}, "sea"));
});

const dense = (config: Record<string, unknown>, tensors: Record<string, [number[], number[]]>) => ({
  "modules.json": [...MODULES, { ...MODULES[1], type: "x.Dense", path: "2_Dense" }],
  "2_Dense/config.json": { in_features: 8, out_features: 2, ...config },
  "2_Dense/model.safetensors": encodeSafetensors(
    Object.entries(tensors).map(([name, [dims, values]]) => ({
      name,
      dims,
      dtype: "F32" as const,
      data: Float32Array.from(values),
    })),
  ),
});
const IDENTITY = { activation_function: "torch.nn.modules.linear.Identity" };
const MATRIX: [number[], number[]] = [[2, 8], Array.from({ length: 16 }, (_, i) => i - 5)];
const BIAS: [number[], number[]] = [[2], [1, -1]];

Deno.test("a Dense module: tanh if it names no function, its input for use_residual", async () => {
  const [mean] = await vectorsOf({});
  const plain = [0, 1].map((row) =>
    mean.reduce((sum, value, i) => sum + MATRIX[1][8 * row + i] * value, BIAS[1][row])
  );
  const tensors = { "linear.weight": MATRIX, "linear.bias": BIAS };
  assertEquals(await vectorsOf(dense(IDENTITY, tensors)), [plain.map(Math.fround)]);
  const bounded = await vectorsOf(dense({}, tensors));
  assertEquals(bounded, [plain.map((value) => Math.fround(Math.tanh(value)))]);
  const pick: [number[], number[]] = [[2, 8], [1, ...Array(14).fill(0), 1]];
  const residual = dense({ ...IDENTITY, use_residual: true }, {
    ...tensors,
    "residual.weight": pick,
  });
  const sum = [plain[0] + mean[0], plain[1] + mean[7]];
  assertEquals(await vectorsOf(residual), [sum.map(Math.fround)]);
  const square: [number[], number[]] = [[8, 8], Array(64).fill(0)];
  const same = dense({ ...IDENTITY, use_residual: true, bias: false, out_features: 8 }, {
    "linear.weight": square,
  });
  assertEquals(await vectorsOf(same), [mean]);
});

Deno.test("layers apply to vectors of another pooling, and not to rows", async () => {
  const files = dense(IDENTITY, { "linear.weight": MATRIX, "linear.bias": BIAS });
  const [cls] = await vectorsOf({}, TEXT, { pooling: "cls" });
  const [vector] = await vectorsOf(files, TEXT, { pooling: "cls" });
  const wanted = [0, 1].map((row) =>
    cls.reduce((sum, value, i) => sum + MATRIX[1][8 * row + i] * value, BIAS[1][row])
  );
  assertEquals(vector, wanted.map(Math.fround));
  const rows = { pooling: "none" } as const;
  assertEquals(await vectorsOf(files, TEXT, rows), await vectorsOf({}, TEXT, rows));
});

const CONFIG = "config_sentence_transformers.json";
const REFUSED: [
  string,
  Record<string, unknown>,
  FeatureExtractionOptions,
  typeof Error,
  string,
][] = [
  ["no such prompt", { [CONFIG]: PROMPTS }, { prompt_name: "question" }, RangeError, '"query"'],
  ["a prompt's name without prompts", {}, { prompt_name: "query" }, RangeError, "prompts none"],
  ["a name of the prototype", {}, { prompt_name: "toString" }, RangeError, "toString"],
  ["a prompt and a name", {}, { prompt: "a", prompt_name: "b" }, TypeError, "one of them"],
  ["a prompt that is a number", {}, { prompt: 1 as never }, TypeError, "prompt 1: wanted a string"],
  [
    "a default prompt that does not exist",
    { [CONFIG]: { ...PROMPTS, default_prompt_name: "other" } },
    {},
    RangeError,
    "default_prompt_name must be one of",
  ],
  ["prompts that are a list", { [CONFIG]: { prompts: ["a"] } }, {}, TypeError, "prompts must be"],
  [
    "a prompt of the checkpoint that is a number",
    { [CONFIG]: { prompts: { query: 7 } } },
    {},
    TypeError,
    "prompt query must be a string, got 7",
  ],
  [
    "a length of 0",
    { "sentence_bert_config.json": { max_seq_length: 0 } },
    {},
    RangeError,
    "max_seq_length must be an integer ≥ 1",
  ],
  [
    "do_lower_case as a word",
    { "sentence_bert_config.json": { do_lower_case: "yes" } },
    {},
    TypeError,
    "do_lower_case must be true or false",
  ],
  [
    "another output of the model",
    {
      "sentence_bert_config.json": {
        modality_config: { text: { method_output_name: "pooler_output" } },
      },
    },
    {},
    RangeError,
    '"pooler_output" of the model',
  ],
  [
    "an unknown activation function",
    dense({ activation_function: "torch.nn.modules.activation.Toto" }, {}),
    {},
    RangeError,
    "Toto",
  ],
  [
    "an activation function from elsewhere",
    dense({ activation_function: "mine.Tanh" }, {}),
    {},
    RangeError,
    "wanted one of torch.nn's",
  ],
  [
    "a matrix of another shape",
    dense({ in_features: 4, ...IDENTITY }, { "linear.weight": MATRIX, "linear.bias": BIAS }),
    {},
    RangeError,
    "linear.weight must have the shape [2,4], got [2,8]",
  ],
  [
    "a bias that is missing",
    dense(IDENTITY, { "linear.weight": MATRIX }),
    {},
    RangeError,
    "linear.bias must have the shape [2], got no such tensor",
  ],
  [
    "a layer for wider vectors",
    {
      ...dense(IDENTITY, { "linear.weight": MATRIX, "linear.bias": BIAS }),
      "1_Pooling/config.json": { pooling_mode: ["mean", "max"] },
    },
    {},
    RangeError,
    "vectors of width 16, and the layer memory/2_Dense takes 8",
  ],
  [
    "a layer of rows",
    dense({ module_input_name: "token_embeddings", ...IDENTITY }, {}),
    {},
    RangeError,
    "module_input_name must be one of sentence_embedding",
  ],
  [
    "a prompt that fills the text",
    {
      "1_Pooling/config.json": { pooling_mode: "mean", include_prompt: false },
      "sentence_bert_config.json": { max_seq_length: 3 },
      "tokenizer.json": { ...tinyTokenizer(), post_processor: null },
    },
    { prompt: "the old house", truncation: true, pooling: "cls" },
    RangeError,
    "are the prompt's",
  ],
];

for (const [name, files, options, errorType, message] of REFUSED) {
  Deno.test(`a sentence-transformers checkpoint: ${name} is refused`, async () => {
    await assertRejects(() => vectorsOf(files, TEXT, options), errorType, message);
  });
}

Deno.test("a Dense module may be in a pickled file", async () => {
  const tensors = { "linear.weight": MATRIX, "linear.bias": BIAS };
  const files = dense(IDENTITY, tensors);
  const { "2_Dense/model.safetensors": _, ...others } = files;
  const pickled = stateDict(
    Object.entries(tensors)
      .map(([name, [dims, data]]) => ({ name, dims, data: new Float32Array(data) })),
  );
  const vectors = await vectorsOf({ ...others, "2_Dense/pytorch_model.bin": pickled });
  assertEquals(vectors, await vectorsOf(files));
  await assertRejects(() => vectorsOf(others), RangeError, "has no weights");
});
