/**
 * The encoder of all encoder families: embedding, layers, and what becomes of the globals.
 *
 * @module
 */
import { lshColumns, lshProjections } from "../attention/lsh_projections.ts";
import type { Backend, Floats, Integers } from "../backend.ts";
import type { ModelConfig } from "../checkpoint/config.ts";
import { fullAttention, type Projected } from "./attention/full_attention.ts";
import { lsgAttention } from "./attention/lsg_attention.ts";
import { feedForward, layerNorm, linear } from "./blocks.ts";
import type { ModelInputs, TokenBatch } from "./inputs.ts";
import type { Parameters } from "./parameters.ts";
import { positionIds } from "./position_ids.ts";

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

/** Weights of an encoder and what computes with them. */
export class Encoder {
  readonly #backend: Backend;
  readonly #config: ModelConfig;
  readonly #parameters: Parameters;
  /** For `lsh`: each layer's projections. */
  readonly #projections: readonly (readonly Floats[])[];

  /**
   * Puts an encoder together.
   *
   * @param backend What computes.
   * @param config The checkpoint's config.
   * @param parameters The weights, under the bare model's names.
   * @param projections For `lsh`: for each layer one `[heads, width, ⌊buckets/2⌋]` a round; drawn
   * from `seed` if absent.
   * @param seed Seed of the drawn projections.
   * @throws {RangeError} If the projections do not fit the config.
   */
  constructor(
    backend: Backend,
    config: ModelConfig,
    parameters: Parameters,
    projections: readonly (readonly Float32Array[])[] | undefined,
    seed: number,
  ) {
    this.#backend = backend;
    this.#config = config;
    this.#parameters = parameters;
    const { lsg, num_attention_heads: heads, num_hidden_layers: layers } = config;
    if (lsg?.sparsity_type !== "lsh") {
      this.#projections = [];
      return;
    }
    const width = config.hidden_size / heads;
    const dims = lshColumns(lsg).map((columns) => [heads, width, columns]);
    if (projections) checkProjections(projections, layers, dims);
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
   * @throws {RangeError} If the batch is longer than the position table.
   */
  async forward(
    batch: TokenBatch,
    options: Pick<ModelInputs, "output_hidden_states" | "layer_callback"> = {},
  ): Promise<Encoded> {
    const backend = this.#backend;
    const layers = this.#config.num_hidden_layers;
    const hiddenStates: Floats[] = [];
    let x: Floats | undefined;
    const mask = backend.integers(this.#mask(batch), [batch.batch, batch.tokens]);
    try {
      x = backend.scope(() => this.#embed(batch));
      for (let layer = 0; layer < layers; layer++) {
        if (options.output_hidden_states) hiddenStates.push(this.#cut(x, batch, false));
        const input: Floats = x;
        x = backend.scope(() => this.#layer(input, mask, layer));
        input.dispose();
        await backend.settle();
        options.layer_callback?.({ layer: layer + 1, layers });
      }
      const pooled = this.#config.lsg?.pool_with_global === true && !this.#config.is_decoder;
      const lastHiddenState = this.#cut(x, batch, pooled);
      if (options.output_hidden_states) hiddenStates.push(this.#cut(x, batch, pooled));
      return { lastHiddenState, hiddenStates };
    } catch (error) {
      hiddenStates.forEach((tensor) => tensor.dispose());
      throw error;
    } finally {
      x?.dispose();
      mask.dispose();
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

  #mask({ mask, tokens }: TokenBatch): Int32Array {
    return this.#config.lsg?.mask_first_token ? mask.map((m, i) => i % tokens && m) : mask;
  }

  /** `[batch, globals + tokens, width]`. */
  #embed({ batch, tokens, ids, typeIds }: TokenBatch): Floats {
    const backend = this.#backend;
    const { pad_token_id, max_position_embeddings: rows, layer_norm_eps } = this.#config;
    const positions = positionIds(ids, tokens, pad_token_id);
    const last = positions.reduce((a, b) => Math.max(a, b));
    if (last >= rows) {
      throw new RangeError(
        `Cannot encode ${last - pad_token_id} tokens: the model has positions for ` +
          `${rows - pad_token_id - 1}. Cut the text (truncation: true), or load the model with ` +
          "lsg: { max_sequence_length } to lengthen it",
      );
    }
    const lookup = (values: Int32Array, table: string) => ({
      ids: backend.integers(values, [batch, tokens]),
      table: this.#parameters.get(`embeddings.${table}_embeddings.weight`),
    });
    let x = backend.embed([
      lookup(ids, "word"),
      lookup(positions, "position"),
      lookup(typeIds, "token_type"),
    ]);
    if (this.#globals > 0) {
      const first = Int32Array.from({ length: this.#globals }, (_, i) => i);
      const globals = backend.embed([{
        ids: backend.integers(first, [1, this.#globals]),
        table: this.#parameters.get("embeddings.global_embeddings.weight"),
      }]);
      x = backend.concatRows(globals, x);
    }
    return layerNorm(backend, this.#parameters, "embeddings.LayerNorm", x, layer_norm_eps);
  }

  /** Post-norm: `x = LN(x + Wo·attend(x))`, `x = LN(x + W2·act(W1·x))`. */
  #layer(x: Floats, mask: Integers, layer: number): Floats {
    const { hidden_act, layer_norm_eps } = this.#config;
    const name = `encoder.layer.${layer}`;
    const dense = (part: string, input: Floats) =>
      linear(this.#backend, this.#parameters, `${name}.${part}`, input);
    const norm = (part: string, input: Floats, residual: Floats) => {
      const full = `${name}.${part}`;
      return layerNorm(this.#backend, this.#parameters, full, input, layer_norm_eps, residual);
    };
    const attended = this.#backend.scope(() => {
      const mixed = this.#attend({
        query: dense("attention.self.query", x),
        key: dense("attention.self.key", x),
        value: dense("attention.self.value", x),
        heads: this.#config.num_attention_heads,
        mask,
      }, layer);
      return norm("attention.output.LayerNorm", dense("attention.output.dense", mixed), x);
    });
    const names = { up: `${name}.intermediate.dense`, down: `${name}.output.dense` };
    const fed = feedForward(this.#backend, this.#parameters, names, attended, hidden_act);
    return norm("output.LayerNorm", fed, attended);
  }

  #attend(projected: Required<Projected>, layer: number): Floats {
    const { lsg, is_decoder: causal } = this.#config;
    if (!lsg) return fullAttention(this.#backend, projected, causal);
    const projections = this.#projections[layer];
    const input = { ...projected, globals: this.#globals, causal, projections };
    return lsgAttention(this.#backend, input, lsg);
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
  layers: number,
  dims: readonly (readonly number[])[],
): void {
  const sizes = dims.map((lengths) => lengths.reduce((product, n) => product * n));
  const counts = projections.map((rounds) => rounds.length);
  if (counts.length !== layers || counts.some((count) => count !== dims.length)) {
    throw new RangeError(
      `Cannot use lsh_projections with [${counts}] rounds: wanted ${dims.length} for each of ` +
        `${layers} layers`,
    );
  }
  projections.forEach((rounds, layer) =>
    rounds.forEach(({ length }, round) => {
      if (length === sizes[round]) return;
      throw new RangeError(
        `Cannot use lsh_projections of ${length} values in layer ${layer}, round ${round}: ` +
          `wanted ${sizes[round]} for the shape [${dims[round]}]`,
      );
    })
  );
}
