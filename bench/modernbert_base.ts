/**
 * ModernBERT-base with random weights.
 *
 * @module
 */
import { LSG_DEFAULTS } from "../attention/mod.ts";
import { drawParameters, modelParameters, parseConfig } from "../checkpoint/mod.ts";
import { EncoderModel, loadParts } from "../models/mod.ts";
import type { Backend } from "../ops/backend.ts";
import { slidingWindow } from "../ops/span.ts";
import { Random } from "../tensor/random.ts";
import { countLsgPairs, countSpanPairs } from "./visible_keys.ts";

/** Which attention a layer has; LSG is in place of the full one. */
export type ModernBertLayer = "full" | "local" | "LSG";

const [LAYERS, ROW, INNER, REACH] = [22, 768, 1152, 64];

/** The layers of ModernBERT-base, every third of them full. */
export const MODERNBERT_BASE: readonly ModernBertLayer[] = Array.from(
  { length: LAYERS },
  (_, layer) => layer % 3 ? "local" : "full",
);

/**
 * Makes the config of a model of some layers, else of ModernBERT-base.
 *
 * @param layers Its layers; LSG and full ones do not go together.
 * @returns Contents of `config.json`.
 */
export function makeModernBertConfig(
  layers: readonly ModernBertLayer[] = MODERNBERT_BASE,
): Readonly<Record<string, unknown>> {
  return {
    model_type: "modernbert",
    num_hidden_layers: layers.length,
    layer_types: layers.map((layer) => layer === "local" ? "sliding_attention" : "full_attention"),
    ...(layers.includes("LSG") && { base_model_prefix: "lsg" }),
  };
}

/**
 * Counts the operations of a forward pass.
 *
 * @param tokens Number of tokens.
 * @param layers The model's layers; absent: those of ModernBERT-base.
 * @returns Multiplications and additions of matrix products.
 */
export function countModernBertFlop(
  tokens: number,
  layers: readonly ModernBertLayer[] = MODERNBERT_BASE,
): number {
  const weights = 4 * ROW * ROW + 3 * ROW * INNER;
  const pairs = {
    full: () => tokens ** 2,
    local: () => countSpanPairs([slidingWindow(REACH, REACH)], tokens, tokens),
    LSG: () => countLsgPairs(tokens, LSG_DEFAULTS),
  };
  return layers.reduce((sum, layer) => sum + 2 * tokens * weights + 4 * ROW * pairs[layer](), 0);
}

/**
 * Creates a model of some layers on a backend.
 *
 * @param device The backend.
 * @param layers Its layers.
 * @returns The model.
 */
export async function openModernBert(
  device: Backend,
  layers: readonly ModernBertLayer[],
): Promise<EncoderModel> {
  const config = parseConfig(makeModernBertConfig(layers));
  const weights = drawParameters(modelParameters(config, "Model"), 0.02, new Random(0));
  return new EncoderModel(await loadParts(config, weights, { device }));
}
