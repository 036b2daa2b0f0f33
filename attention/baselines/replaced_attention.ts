/**
 * An attention that replaces an encoder's own.
 *
 * @module
 */
import type { AttentionParameters } from "./attention_options.ts";
import { bigbirdList, drawBigbirdBlocks, isDenseBigbird } from "./bigbird_pattern.ts";
import {
  drawLinformerProjections,
  LINFORMER_LENGTH,
  transposedRows,
} from "./linformer_projections.ts";
import { drawPerformerFeatures, performerFeatures } from "./performer_features.ts";
import { drawReformerProjection, REFORMER_CHUNK, reformerColumns } from "./reformer_projections.ts";
import type { Backend, FeatureMap, Floats, Integers } from "../../ops/backend.ts";
import { Random } from "../../tensor/random.ts";
import { bigbirdAttention } from "./bigbird_attention.ts";
import { fullAttention, type MaskedProjected } from "../full/full_attention.ts";
import { linformerAttention } from "./linformer_attention.ts";
import { longformerAttention } from "../longformer/longformer_attention.ts";
import { attendFeatures } from "../../ops/attend_features.ts";
import { attendHashed } from "../../ops/attend_hashed.ts";

/** Sizes of an encoder. */
export interface EncoderShape {
  /** Layers. */
  readonly layers: number;
  /** Heads. */
  readonly heads: number;
  /** Width of a head. */
  readonly width: number;
}

/** Sequences of one length. */
export interface MaskedTokens {
  /** Sequences. */
  readonly batch: number;
  /** Tokens of a sequence. */
  readonly tokens: number;
  /** `[batch, tokens]`: 1 visible. */
  readonly mask: Int32Array;
}

/** The attention of one layer. */
export type LayerAttention = (projected: MaskedProjected) => Floats;

/** Makes a tensor outlive the scope that it was made in. */
type Keep = <Kept extends Floats | Integers>(tensor: Kept) => Kept;

/**
 * An attention that replaces an encoder's own. It draws from the seed: layer `l` has its own
 * stream, from `seed + l`.
 */
export class ReplacedAttention {
  readonly #backend: Backend;
  readonly #parameters: AttentionParameters;
  readonly #shape: EncoderShape;
  readonly #seed: number;
  /** The draws for the last length, by layer. */
  #drawn: { readonly tokens: number; readonly layers: Map<number, unknown> } = {
    tokens: 0,
    layers: new Map(),
  };

  /**
   * Chooses the attention.
   *
   * @param backend Backend that runs the operations.
   * @param parameters Which attention.
   * @param shape Sizes of the encoder.
   * @param seed Seed of layer 0.
   */
  constructor(
    backend: Backend,
    parameters: AttentionParameters,
    shape: EncoderShape,
    seed: number,
  ) {
    this.#backend = backend;
    this.#parameters = parameters;
    this.#shape = shape;
    this.#seed = seed;
  }

  /**
   * Makes the layers' attentions for some sequences.
   *
   * @param sequences Sizes and mask.
   * @param keep Called with each tensor that the functions use; returns it.
   * @returns One function a layer.
   */
  prepare(sequences: MaskedTokens, keep: Keep): LayerAttention[] {
    const { tokens } = sequences;
    if (this.#drawn.tokens !== tokens) this.#drawn = { tokens, layers: new Map() };
    const makeLayer = this.#layerMaker(sequences, keep);
    return Array.from({ length: this.#shape.layers }, (_, layer) => makeLayer(layer));
  }

  #layerMaker(sequences: MaskedTokens, keep: Keep): (layer: number) => LayerAttention {
    const { type, attention_window } = this.#parameters;
    const backend = this.#backend;
    switch (type) {
      case "full":
      case "self_extend":
        // Self-Extend's grouped positions are in the position table.
        return () => (projected) => fullAttention(backend, projected);
      case "longformer": {
        const none = keep(backend.integers(new Int32Array(0), [sequences.batch, 0]));
        const globals = { globalRows: none, globalMask: none };
        return () => (projected) => {
          const masks = { visible: projected.mask, local: projected.mask, ...globals };
          return longformerAttention(backend, { ...projected, masks }, attention_window);
        };
      }
      case "bigbird":
        return (layer) => this.#bigbird(layer, sequences, keep);
      case "linear":
        return () => this.#features("elu");
      case "efficient":
        return () => this.#features("softmax");
      case "performer":
        return (layer) => this.#performer(layer, keep);
      case "linformer":
        return this.#linformer(sequences, keep);
      case "reformer":
        return (layer) => this.#reformer(layer, sequences, keep);
    }
  }

  #bigbird(layer: number, { batch, tokens, mask }: MaskedTokens, keep: Keep): LayerAttention {
    const backend = this.#backend;
    const { heads } = this.#shape;
    const shape = { ...this.#parameters, tokens, heads };
    if (isDenseBigbird(shape) || shape.num_random_blocks === 0) {
      return (projected) => bigbirdAttention(backend, projected, shape);
    }
    const blocks = this.#draw(layer, (random) => drawBigbirdBlocks(shape, random));
    const list = bigbirdList(blocks, mask, shape);
    const randomTokens = {
      rows: keep(backend.integers(list.rows, [1, list.rows.length])),
      mask: keep(backend.integers(list.mask, [batch, heads, list.entries])),
    };
    return (projected) => bigbirdAttention(backend, projected, shape, randomTokens);
  }

  #features(map: FeatureMap, projection?: Floats): LayerAttention {
    return ({ query, key, value, mask, heads }) =>
      this.#backend.run(attendFeatures, query, key, value, mask, { heads, map, projection });
  }

  #performer(layer: number, keep: Keep): LayerAttention {
    const { width } = this.#shape;
    const drawn = this.#draw(layer, (random) => drawPerformerFeatures(width, random));
    const dims = [performerFeatures(width), width];
    return this.#features("random", keep(this.#backend.floats(drawn, dims)));
  }

  #linformer(
    { batch, tokens, mask }: MaskedTokens,
    keep: Keep,
  ): (layer: number) => LayerAttention {
    const backend = this.#backend;
    const rowWidth = this.#shape.heads * this.#shape.width;
    const rows = transposedRows(mask, rowWidth, batch);
    const transposed = keep(backend.integers(rows, [batch, rowWidth * tokens]));
    return (layer) => {
      const drawn = this.#draw(layer, (random) => drawLinformerProjections(tokens, random));
      const dims = [1, LINFORMER_LENGTH, tokens];
      const matrices = {
        keyProjection: keep(backend.floats(drawn.key, dims)),
        valueProjection: keep(backend.floats(drawn.value, dims)),
      };
      return (projected) => linformerAttention(backend, { ...projected, ...matrices, transposed });
    };
  }

  #reformer(layer: number, { tokens }: MaskedTokens, keep: Keep): LayerAttention {
    const backend = this.#backend;
    const { heads, width } = this.#shape;
    const drawn = this.#draw(
      layer,
      (random) => drawReformerProjection(tokens, heads, width, random),
    );
    const projection = keep(backend.floats(drawn, [heads, width, reformerColumns(tokens)]));
    return ({ query, value, mask }) =>
      backend.run(attendHashed, query, value, mask, projection, REFORMER_CHUNK);
  }

  /** Draws for a layer, once. */
  #draw<Drawn>(layer: number, draw: (random: Random) => Drawn): Drawn {
    const { layers } = this.#drawn;
    if (!layers.has(layer)) {
      layers.set(layer, draw(new Random((this.#seed + layer) % 2 ** 32)));
    }
    return layers.get(layer) as Drawn;
  }
}
