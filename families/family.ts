import type { Rope } from "../attention/rotary/rope.ts";
import type { Head, HeadDescription, HeadLayer } from "./head.ts";
import type { DecoderConfig, LocalLayers, ModelConfig } from "./model_config.ts";
import type { RopeFacts, RopeReader } from "./read_rope.ts";

/** Names of the tables and the norm of an embedding, in the bare model. */
export interface EmbeddingNames {
  /** `[vocab_size, embedding_size]`. */
  readonly word: string;
  /** Names of copies of that table, which files may hold as well or instead. */
  readonly copies?: readonly string[];
  /** `[type_vocab_size, embedding_size]`; absent in a family without token types. */
  readonly tokenType?: string;
  /** `[512, embedding_size]`: where LSG checkpoints keep their global tokens; absent: nowhere. */
  readonly global?: string;
  /** The norm of the sum; absent: none. */
  readonly norm?: string;
}

/** A table of positions that were learned. */
export interface PositionTable {
  /** Its name: `[rows, embedding_size]`. */
  readonly table: string;
  /**
   * Which row a token reads: `from_zero` counts all tokens, from `tableOffset`; `from_padding`
   * counts from behind `pad_token_id`, which padding keeps and which is not counted.
   */
  readonly ids: "from_zero" | "from_padding";
  /** Rows of the table in front of position 0. */
  readonly tableOffset: number;
  /** How many of these rows `max_position_embeddings` counts. */
  readonly configOffset: number;
  /** How the table is computed if a file has none; absent: the file must have it. */
  readonly absent?: "sinusoidal";
}

/**
 * Names of the dense layers of an attention and of its norm, in the bare model. Where `query`, `key`
 * and `value` are the same, one layer gives all three: queries, then keys, then values.
 */
export interface AttentionNames {
  /** Projection to queries. */
  readonly query: string;
  /** Projection to keys. */
  readonly key: string;
  /** Projection to values. */
  readonly value: string;
  /** Set if that one layer gives each head's query, key and value side by side. */
  readonly byHead?: true;
  /** Projection of the attended values. */
  readonly output: string;
  /** The norm of each head's query, before positions; absent: none. */
  readonly queryNorm?: string;
  /** The norm of each head's key, likewise. */
  readonly keyNorm?: string;
  /** The norm: of the input or of the sum, see {@linkcode Family.norm}; absent: none. */
  readonly norm?: string;
}

/** Names of the feed-forward part of a layer, in the bare model. */
export interface FeedForwardNames {
  /**
   * Dense layer to `intermediate_size` whose output goes through the activation and is multiplied
   * by that of `up`: `down(act(gate(x)) · up(x))`; the same as `up`: one layer gives both, the gate
   * first; absent: `down(act(up(x)))`.
   */
  readonly gate?: string;
  /** Dense layer to `intermediate_size`. */
  readonly up: string;
  /** Dense layer back to `hidden_size`. */
  readonly down: string;
  /** The norm: of the input or of the sum, see {@linkcode Family.norm}. */
  readonly norm: string;
}

/** Names in a layer: its parts, in the order in which they run. */
export interface LayerNames {
  /** Self-attention. */
  readonly attention: AttentionNames & {
    /** Longformer's second projections, for global tokens. */
    readonly global?: Pick<AttentionNames, "query" | "key" | "value">;
  };
  /** Attention to the encoder's output; absent in a layer without. */
  readonly crossAttention?: AttentionNames;
  /** Feed-forward. */
  readonly feedForward: FeedForwardNames;
}

/**
 * Where a model drops values in training: each site with the config's key of its rate; absent sites
 * drop nothing.
 */
export interface DropoutSites {
  /** The embedding, after its norm. */
  readonly embedding?: string;
  /** The weights of every attention. */
  readonly weights?: string;
  /** The output of an attention, before the residual is added. */
  readonly attention?: string;
  /** The values between the dense layers of a feed-forward part. */
  readonly activation?: string;
  /** The output of a feed-forward part, before the residual is added. */
  readonly feedForward?: string;
  /** A whole layer, whose input passes unchanged (LayerDrop, Fan et al., 2020). */
  readonly layer?: string;
}

/** How the decoder of an encoder-decoder differs from its encoder; norms are the same. */
export interface Decoder
  extends Pick<Family, "embeddings" | "positions" | "layer" | "finalNorm" | "dropout"> {
  /** The config's keys of its sizes. */
  readonly keys: Readonly<Record<keyof DecoderConfig, string>>;
  /**
   * The first id of its input where the caller gives none, before the encoder's ids without the
   * last: the config's start token; `last`: the row's last id that is not padding; `none`: the
   * caller must give its input.
   */
  readonly start: "decoder_start_token_id" | "last" | "none";
}

