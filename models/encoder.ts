/**
 * The encoder of all encoder families: embedding, layers, and what becomes of the globals.
 *
 * @module
 */
import type { AttentionParameters } from "../attention/baselines/attention_options.ts";
import { longformerRows } from "../attention/longformer/longformer_masks.ts";
import type { LsgParameters } from "../attention/lsg/lsg_parameters.ts";
import { maskFirstTokens } from "../attention/lsg/lsg_pattern.ts";
import {
  checkLshProjections,
  lshColumns,
  lshProjections,
} from "../attention/lsg/lsh_projections.ts";
import type { Backend, Floats, Integers } from "../ops/backend.ts";
import type { ModelConfig } from "../checkpoint/config.ts";
import { FAMILIES, type LayerNames } from "../families/families.ts";
import { fullAttention, type Projected } from "../attention/full/full_attention.ts";
import {
  longformerAttention,
  type LongformerMasks,
} from "../attention/longformer/longformer_attention.ts";
import { lsgAttention } from "../attention/lsg/lsg_attention.ts";
import {
  type EncoderShape,
  type PreparedAttention,
  ReplacedAttention,
} from "../attention/baselines/replaced_attention.ts";
import { feedForward, layerNorm, linear } from "./blocks.ts";
import { embed } from "./embedding.ts";
import type { ModelInputs, TokenBatch } from "./inputs.ts";
import type { Parameters } from "./parameters.ts";

/** What an encoder gives, on its backend; the caller disposes of it. */
export interface Encoded {
  /** `[batch, tokens, width]`: the last layer's output, globals cut off, row 0 pooled. */
  readonly lastHiddenState: Floats;
  /**
   * `[batch, tokens, width]` each: the embedding's and each layer's output, globals cut off, the
   * last one pooled; empty unless asked for.
   */
  readonly hiddenStates: readonly Floats[];
}

/** Who is visible, and in a Longformer who is global. */
type Masks = { readonly visible: Integers } | LongformerMasks<Integers>;

/** Weights of an encoder and what computes with them. */
export class Encoder {
  readonly #backend: Backend;
  readonly #config: ModelConfig;
  readonly #parameters: Parameters;
  /** For `lsh`: each layer's projections. */
  readonly #projections: readonly (readonly Floats[])[];
  /** What stands in place of the model's own attention. */
  readonly #replacement: ReplacedAttention | undefined;

