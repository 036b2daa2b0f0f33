/**
 * Cases of whole models.
 *
 * @module
 */
import { AutoModelForCausalLM, AutoModelForSeq2SeqLM } from "../generation/mod.ts";
import type { Backend } from "../ops/backend.ts";
import { type CheckpointSource, readConfig } from "../checkpoint/mod.ts";
import type { ModelConfig } from "../families/families.ts";
import {
  type AutoClass,
  AutoModel,
  AutoModelForMaskedLM,
  AutoModelForMultipleChoice,
  AutoModelForPreTraining,
  AutoModelForQuestionAnswering,
  AutoModelForSequenceClassification,
  AutoModelForTokenClassification,
  type ModelInputs,
  type PreTrainedModel,
  type PreTrainedOptions,
  type TokenNumbers,
} from "../models/mod.ts";
import { Tensor } from "../tensor/tensor.ts";
import {
  ACCUMULATION,
  largestMagnitude,
  modelBound,
  quantizedError,
  storageError,
} from "./bounds.ts";
import type { VerifyCase } from "./case.ts";
import { compare, compareNorms, type Comparison, nameFault, type Values } from "./compare.ts";
import { type GoldenCase, GoldenFile } from "./golden_file.ts";
import {
  DECODER_FOLDERS,
  HEAD_FOLDERS,
  MODEL_FOLDERS,
  SELF_EXTEND_FOLDERS,
  SEQ2SEQ_FOLDERS,
} from "./model_folders.ts";

/** Classes by their names in goldens, and whether an output has one row per token. */
const CLASSES: Record<string, [AutoClass<PreTrainedModel<object>>, boolean]> = {
  Model: [AutoModel, true],
  MaskedLM: [AutoModelForMaskedLM, true],
  CausalLM: [AutoModelForCausalLM, true],
  SequenceClassification: [AutoModelForSequenceClassification, false],
  TokenClassification: [AutoModelForTokenClassification, true],
  QuestionAnswering: [AutoModelForQuestionAnswering, true],
  MultipleChoice: [AutoModelForMultipleChoice, false],
  PreTraining: [AutoModelForPreTraining, true],
  ConditionalGeneration: [AutoModelForSeq2SeqLM, true],
};

/**
 * Reads the cases of all models.
 *
 * @param folderOf Returns the folder of a model by path, such as `models/bert`.
 * @returns Cases, model by model.
 */
export async function modelCases(
  folderOf: (path: string) => CheckpointSource,
): Promise<VerifyCase[]> {
  const cases: VerifyCase[] = [];
  const folders = [
    ...MODEL_FOLDERS.map((name) => `models/${name}`),
    ...HEAD_FOLDERS.map((name) => `heads/${name}`),
    ...SEQ2SEQ_FOLDERS.map((name) => `seq2seq/${name}`),
    ...DECODER_FOLDERS.map((name) => `decoders/${name}`),
  ];
  const files = [
    ...folders.map((name) => [name, "golden"]),
    ...SELF_EXTEND_FOLDERS.map((name) => [`decoders/${name}`, "self_extend"]),
  ];
  for (const [name, fileName] of files) {
    const source = folderOf(name);
    const file = await GoldenFile.open(source, `${fileName}.safetensors`);
    const { model_type: family } = await readConfig(source);
    for (const golden of file.cases) {
      cases.push({
        name: `${name}/${fileName === "golden" ? "" : `${fileName}_`}${golden.name}`,
        source: golden.source,
        model: { family, head: golden.parameters.class as string },
        ofDecoder: name.startsWith("decoders/"),
        run: (backend) => verifyModel(source, file, golden, backend),
      });
    }
  }
  return cases;
}

