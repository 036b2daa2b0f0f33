/**
 * RoBERTa-base with random weights.
 *
 * @module
 */
import { LSG_DEFAULTS } from "../attention/mod.ts";
import type { Backend } from "../ops/backend.ts";
import { drawParameters, modelParameters, parseConfig } from "../checkpoint/mod.ts";
import { EncoderModel, loadParts } from "../models/mod.ts";
import { Random } from "../tensor/random.ts";
import { makeTokenIds } from "./token_ids.ts";
import { countLsgPairs } from "./visible_keys.ts";

/** Number of layers. */
const LAYERS = 12;
/** Heads per layer. */
export const HEADS = 12;
/** Width of a head. */
export const WIDTH = 64;
/** Width of a token's row. */
export const ROW = HEADS * WIDTH;
/** Token ids that are used, most of the vocabulary. */
export const VOCABULARY = 50_000;

/** Attention of the model: full, or LSG with its defaults. */
export type RobertaAttention = "full" | "LSG";

/**
 * Counts the operations of a forward pass.
 *
 * @param tokens Number of tokens.
 * @param attention Attention of the model.
 * @returns Multiplications and additions of matrix products.
 */
export function countRobertaFlop(tokens: number, attention: RobertaAttention): number {
  const weights = 4 * ROW * ROW + 2 * ROW * 4 * ROW;
  return LAYERS * (2 * tokens * weights + countAttendFlop(tokens, attention));
}

/**
 * Counts the operations of a layer's attention.
 *
 * @param tokens Number of tokens.
 * @param attention Attention of the model.
 * @returns Multiplications and additions of scores and of weighted values.
 */
export function countAttendFlop(tokens: number, attention: RobertaAttention): number {
  const pairs = attention === "LSG" ? countLsgPairs(tokens, LSG_DEFAULTS) : tokens ** 2;
  return 4 * ROW * pairs;
}

/**
 * Makes the config of the model.
 *
 * @param tokens Length of the longest text.
 * @param attention Attention of the model.
 * @param layers Number of layers.
 * @returns Contents of `config.json`.
 */
export function makeRobertaConfig(
  tokens: number,
  attention: RobertaAttention,
  layers: number = LAYERS,
): Readonly<Record<string, unknown>> {
  return {
    model_type: "roberta",
    num_hidden_layers: layers,
    max_position_embeddings: tokens + 2,
    ...(attention === "LSG" && { base_model_prefix: "lsg" }),
  };
}

/**
 * Creates the model on a backend.
 *
 * @param device The backend.
 * @param tokens Length of the longest text.
 * @param attention Attention of the model.
 * @param layers Number of layers.
 * @returns The model.
 */
export async function openRoberta(
  device: Backend,
  tokens: number,
  attention: RobertaAttention,
  layers: number = LAYERS,
): Promise<EncoderModel> {
  const config = parseConfig(makeRobertaConfig(tokens, attention, layers));
  const weights = drawParameters(modelParameters(config, "Model"), 0.02, new Random(0));
  return new EncoderModel(await loadParts(config, weights, { device }));
}

/**
 * Encodes a text and reads the result.
 *
 * @param model Any encoder.
 * @param tokens Number of tokens.
 * @param vocabulary Number of distinct token ids.
 * @param globals Number of leading global tokens; must be 0 except for Longformer.
 */
export async function encode(
  model: EncoderModel,
  tokens: number,
  vocabulary: number,
  globals = 0,
): Promise<void> {
  const input_ids = [makeTokenIds(tokens, vocabulary)];
  const global_attention_mask = [input_ids[0].map((_, i) => i < globals ? 1 : 0)];
  const { last_hidden_state, pooler_output } = await model({
    input_ids,
    ...(globals > 0 && { global_attention_mask }),
  });
  await last_hidden_state.getData();
  last_hidden_state.dispose();
  pooler_output?.dispose();
}

/**
 * Encodes texts of several lengths in one padded batch, and reads the result.
 *
 * @param model The encoder.
 * @param lengths Tokens of each text.
 */
export async function encodeBatch(
  model: EncoderModel,
  lengths: readonly number[],
): Promise<void> {
  const longest = Math.max(...lengths);
  const input_ids = lengths.map((_) => makeTokenIds(longest, VOCABULARY));
  const attention_mask = lengths.map((length) => input_ids[0].map((_, i) => i < length ? 1 : 0));
  const { last_hidden_state, pooler_output } = await model({ input_ids, attention_mask });
  await last_hidden_state.getData();
  last_hidden_state.dispose();
  pooler_output?.dispose();
}
