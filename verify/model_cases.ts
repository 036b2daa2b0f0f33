/**
 * Cases of whole models.
 *
 * @module
 */
import type { Backend } from "../backend.ts";
import type { CheckpointSource } from "../checkpoint/mod.ts";
import { AutoModel, AutoModelForMaskedLM, type ModelInputs } from "../models/mod.ts";
import type { Tensor } from "../tensor.ts";
import { ACCUMULATION, largestMagnitude, modelBound } from "./bounds.ts";
import type { VerifyCase } from "./case.ts";
import { compare, type Comparison } from "./compare.ts";
import { type GoldenCase, GoldenFile } from "./golden_file.ts";

/** The folders of models that goldens were made with. */
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

/**
 * All cases of whole models.
 *
 * @param folderOf Gives the folder of a model by its name.
 * @returns The cases, model by model.
 */
export async function modelCases(
  folderOf: (name: string) => CheckpointSource,
): Promise<VerifyCase[]> {
  const cases: VerifyCase[] = [];
  for (const name of MODEL_FOLDERS) {
    const source = folderOf(name);
    const file = await GoldenFile.open(source, "golden.safetensors");
    for (const golden of file.cases) {
      cases.push({
        name: `models/${name}/${golden.name}`,
        source: golden.source,
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
  const ids = (await file.integers(golden, "input_ids"))!;
  const outputs = file.tensors(golden).filter((name) =>
    /^(last_hidden_state|pooler_output|logits|hidden_states_\d+)$/.test(name)
  );
  const first = await file.floats(golden, outputs.find((name) => name !== "pooler_output")!);
  const [batch, tokens] = first.dims;
  const nested = (values: Int32Array) =>
    Array.from({ length: batch }, (_, b) => [...values.subarray(b * tokens, (b + 1) * tokens)]);
  const mask = await file.integers(golden, "attention_mask");
  const typeIds = await file.integers(golden, "token_type_ids");
  const globalMask = await file.integers(golden, "global_attention_mask");
  const inputs: ModelInputs = {
    input_ids: nested(ids),
    ...(mask && { attention_mask: nested(mask) }),
    ...(typeIds && { token_type_ids: nested(typeIds) }),
    ...(globalMask && { global_attention_mask: nested(globalMask) }),
    output_hidden_states: outputs.includes("hidden_states_0"),
  };
  const load = golden.parameters.class === "Model" ? AutoModel : AutoModelForMaskedLM;
  const lsh_projections = await projectionsOf(file, golden);
  const model = await load.from_pretrained(source, { device: backend, lsh_projections });
  let actual: Record<string, Tensor> = {};
  try {
    actual = outputsByName(await model(inputs));
    const comparisons: Comparison[] = [];
    for (const name of outputs) {
      const expected = await file.floats(golden, name);
      const tensor = actual[name];
      const values = { dims: tensor.dims, data: await tensor.getData() as Float32Array };
      const isVisible = (row: number) =>
        name === "pooler_output" || mask === undefined || mask[row] === 1;
      const bound = modelBound({
        layers: model.config.num_hidden_layers,
        width: model.config.intermediate_size,
        output: largestMagnitude(expected.data),
      }, ACCUMULATION[backend.name]);
      comparisons.push(compare(values, expected, bound, isVisible));
    }
    return comparisons;
  } finally {
    Object.values(actual).forEach((tensor) => tensor.dispose());
    model.dispose();
  }
}

/** Outputs under the goldens' names: hidden states numbered. */
function outputsByName(outputs: object): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(outputs).flatMap(([name, value]) =>
      Array.isArray(value)
        ? value.map((tensor, i) => [`${name}_${i}`, tensor])
        : [[name, value as Tensor]]
    ),
  );
}

/** The matrices that the published package drew: a list over layers of a list over rounds. */
async function projectionsOf(
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
