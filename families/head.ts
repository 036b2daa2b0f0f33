import type { ActivationName } from "../ops/backend.ts";

/**
 * Parts of a model on top of the bare one, as class names call them after `For`. `Model` is the
 * bare one; `PreTraining` is ELECTRA's discriminator.
 */
export type Head =
  | "Model"
  | "MaskedLM"
  | "CausalLM"
  | "SequenceClassification"
  | "TokenClassification"
  | "QuestionAnswering"
  | "MultipleChoice"
  | "PreTraining";

/** A dense layer of a head, and what follows it. */
export interface HeadLayer {
  /** The layer has the weights `name.weight` and `name.bias`. */
  readonly name: string;
  /** Width of its output: a key of the config, the number of labels, or a number. */
  readonly outputs: "hidden_size" | "embedding_size" | "labels" | 1 | 2;
  /** What follows; `hidden_act` is the config's activation. */
  readonly activation?: ActivationName | "hidden_act";
  /** The layer norm behind the activation, if there is one. */
  readonly norm?: string;
  /** Whether the layer belongs to the bare model, so that the family's prefix is before its name. */
  readonly inModel?: true;
}

/** What a head computes from the last hidden states. */
export interface HeadDescription {
  /** Stands behind the family's name in the class name; absent: `For` and the head. */
  readonly suffix?: string;
  /** The rows that it reads: each token's, or the first one's. */
  readonly rows: "all" | "first";
  /** Its dense layers; the first one reads rows of `hidden_size`. */
  readonly layers: readonly HeadLayer[];
  /**
   * The words' scores behind the layers: rows · word tableᵀ + bias. `decoder` is the layer that has
   * weights of its own where the config does not tie them.
   */
  readonly words?: { readonly decoder: string; readonly bias: string };
  /** Config keys that must have this value, if they are there, for the head to be this one. */
  readonly only?: Readonly<Record<string, unknown>>;
}

/**
 * The head of a language model: dense, activation, layer norm, word table.
 *
 * @param layer The dense layer, with the activation and the norm behind it.
 * @param words Names of the output layer.
 * @returns The head, which reads every row.
 */
export function languageModelHead(
  layer: HeadLayer & { readonly norm: string },
  words: { readonly decoder: string; readonly bias: string },
): HeadDescription {
  return { rows: "all", layers: [layer], words };
}
