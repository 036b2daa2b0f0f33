import type { ModelConfig } from "../checkpoint/config.ts";
import type { Head, HeadDescription, HeadLayer } from "./head.ts";

/** Model types whose checkpoints can be read, as `model_type` spells them. */
export type ModelType =
  | "albert"
  | "bert"
  | "camembert"
  | "distilbert"
  | "electra"
  | "longformer"
  | "roberta"
  | "xlm-roberta";

/** Names of the tables and the norm that make an embedding, in the bare model. */
export interface EmbeddingNames {
  /** `[vocab_size, embedding_size]`. */
  readonly word: string;
  /** `[max_position_embeddings, embedding_size]`. */
  readonly position: string;
  /** `[type_vocab_size, embedding_size]`; absent in a family without token types. */
  readonly tokenType?: string;
  /** `[512, embedding_size]`: where LSG checkpoints keep their global tokens. */
  readonly global: string;
  /** The layer norm behind the sum. */
  readonly norm: string;
}

/** Names of the dense layers and norms of one layer, in the bare model. */
export interface LayerNames {
  /** Projection to queries. */
  readonly query: string;
  /** Projection to keys. */
  readonly key: string;
  /** Projection to values. */
  readonly value: string;
  /** Projection of what was attended to. */
  readonly attentionOutput: string;
  /** The norm behind the attention. */
  readonly attentionNorm: string;
  /** Feed-forward, to `intermediate_size`. */
  readonly up: string;
  /** Feed-forward, back to `hidden_size`. */
  readonly down: string;
  /** The norm behind the feed-forward part. */
  readonly norm: string;
  /** Longformer's second projections, for global tokens. */
  readonly global?: { readonly query: string; readonly key: string; readonly value: string };
}

/**
 * What sets a family apart: config keys, names in files, positions, heads. The one encoder and the
 * one conversion ask it; there is no other code for a family.
 */
export interface Family {
  /** Stands before the head in class names: `Roberta` in `RobertaForMaskedLM`. */
  readonly className: string;
  /** Stands before the bare model's parameter names in files that were saved with a head. */
  readonly weightPrefix: string;
  /** What transformers 4.36 takes for absent config keys; only these keys are read. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** How else the family's configs spell keys of {@linkcode ModelConfig}. */
  readonly keys?: Readonly<Partial<Record<keyof ModelConfig, string>>>;
  /** Keys that the family's models do not look at: the default holds whatever the file says. */
  readonly unread?: readonly (keyof ModelConfig)[];
  /** Config keys that must have this value if they are there. */
  readonly only: Readonly<Record<string, unknown>>;
  /**
   * Position ids: `from_zero` counts all tokens; `from_padding` starts behind `pad_token_id`, which
   * padding keeps and which is not counted.
   */
  readonly positions: "from_zero" | "from_padding";
  /** Rows of the position table in front of position 0. */
  readonly tableOffset: number;
  /** How many of these rows `max_position_embeddings` counts. */
  readonly configOffset: number;
  /** Whether it can be converted to LSG. */
  readonly converts: boolean;
  /** Whether conversion adds the embedding of token type 0 to the global tokens. */
  readonly globalsTakeTokenType: boolean;
  /** Special tokens of the family's tokenizer, where its files name none. */
  readonly specialTokens: {
    readonly bos_token?: string;
    readonly cls_token: string;
    readonly mask_token: string;
  };
  /** Names in the embedding. */
  readonly embeddings: EmbeddingNames;
  /** Name of the dense layer from `embedding_size` to `hidden_size`, if the config asks for one. */
  readonly projection?: (config: ModelConfig) => string | undefined;
  /** Names in a layer. Layers with the same names share their weights. */
  readonly layer: (index: number) => LayerNames;
  /** The pooler, which the bare model has if its file has one. */
  readonly pooler?: HeadLayer;
  /** The heads that the family has. */
  readonly heads: Readonly<Partial<Record<Exclude<Head, "Model">, HeadDescription>>>;
  /** Beginnings of the names of tensors that no head here runs: buffers, parts for training. */
  readonly unused: readonly string[];
}
