import type { LsgParameters } from "../attention/lsg/lsg_parameters.ts";
import type { Rope } from "../attention/rotary/rope.ts";
import type { ActivationName } from "../ops/backend.ts";

/** Model types whose checkpoints can be read, as `model_type` spells them. */
export type ModelType =
  | "albert"
  | "bart"
  | "bert"
  | "camembert"
  | "distilbert"
  | "electra"
  | "eurobert"
  | "gpt_neox"
  | "led"
  | "llama"
  | "longformer"
  | "mbart"
  | "mistral"
  | "modernbert"
  | "nomic_bert"
  | "pegasus"
  | "phi"
  | "qwen2"
  | "qwen3"
  | "roberta"
  | "xlm-roberta";

/**
 * What a classifier reads: the first visible token (`cls`, `bos`); the mean of the visible tokens; with
 * `late` each of them, and the mean is of their scores.
 */
export type Pooling = "cls" | "bos" | "mean" | "late";

/** Sizes of a decoder, where they may differ from the encoder's. */
export interface DecoderConfig {
  /** Number of layers. */
  num_hidden_layers: number;
  /** Attention heads per layer; divides `hidden_size`. */
  num_attention_heads: number;
  /** Width of the hidden layer of the feed-forward block. */
  intermediate_size: number;
  /** Rows of the position embedding table. */
  max_position_embeddings: number;
}

/** Layers whose tokens see only those near them. */
export interface LocalLayers {
  /** Of each layer: whether it is one. */
  readonly layers: readonly boolean[];
  /** How far before and behind itself a token sees. */
  readonly reach: number;
  /** Rotary positions in these layers. */
  readonly rope: Rope;
}

/** A checkpoint's `config.json`, validated; keys are spelled as in BERT's configs. */
export interface ModelConfig {
  /** The family. */
  model_type: ModelType;
  /** Class names such as `RobertaForMaskedLM`; empty if the file has none. */
  architectures: readonly string[];
  /** Rows of the word embedding table. */
  vocab_size: number;
  /** Width of the embeddings; equals `hidden_size` in families with one width. */
  embedding_size: number;
  /** Width of the hidden states. */
  hidden_size: number;
  /** Number of layers. */
  num_hidden_layers: number;
  /** Attention heads per layer. */
  num_attention_heads: number;
  /** Heads of keys and values; divides `num_attention_heads`. */
  num_key_value_heads: number;
  /** Width of a head. */
  head_dim: number;
  /** Width of the hidden layer of the feed-forward block. */
  intermediate_size: number;
  /** Activation of the feed-forward block. */
  hidden_act: ActivationName;
  /** Rows of the position embedding table; with rotary positions, tokens it was trained on. */
  max_position_embeddings: number;
  /** Rows of the token type embedding table; 0 in a family without one. */
  type_vocab_size: number;
  /** Rotary positions; undefined in a family without them. */
  rope: Rope | undefined;
  /** Layers of another attention and rotation; undefined in a family without them. */
  local: LocalLayers | undefined;
  /** A token sees so many tokens up to itself; undefined: all. Only of a causal attention. */
  sliding_window: number | undefined;
  /** Whether the projections of attention have biases, where the family leaves it to the config. */
  attention_bias: boolean;
  /** Whether dense layers of feed-forward parts do, likewise. */
  mlp_bias: boolean;
  /** Whether norms do, likewise. */
  norm_bias: boolean;
  /** Whether the dense layer of heads does, likewise. */
  classifier_bias: boolean;
  /** Whether words' scores do, likewise. */
  decoder_bias: boolean;
  /** Activation of the dense layer of heads, likewise. */
  classifier_activation: ActivationName;
  /** What a head with `rows: "pooled"` reads. */
  classifier_pooling: Pooling;
  /** Whether attention and feed-forward read the same input; see {@linkcode Family.residual}. */
  use_parallel_residual: boolean;
  /** Epsilon of norms, added to the variance or the mean of squares. */
  layer_norm_eps: number;
  /** Standard deviation of randomly initialized weights. */
  initializer_range: number;
  /** Id of the padding token; 0 if there is none. */
  pad_token_id: number;
  /** Id of the token that begins a text, or null. */
  bos_token_id: number | null;
  /** Id of the token that separates texts, or null. */
  sep_token_id: number | null;
  /** Id of the token that ends a text, or null; the first if there are several. */
  eos_token_id: number | null;
  /** Id of the token that begins what a decoder writes, or null. */
  decoder_start_token_id: number | null;
  /** Whether word embeddings are multiplied by the root of `hidden_size`. */
  scale_embedding: boolean;
  /** Sizes of the decoder; undefined in a family without one. The other keys are the encoder's. */
  decoder: DecoderConfig | undefined;
  /** Names of the labels of classification heads, by id. */
  id2label: readonly string[];
  /** Whether the language model head shares the word embedding table. */
  tie_word_embeddings: boolean;
  /** Rates of dropout in training by the config's key; null: see {@linkcode HeadLayer.dropout}. */
  dropout: Readonly<Record<string, number | null>>;
  /** Whether attention is causal. */
  is_decoder: boolean;
  /** Longformer's attention windows, one per layer; undefined in other families. */
  attention_window: readonly number[] | undefined;
  /** Parameters of LSG attention; undefined for a vanilla checkpoint. */
  lsg: LsgParameters | undefined;
  /** All keys of the file and the overrides, including unknown ones, for saving. */
  raw: Readonly<Record<string, unknown>>;
}