  /**
   * Puts an encoder together.
   *
   * @param backend What computes.
   * @param config The checkpoint's config.
   * @param parameters The weights, under the bare model's names.
   * @param projections For `lsh`: for each layer one `[heads, width, ⌊buckets/2⌋]` a round; drawn
   * from `seed` if absent.
   * @param seed Seed of all that attentions draw.
   * @param attention What replaces the model's own attention.
   * @throws {RangeError} If the projections do not fit the config.
   */
  constructor(
    backend: Backend,
    config: ModelConfig,
    parameters: Parameters,
    projections: readonly (readonly Float32Array[])[] | undefined,
    seed: number,
    attention?: AttentionParameters,
  ) {
    this.#backend = backend;
    this.#config = config;
    this.#parameters = parameters;
    const { lsg, num_attention_heads: heads, num_hidden_layers: layers } = config;
    const width = config.hidden_size / heads;
    const shape = { layers, heads, width };
    this.#replacement = attention && new ReplacedAttention(backend, attention, shape, seed);
    if (projections) checkProjections(projections, lsg, shape);
    if (lsg?.sparsity_type !== "lsh") {
      this.#projections = [];
      return;
    }
    const dims = lshColumns(lsg).map((columns) => [heads, width, columns]);
    const drawn = projections ?? Array.from(
      { length: layers },
      (_, layer) => lshProjections(lsg, { heads, width, layer, seed }),
    );
    this.#projections = drawn.map((rounds) =>
      rounds.map((values, round) => backend.floats(values, dims[round]))
    );
  }

  /**
   * Runs the encoder.
   *
   * @param batch Checked ids and masks.
   * @param options Whether hidden states are kept, and what is called after each layer.
   * @returns Outputs on the backend.
   * @throws {RangeError} If the batch is longer than the position table, or the backend has no room
   * for it.
   */
  async forward(
    batch: TokenBatch,
    options: Pick<ModelInputs, "output_hidden_states" | "layer_callback"> = {},
  ): Promise<Encoded> {
    const backend = this.#backend;
    const layers = this.#config.num_hidden_layers;
    const hiddenStates: Floats[] = [];
    let x: Floats | undefined;
    let rooms: Floats[] = [];
    const masks = backend.scope(() => this.#masks(batch));
    let replaced: PreparedAttention | undefined;
    try {
      replaced = this.#replacement?.prepare(batch);
      if (options.output_hidden_states) rooms = this.#reserve(batch);
      for (let layer = 0; layer < layers; layer++) {
        const { output, hidden }: { output: Floats; hidden?: Floats } = backend.scope(() => {
          // The embedding goes with the first layer: if there is no room for both, neither runs.
          const input = x ??
            backend.scope(() => embed(backend, this.#config, this.#parameters, batch));
          const output = this.#layer(input, masks, layer, replaced);
          const room = rooms.shift();
          return { output, ...(room && { hidden: this.#keep(room, input, batch, false) }) };
        });
        x?.dispose();
        x = output;
        if (hidden) hiddenStates.push(hidden);
        await backend.settle();
        options.layer_callback?.({ layer: layer + 1, layers });
      }
      const pooled = this.#config.lsg?.pool_with_global === true && !this.#config.is_decoder;
      const lastHiddenState = this.#cut(x!, batch, pooled);
      for (const room of rooms) hiddenStates.push(this.#keep(room, x!, batch, pooled));
      return { lastHiddenState, hiddenStates };
    } catch (error) {
      hiddenStates.forEach((tensor) => tensor.dispose());
      throw error;
    } finally {
      x?.dispose();
      rooms.forEach((room) => room.dispose());
      Object.values(masks).forEach((tensor) => tensor.dispose());
      replaced?.tensors.forEach((tensor) => tensor.dispose());
    }
  }

  /** Gives the projections back; the weights are the caller's. */
  dispose(): void {
    this.#projections.flat().forEach((tensor) => tensor.dispose());
  }

  /** Number of global tokens. */
  get #globals(): number {
    return this.#config.lsg?.num_global_tokens ?? 0;
  }

  #masks({ batch, tokens, mask, globalMask }: TokenBatch): Masks {
    const { lsg, attention_window } = this.#config;
    const shown = lsg?.mask_first_token ? maskFirstTokens(mask, tokens) : mask;
    const visible = this.#backend.integers(shown, [batch, tokens]);
    if (!attention_window) return { visible };
    const { globals, ...rows } = longformerRows(mask, globalMask, batch);
    return {
      visible,
      local: this.#backend.integers(rows.local, [batch, tokens]),
      globalRows: this.#backend.integers(rows.globalRows, [batch, globals]),
      globalMask: this.#backend.integers(rows.globalMask, [batch, globals]),
    };
  }

  /** Post-norm: `x = LN(x + Wo·attend(x))`, `x = LN(x + W2·act(W1·x))`. */
  #layer(x: Floats, masks: Masks, layer: number, replaced?: PreparedAttention): Floats {
    const { model_type, hidden_act, layer_norm_eps } = this.#config;
    const names = FAMILIES[model_type].layer(layer);
    const norm = (name: string, input: Floats, residual: Floats) =>
      layerNorm(this.#backend, this.#parameters, name, input, layer_norm_eps, residual);
    const attended = this.#backend.scope(() => {
      // A scope of its own: what attention makes on the way is most of what a pass needs.
      const mixed = this.#backend.scope(() => this.#attend(x, names, masks, layer, replaced));
      return norm(names.attentionNorm, this.#dense(names.attentionOutput, mixed), x);
    });
    const fed = feedForward(this.#backend, this.#parameters, names, attended, hidden_act);
    return norm(names.norm, fed, attended);
  }

  #attend(
    x: Floats,
    names: LayerNames,
    masks: Masks,
    layer: number,
    replaced?: PreparedAttention,
  ): Floats {
    const { lsg, attention_window, is_decoder: causal } = this.#config;
    const projected: Required<Projected> = {
      query: this.#dense(names.query, x),
      key: this.#dense(names.key, x),
      value: this.#dense(names.value, x),
      heads: this.#config.num_attention_heads,
      mask: masks.visible,
    };
    if (replaced) return replaced.layers[layer](projected);
    if (attention_window && "local" in masks) {
      const global = this.#projectGlobal(x, names.global, masks.globalRows);
      const input = { ...projected, global, masks };
      return longformerAttention(this.#backend, input, attention_window[layer]);
    }
    if (!lsg) return fullAttention(this.#backend, projected, causal);
    const projections = this.#projections[layer];
    const input = { ...projected, globals: this.#globals, causal, projections };
    return lsgAttention(this.#backend, input, lsg);
  }

  /** Longformer's second projections: queries of the global rows, keys and values of all. */
  #projectGlobal(x: Floats, names: LayerNames["global"], globalRows: Integers) {
    if (!names || globalRows.dims[1] === 0) return undefined;
    return {
      query: this.#dense(names.query, this.#backend.gatherRows(x, globalRows)),
      key: this.#dense(names.key, x),
      value: this.#dense(names.value, x),
    };
  }

  #dense(name: string, x: Floats): Floats {
    return linear(this.#backend, this.#parameters, name, x);
  }

  /** Room for all hidden states: what will not fit in a late layer fails before the first one runs. */
  #reserve({ batch, tokens }: TokenBatch): Floats[] {
    const { num_hidden_layers: layers, hidden_size: width } = this.#config;
    const backend = this.#backend;
    const dims = [batch, tokens, width];
    try {
      return backend.scope(() => Array.from({ length: layers + 1 }, () => backend.reserve(dims)));
    } catch (cause) {
      throw new RangeError(
        `Cannot keep ${layers + 1} hidden states of ${batch}·${tokens} tokens: ` +
          `${(cause as Error).message}, and so does output_hidden_states: false`,
        { cause },
      );
    }
  }

  /** The rows of the tokens, in the room that was reserved for them. */
  #keep(room: Floats, x: Floats, batch: TokenBatch, pooled: boolean): Floats {
    room.dispose();
    return this.#cut(x, batch, pooled);
  }

  /** The rows of the tokens; with `pooled` global token 0 stands in for the first one. */
  #cut(x: Floats, { tokens }: TokenBatch, pooled: boolean): Floats {
    return this.#backend.scope(() => {
      const rows = Int32Array.from({ length: tokens }, (_, i) => this.#globals + i);
      if (pooled) rows[0] = 0;
      return this.#backend.gatherRows(x, this.#backend.integers(rows, [1, tokens]));
    });
  }
}

function checkProjections(
  projections: readonly (readonly Float32Array[])[],
  lsg: LsgParameters | undefined,
  { layers, ...head }: EncoderShape,
): void {
  if (!lsg) {
    throw new RangeError("Cannot use lsh_projections: the model's attention is not LSG");
  }
  if (projections.length !== layers) {
    throw new RangeError(
      `Cannot use lsh_projections of ${projections.length} layers: wanted ${layers}`,
    );
  }
  projections.forEach((rounds, layer) =>
    checkLshProjections(rounds, lsg, head, `lsh_projections of layer ${layer}`)
  );
}
