/**
 * A Llama of SmolLM-135M's shape with random weights.
 *
 * @module
 */
import { drawParameters, modelParameters, parseConfig } from "../checkpoint/mod.ts";
import { DecoderLM } from "../generation/mod.ts";
import { loadParts } from "../models/mod.ts";
import type { Backend } from "../ops/backend.ts";
import { Random } from "../tensor/random.ts";

/** Contents of `config.json`. */
export const SMOL_LM = {
  model_type: "llama",
  architectures: ["LlamaForCausalLM"],
  vocab_size: 49_152,
  hidden_size: 576,
  num_hidden_layers: 30,
  num_attention_heads: 9,
  num_key_value_heads: 3,
  intermediate_size: 1536,
  max_position_embeddings: 2048,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  hidden_act: "silu",
  tie_word_embeddings: true,
  bos_token_id: 0,
  eos_token_id: 0,
} as const;

const WIDTH = SMOL_LM.hidden_size / SMOL_LM.num_attention_heads;

/** Weights of the layers' matrices, each of which multiplies each token. */
const LAYER_WEIGHTS = SMOL_LM.num_hidden_layers * SMOL_LM.hidden_size *
  (2 * SMOL_LM.hidden_size + 2 * SMOL_LM.num_key_value_heads * WIDTH +
    3 * SMOL_LM.intermediate_size);

/** Weights that a step reads: the layers', and the table of words, which is the head. */
export const STEP_WEIGHTS: number = LAYER_WEIGHTS + SMOL_LM.vocab_size * SMOL_LM.hidden_size;

/**
 * Counts the operations of reading a prompt, whose last token alone gets scores.
 *
 * @param tokens Number of tokens.
 * @returns Multiplications and additions of matrix products.
 */
export function countPromptFlop(tokens: number): number {
  const pairs = tokens * (tokens + 1) / 2;
  return 2 * tokens * LAYER_WEIGHTS + SMOL_LM.num_hidden_layers * 4 * SMOL_LM.hidden_size * pairs +
    2 * SMOL_LM.vocab_size * SMOL_LM.hidden_size;
}

/**
 * Creates the model on a backend.
 *
 * @param device The backend.
 * @returns The model.
 */
export async function openSmolLm(device: Backend): Promise<DecoderLM> {
  const config = parseConfig(SMOL_LM);
  const weights = drawParameters(modelParameters(config, "CausalLM"), 0.02, new Random(0));
  return new DecoderLM(await loadParts(config, weights, { device }));
}