/**
 * Describes an architecture: config keys, names in files, positions, norms, heads. The one encoder
 * and the one conversion follow the description; there is no other code for a family.
 */
export interface Family {
  /** Stands before the head in class names: `Roberta` in `RobertaForMaskedLM`. */
  readonly className: string;
  /** Stands before `Tokenizer` in names of its tokenizers' classes; absent: `className`. */
  readonly tokenizers?: readonly string[];
  /** Stands before the bare model's parameter names in files that were saved with a head. */
  readonly weightPrefix: string;
  /** Defaults of transformers 4.36 for absent config keys; only these keys are read. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** How else the family's configs spell keys of {@linkcode ModelConfig}. */
  readonly keys?: Readonly<
    Partial<Record<keyof ModelConfig | "rope_theta" | "partial_rotary_factor", string>>
  >;
  /** Keys that the family's models ignore: the default always holds, or the key's other name. */
  readonly unread?: readonly (keyof ModelConfig)[];
  /** Config keys that must have this value if they are present. */
  readonly only: Readonly<Record<string, unknown>>;
  /**
   * How tokens get their positions: from a table, whose rows the embedding adds; `rotary`: the
   * queries and keys of self-attention are rotated by angles, by the config's `rope`; `none`: they
   * have none.
   */
  readonly positions: PositionTable | "rotary" | "none";
  /** Reads the config's rotary positions; absent in a family without them. */
  readonly readRope?: (
    raw: Readonly<Record<string, unknown>>,
    read: RopeReader,
    facts: RopeFacts,
  ) => Rope;
  /** Reads which layers are local; absent in a family without such layers. */
  readonly readLocal?: (
    raw: Readonly<Record<string, unknown>>,
    read: RopeReader,
    facts: RopeFacts,
  ) => LocalLayers;
  /**
   * The position of a part's norm: `post` is `norm(x + part(x))`, `pre` is `x + part(norm(x))`.
   */
  readonly norm: "post" | "pre";
  /**
   * Whether parts follow each other or read the same input: `sequential`; `parallel` is
   * `x + attention(norm₁(x)) + feedForward(norm₂(x))`, of a family with `pre` norms, whose names may
   * be the same; `config`: by `use_parallel_residual`. Absent: `sequential`.
   */
  readonly residual?: "sequential" | "parallel" | "config";
  /** What all norms are: layer norms, or RMS norms, which have no bias. */
  readonly normKind: "layer" | "rms";
  /** Whether a dense layer or a layer norm has a bias, by its name. */
  readonly hasBias: (name: string, config: ModelConfig) => boolean;
  /** The norm of the last layer's output; absent: none. */
  readonly finalNorm?: string;
  /** Where it drops values in training, besides its heads. */
  readonly dropout: DropoutSites;
  /**
   * Whether it can be converted to LSG. Without a table of global embeddings the first tokens of a
   * text are the global ones, and local layers stay as they are.
   */
  readonly converts: boolean;
  /** Whether conversion adds the embedding of token type 0 to the global tokens. */
  readonly globalsTakeTokenType: boolean;
  /** Special tokens of the family's tokenizer, where its files name none. */
  readonly specialTokens: {
    readonly bos_token?: string;
    readonly cls_token?: string;
    readonly mask_token?: string;
  };
  /** Names in the embedding. */
  readonly embeddings: EmbeddingNames;
  /** Name of the dense layer from `embedding_size` to `hidden_size`, if the config asks for one. */
  readonly projection?: (config: ModelConfig) => string | undefined;
  /** Names in a layer. Layers with the same names share their weights. */
  readonly layer: (index: number) => LayerNames;
  /** The decoder, if it is an encoder-decoder; the other fields are its encoder's. */
  readonly decoder?: Decoder;
  /** The pooler, which the bare model has if its file has one. */
  readonly pooler?: HeadLayer;
  /** The heads that the family has. */
  readonly heads: Readonly<Partial<Record<Exclude<Head, "Model">, HeadDescription>>>;
  /** Beginnings of the names of tensors that no head here runs: buffers, parts for training. */
  readonly unused: readonly string[];
  /** Ends of such names. */
  readonly buffers?: readonly string[];
}