async function verifyModel(
  source: CheckpointSource,
  file: GoldenFile,
  golden: GoldenCase,
  backend: Backend,
): Promise<Comparison[]> {
  const outputs = file.tensors(golden).filter((name) =>
    /^((encoder_)?last_hidden_state|pooler_output|(start_|end_)?logits|hidden_states_\d+)$/
      .test(name)
  );
  const input_ids = (await loadIntegers(file, golden, "input_ids"))!;
  const inputs: ModelInputs = {
    input_ids,
    ...await loadOptional(file, golden, "attention_mask"),
    ...await loadOptional(file, golden, "token_type_ids"),
    ...await loadOptional(file, golden, "global_attention_mask"),
    ...await loadOptional(file, golden, "decoder_input_ids"),
    ...await loadOptional(file, golden, "decoder_attention_mask"),
    output_hidden_states: outputs.includes("hidden_states_0"),
  };
  const [auto, isPerToken] = CLASSES[golden.parameters.class as string];
  const lsh_projections = await loadProjections(file, golden);
  const { config, self_extend } = golden.parameters as Pick<
    PreTrainedOptions,
    "config" | "self_extend"
  >;
  const options = { device: backend, lsh_projections, config, self_extend };
  const model = await auto.from_pretrained(source, options);
  let actual: Record<string, Tensor> = {};
  try {
    actual = nameOutputs(await model(inputs));
    const comparisons: Comparison[] = [];
    for (const name of outputs) {
      const expected = await file.floats(golden, name);
      const tensor = actual[name];
      const values = { dims: tensor.dims, data: await tensor.getData() as Float32Array };
      const hasTokens = isPerToken && name !== "pooler_output";
      const isOfDecoder = model.config.decoder !== undefined &&
        name !== "encoder_last_hidden_state";
      const maskName = isOfDecoder ? "decoder_attention_mask" : "attention_mask";
      const isVisible = hasTokens
        ? visibleRows(await file.integers(golden, maskName), expected.dims)
        : undefined;
      const size = { ...sizesOf(model.config), output: largestMagnitude(expected.data) };
      const rows = hasTokens ? toTokenRows : (values: Values) => values;
      const outcome = backend.dtype === "q8"
        ? compareNorms(rows(values), rows(expected), quantizedError(size.layers), isVisible)
        : compare(
          rows(values),
          rows(expected),
          modelBound(size, ACCUMULATION[backend.name], storageError(backend)),
          isVisible,
        );
      comparisons.push(nameFault(name, outcome));
    }
    return comparisons;
  } finally {
    Object.values(actual).forEach((tensor) => tensor.dispose());
    model.dispose();
  }
}

/** Sizes of a model that its error grows with. */
function sizesOf({ num_hidden_layers, intermediate_size, decoder, rope }: ModelConfig) {
  return {
    layers: num_hidden_layers + (decoder?.num_hidden_layers ?? 0),
    rotaryLayers: rope ? num_hidden_layers : 0,
    crossAttentions: decoder?.num_hidden_layers ?? 0,
    width: Math.max(intermediate_size, decoder?.intermediate_size ?? 0),
  };
}

/**
 * Returns whether a row of `[batch, rows, …]` is visible under a mask `[batch, tokens]`; rows in
 * front of the tokens, of global tokens, are.
 */
function visibleRows(
  mask: Int32Array | undefined,
  [batch, rows]: readonly number[],
): ((row: number) => boolean) | undefined {
  if (!mask) return undefined;
  const tokens = mask.length / batch;
  return (row) => {
    const token = row % rows - (rows - tokens);
    return token < 0 || mask[Math.floor(row / rows) * tokens + token] === 1;
  };
}

/** Loads a golden's integers as an input; undefined if absent. */
async function loadIntegers(
  file: GoldenFile,
  golden: GoldenCase,
  name: string,
): Promise<TokenNumbers | undefined> {
  const values = await file.integers(golden, name);
  return values && new Tensor("int32", values, file.dims(golden, name));
}

/** Loads an optional input, as a property. */
async function loadOptional(
  file: GoldenFile,
  golden: GoldenCase,
  name: keyof ModelInputs,
): Promise<Partial<ModelInputs>> {
  const values = await loadIntegers(file, golden, name);
  return values && { [name]: values } || {};
}

/** Reshapes `[batch, tokens]` to `[batch, tokens, 1]`, so that each row is a token. */
function toTokenRows(values: Values): Values {
  return values.dims.length > 2 ? values : { ...values, dims: [...values.dims, 1] };
}

/** Maps outputs to their names in goldens, with hidden states numbered. */
function nameOutputs(outputs: object): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(outputs).flatMap(([name, value]) =>
      Array.isArray(value)
        ? value.map((tensor, i) => [`${name}_${i}`, tensor])
        : [[name, value as Tensor]]
    ),
  );
}

/** Loads the random projections of the published package, by layer and round. */
async function loadProjections(
  file: GoldenFile,
  golden: GoldenCase,
): Promise<Float32Array[][] | undefined> {
  const layers: Float32Array[][] = [];
  for (const name of file.tensors(golden)) {
    const match = name.match(/^projection_(\d+)_(\d+)$/);
    if (!match) continue;
    layers[Number(match[1])] ??= [];
    layers[Number(match[1])][Number(match[2])] = (await file.floats(golden, name)).data;
  }
  return layers.length > 0 ? layers : undefined;
}
