import type { ActivationName } from "../ops/backend.ts";

/**
 * Parts of a model on top of the bare one, as class names call them after `For`. `Model` is the
 * bare one; `PreTraining` is ELECTRA's discriminator, `ConditionalGeneration` an encoder-decoder that
 * writes texts.
 */
export type Head =
  | "Model"
  | "MaskedLM"
  | "CausalLM"
  | "ConditionalGeneration"
  | "SequenceClassification"
  | "TokenClassification"
  | "QuestionAnswering"
  | "MultipleChoice"
  | "PreTraining";

/** A dense layer of a head, with its activation and norm. */
export interface HeadLayer {
  /** The layer has the weight `name.weight`, and `name.bias` by {@linkcode Family.hasBias}. */
  readonly name: string;
  /** Width of its output: a key of the config, the number of labels, or a number. */
  readonly outputs: "hidden_size" | "embedding_size" | "labels" | 1 | 2;
  /** Applied to its output; a key is the config's activation of that name. */
  readonly activation?: ActivationName | "hidden_act" | "classifier_activation";
  /** The norm after the activation; absent: none. */
  readonly norm?: string;
  /**
   * Keys of the config for the rate of dropout before it, in training; the first one that is not null
   * counts. Absent: none.
   */
  readonly dropout?: readonly string[];
  /** Set if the layer belongs to the bare model, so that the family's prefix precedes its name. */
  readonly inModel?: true;
}

/** A head: what it computes from the last hidden states. */
export interface HeadDescription {
  /** Follows the family's name in the class name; absent: `For` and the head. */
  readonly suffix?: string;
  /**
   * The rows that it reads: those of all tokens, the first one, what the config's
   * `classifier_pooling` says, or of an encoder-decoder the decoder's at the last `eos_token_id` of
   * the encoder's ids.
   */
  readonly rows: "all" | "first" | "pooled" | "last_eos";
  /** Its dense layers; the first one reads rows of `hidden_size`. */
  readonly layers: readonly HeadLayer[];
  /**
   * The words' scores, after the layers: rows · word tableᵀ + bias, if there is one. `decoder` is
   * the layer that has its own weights where the config does not tie them; `buffer` is a bias
   * `[1, vocab_size]` that files may lack.
   */
  readonly words?: {
    readonly decoder: string;
    readonly bias?: string;
    readonly buffer?: string;
  };
  /** Config keys that must have this value, if present, for the head to be this one. */
  readonly only?: Readonly<Record<string, unknown>>;
}

/**
 * The head of a language model: dense, activation, layer norm, word table.
 *
 * @param layer The dense layer, with the activation and the norm after it.
 * @param words Names of the output layer.
 * @returns The head, which reads every row.
 */
export function languageModelHead(
  layer: HeadLayer & { readonly norm: string },
  words: { readonly decoder: string; readonly bias: string },
): HeadDescription {
  return { rows: "all", layers: [layer], words };
}
