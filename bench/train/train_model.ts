/**
 * Models with random weights whose training is measured.
 *
 * @module
 */
import { LSG_DEFAULTS } from "../../attention/mod.ts";
import { modelParameters, parseConfig, type Weights } from "../../checkpoint/mod.ts";
import { loadParts, SequenceClassification } from "../../models/mod.ts";
import type { Backend } from "../../ops/backend.ts";
import type { TrainingBatch } from "../../training/head_loss.ts";
import { Random } from "../../tensor/random.ts";
import { makeTokenIds } from "../token_ids.ts";
import { countLsgPairs } from "../visible_keys.ts";

/** A model by its sizes. */
export interface TrainModel {
  /** Name for tables. */
  readonly name: string;
  /** Layers. */
  readonly layers: number;
  /** Heads of a layer. */
  readonly heads: number;
  /** Width of a row; that of the feed-forward layers is four times it. */
  readonly width: number;
  /** Rows of the table of words. */
  readonly vocabulary: number;
}

/** The models: RoBERTa-base, and one of the sizes of the embedded model. */
export const TRAIN_MODELS = {
  roberta: { name: "RoBERTa-base", layers: 12, heads: 12, width: 768, vocabulary: 50_265 },
  embedded: { name: "embedded model", layers: 4, heads: 4, width: 256, vocabulary: 8192 },
} as const satisfies Readonly<Record<string, TrainModel>>;

/** Which parameters are trained: all, or the global tokens and the head. */
export type TrainedParameters = "all" | "globals";

/** A model's name for commands. */
export type TrainModelName = keyof typeof TRAIN_MODELS;

/**
 * Opens a model with a head for two classes, LSG attention (norm 128/128/2), without dropout.
 *
 * @param device The backend, normally a tape.
 * @param name The model.
 * @param tokens Length of the longest text.
 * @returns The model.
 */
export async function openTrainModel(
  device: Backend,
  name: TrainModelName,
  tokens: number,
): Promise<SequenceClassification> {
  const { layers, heads, width, vocabulary } = TRAIN_MODELS[name];
  const config = parseConfig({
    model_type: "roberta",
    base_model_prefix: "lsg",
    vocab_size: vocabulary,
    hidden_size: width,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    intermediate_size: 4 * width,
    max_position_embeddings: tokens + 2,
    hidden_dropout_prob: 0,
    attention_probs_dropout_prob: 0,
    num_labels: 2,
    pool_with_global: true,
  });
  const weights = drawEach(modelParameters(config, "SequenceClassification"));
  return new SequenceClassification(await loadParts(config, weights, { device }));
}

/** Weights that are drawn when they are loaded, so that memory never holds them twice. */
function drawEach(parameters: ReturnType<typeof modelParameters>): Weights {
  const dims = new Map(parameters.map((parameter) => [parameter.name, parameter.dims]));
  return {
    names: () => [...dims.keys()],
    has: (name) => dims.has(name),
    dims: (name) => dims.get(name)!,
    load(name) {
      const size = dims.get(name)!.reduce((product, n) => product * n, 1);
      if (dims.get(name)!.length === 1) { // biases, and the weights of norms
        return Promise.resolve(new Float32Array(size).fill(/norm\.weight$/i.test(name) ? 1 : 0));
      }
      const values = new Random(name.length).normals(size);
      for (let i = 0; i < size; i++) values[i] *= 0.02;
      return Promise.resolve(values);
    },
    release: (_name, { buffer }) => void (buffer as ArrayBuffer).transfer(0), // as files of weights do
  };
}

/**
 * A text with a label.
 *
 * @param name The model that reads it.
 * @param tokens Its length.
 * @returns A batch of one.
 */
export function readTrainBatch(name: TrainModelName, tokens: number): TrainingBatch {
  const ids = makeTokenIds(tokens, TRAIN_MODELS[name].vocabulary - 10);
  return { input_ids: [ids], labels: [1] };
}

/**
 * Counts the operations of a training step: the products of the forward pass; on the way back those
 * by inputs and, if they are trained, by weights, and seven in attention, where scores are computed
 * again in a sweep over queries and one over keys. Layers are whole, as in the published package.
 *
 * @param name The model.
 * @param tokens Length of the text.
 * @param trained What is trained.
 * @returns Multiplications and additions of matrix products.
 */
export function countTrainFlop(
  name: TrainModelName,
  tokens: number,
  trained: TrainedParameters,
): number {
  const { layers, width } = TRAIN_MODELS[name];
  const linear = layers * 2 * tokens * 12 * width ** 2;
  const attention = layers * 4 * width * countLsgPairs(tokens, LSG_DEFAULTS);
  return linear * (trained === "all" ? 3 : 2) + attention * (1 + 7 / 2);
}
