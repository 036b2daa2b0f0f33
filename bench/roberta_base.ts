/**
 * The shapes of RoBERTa-base, and the whole model with random weights.
 *
 * @module
 */
import { LSG_DEFAULTS } from "../attention/mod.ts";
import type { Backend } from "../ops/backend.ts";
import { drawParameters, modelParameters, parseConfig } from "../checkpoint/mod.ts";
import { EncoderModel, loadParts } from "../models/mod.ts";
import { Random } from "../tensor/random.ts";
import { drawIds } from "./draw_ids.ts";
import { lsgPairs } from "./visible_keys.ts";

/** Layers. */
const LAYERS = 12;
/** Heads of a layer. */
export const HEADS = 12;
/** Width of a head. */
export const WIDTH = 64;
/** Width of a token. */
export const ROW = HEADS * WIDTH;
/** Most of the words that it knows. */
export const WORDS = 50_000;

/** The attention that it has: full, or LSG with its defaults. */
export type RobertaAttention = "full" | "LSG";

/**
 * The operations of a pass.
 *
 * @param tokens How long the text is.
 * @param attention Its attention.
 * @returns Multiplications and additions of matrix products.
 */
export function robertaFlop(tokens: number, attention: RobertaAttention): number {
  const weights = 4 * ROW * ROW + 2 * ROW * 4 * ROW;
  const pairs = attention === "LSG" ? lsgPairs(tokens, LSG_DEFAULTS) : tokens ** 2;
  return LAYERS * (2 * tokens * weights + 4 * ROW * pairs);
}

/**
 * Its config.
 *
 * @param tokens The longest text.
 * @param attention Its attention.
 * @returns What `config.json` holds.
 */
export function robertaConfig(
  tokens: number,
  attention: RobertaAttention,
): Readonly<Record<string, unknown>> {
  return {
    model_type: "roberta",
    max_position_embeddings: tokens + 2,
    ...(attention === "LSG" && { base_model_prefix: "lsg" }),
  };
}

/**
 * Makes it on a backend.
 *
 * @param device The backend.
 * @param tokens The longest text.
 * @param attention Its attention.
 * @returns The model.
 */
export async function openRoberta(
  device: Backend,
  tokens: number,
  attention: RobertaAttention,
): Promise<EncoderModel> {
  const config = parseConfig(robertaConfig(tokens, attention));
  const weights = drawParameters(modelParameters(config, "Model"), 0.02, new Random(0));
  return new EncoderModel(await loadParts(config, weights, { device }));
}

/**
 * Encodes a text to the end.
 *
 * @param model Any encoder.
 * @param tokens How long the text is.
 * @param words How many words the model knows.
 * @param globals How many of the first tokens are global; other models than Longformer refuse any.
 */
export async function encode(
  model: EncoderModel,
  tokens: number,
  words: number,
  globals = 0,
): Promise<void> {
  const input_ids = [drawIds(tokens, words)];
  const global_attention_mask = [input_ids[0].map((_, i) => i < globals ? 1 : 0)];
  const { last_hidden_state, pooler_output } = await model({
    input_ids,
    ...(globals > 0 && { global_attention_mask }),
  });
  await last_hidden_state.getData();
  last_hidden_state.dispose();
  pooler_output?.dispose();
}
