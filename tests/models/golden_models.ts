import { fromFileUrl } from "@std/path";
import type { Floats } from "../../ops/backend.ts";
import {
  AutoModel,
  type EncoderModel,
  type ModelInputs,
  type PreTrainedOptions,
} from "../../models/mod.ts";
import type { Random } from "../../tensor/random.ts";

/** A whole model for each sparsity type, and one without LSG. */
export const FOLDERS: readonly string[] = [
  "roberta_masked_lm",
  "lsg_none",
  "lsg_norm",
  "lsg_pooling_no_pool",
  "lsg_bos_pooling_mask_first",
  "lsg_bos_pooling_g7",
  "lsg_lsh",
  "lsg_stride_sharded",
  "lsg_block_stride_bf16",
];

/** A whole model of each of the other families. */
export const FAMILY_FOLDERS: readonly string[] = [
  "bert_lsg_norm",
  "camembert_lsg_norm",
  "xlm_roberta_lsg_norm",
  "distilbert_lsg_norm",
  "electra_lsg_norm",
  "albert_lsg_norm",
  "longformer",
  "modernbert",
];

/** The path of a folder in `tests/golden`. */
export function goldenPath(path: string): string {
  return fromFileUrl(new URL(`../golden/${path}`, import.meta.url));
}

/** Loads a golden model without a head. */
export function loadModel(name: string, options?: PreTrainedOptions): Promise<EncoderModel> {
  return AutoModel.from_pretrained(goldenPath(`models/${name}`), options);
}

/** A model's last hidden states `[batch, tokens, width]`, read; the memory is released. */
export async function hiddenStates(model: EncoderModel, inputs: ModelInputs): Promise<Floats> {
  const { last_hidden_state, pooler_output } = await model(inputs);
  await last_hidden_state.getData();
  last_hidden_state.dispose();
  pooler_output?.dispose();
  return last_hidden_state;
}

/** A sequence of `tokens` ids between 3 and 89, none of them padding. */
export function drawIds(random: Random, tokens: number): number[] {
  return Array.from({ length: tokens }, () => 3 + Math.floor(random.uniform() * 87));
}

/** A mask whose row `i` shows the first `lengths[i]` of `tokens` tokens. */
export function maskOf(lengths: readonly number[], tokens: number): number[][] {
  return lengths.map((length) => Array.from({ length: tokens }, (_, i) => i < length ? 1 : 0));
}

/** Rows `start … end − 1` of sequence `b` of `[batch, rows, width]`, as a copy. */
export async function rowsOf(
  tensor: Floats,
  b: number,
  start: number,
  end: number,
): Promise<Float32Array> {
  const [, rows, width] = tensor.dims;
  const data = await tensor.getData();
  return data.slice((b * rows + start) * width, (b * rows + end) * width);
}
