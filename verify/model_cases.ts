/**
 * Cases of whole models.
 *
 * @module
 */
import type { Backend } from "../ops/backend.ts";
import { type CheckpointSource, readConfig } from "../checkpoint/mod.ts";
import {
  type AutoClass,
  AutoModel,
  AutoModelForCausalLM,
  AutoModelForMaskedLM,
  AutoModelForMultipleChoice,
  AutoModelForPreTraining,
  AutoModelForQuestionAnswering,
  AutoModelForSequenceClassification,
  AutoModelForTokenClassification,
  type ModelInputs,
  type PreTrainedModel,
  type TokenNumbers,
} from "../models/mod.ts";
import { Tensor } from "../tensor/tensor.ts";
import { ACCUMULATION, largestMagnitude, modelBound, storageError } from "./bounds.ts";
import type { VerifyCase } from "./case.ts";
import { compare, type Comparison, nameFault, type Values } from "./compare.ts";
import { type GoldenCase, GoldenFile } from "./golden_file.ts";

/** Folders of models with goldens. */
export const MODEL_FOLDERS: readonly string[] = [
  "roberta_model",
  "roberta_masked_lm",
  "roberta_untied",
  "roberta_old_names",
  "roberta_f16",
  "lsg_none",
  "lsg_null_g7",
  "lsg_norm",
  "lsg_norm_g7_mask_first",
  "lsg_pooling_no_pool",
  "lsg_bos_pooling_mask_first",
  "lsg_bos_pooling_g7",
  "lsg_lsh",
  "lsg_stride_sharded",
  "lsg_block_stride_bf16",
  "bert",
  "bert_model_old_names",
  "bert_copies",
  "bert_lsg_none",
  "bert_lsg_norm",
  "bert_lsg_pooling",
  "bert_lsg_bos_pooling",
  "bert_lsg_lsh",
  "bert_lsg_stride",
  "bert_lsg_block_stride",
  "camembert",
  "camembert_lsg_norm",
  "camembert_lsg_bos_pooling",
  "xlm_roberta",
  "xlm_roberta_lsg_norm",
  "xlm_roberta_lsg_bos_pooling",
  "distilbert",
  "distilbert_lsg_norm",
  "distilbert_lsg_bos_pooling",
  "distilbert_old_names",
  "electra",
  "electra_lsg_norm",
  "electra_lsg_bos_pooling",
  "electra_one_width",
  "albert",
  "albert_lsg_norm",
  "albert_lsg_bos_pooling",
  "albert_old_names",
  "longformer",
  "longformer_windows",
];

const COMMON = [
  "sequence_classification",
  "token_classification",
  "question_answering",
  "multiple_choice",
];

/** Folders of task heads with goldens, for each family with full attention and with LSG. */
export const HEAD_FOLDERS: readonly string[] = [
  ...["bert", "roberta", "camembert", "xlm_roberta", "distilbert", "electra", "albert"]
    .flatMap((family) => [family, `${family}_lsg`])
    .concat("longformer")
    .flatMap((family) => COMMON.map((head) => `${family}_${head}`)),
  "bert_causal_lm",
  "roberta_causal_lm",
  "electra_pre_training",
  "electra_lsg_pre_training",
];

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
  ];
  for (const name of folders) {
    const source = folderOf(name);
    const file = await GoldenFile.open(source, "golden.safetensors");
    const { model_type: family } = await readConfig(source);
    for (const golden of file.cases) {
      cases.push({
        name: `${name}/${golden.name}`,
        source: golden.source,
        model: { family, head: golden.parameters.class as string },
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
    /^(last_hidden_state|pooler_output|(start_|end_)?logits|hidden_states_\d+)$/.test(name)
  );
  const mask = await file.integers(golden, "attention_mask");
  const input_ids = (await loadIntegers(file, golden, "input_ids"))!;
  const inputs: ModelInputs = {
    input_ids,
    ...await loadOptional(file, golden, "attention_mask"),
    ...await loadOptional(file, golden, "token_type_ids"),
    ...await loadOptional(file, golden, "global_attention_mask"),
    output_hidden_states: outputs.includes("hidden_states_0"),
  };
  const [auto, isPerToken] = CLASSES[golden.parameters.class as string];
  const lsh_projections = await loadProjections(file, golden);
  const model = await auto.from_pretrained(source, { device: backend, lsh_projections });
  let actual: Record<string, Tensor> = {};
  try {
    actual = nameOutputs(await model(inputs));
    const comparisons: Comparison[] = [];
    for (const name of outputs) {
      const expected = await file.floats(golden, name);
      const tensor = actual[name];
      const values = { dims: tensor.dims, data: await tensor.getData() as Float32Array };
      const hasTokens = isPerToken && name !== "pooler_output";
      const isVisible = (row: number) => !hasTokens || mask === undefined || mask[row] === 1;
      const size = {
        layers: model.config.num_hidden_layers,
        width: model.config.intermediate_size,
        output: largestMagnitude(expected.data),
      };
      const bound = modelBound(size, ACCUMULATION[backend.name], storageError(backend));
      const rows = hasTokens ? toTokenRows : (values: Values) => values;
      comparisons.push(nameFault(name, compare(rows(values), rows(expected), bound, isVisible)));
    }
    return comparisons;
  } finally {
    Object.values(actual).forEach((tensor) => tensor.dispose());
    model.dispose();
  }
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
