/**
 * The encoder of all families, and a decoder over whole sequences: embedding, layers, and the rows
 * that are wanted.
 *
 * @module
 */
import { fullAttention } from "../attention/full/full_attention.ts";
import { largest } from "../base/largest.ts";
import type { LayerNames, ModelConfig } from "../families/families.ts";
import type { Backend, Floats, Integers } from "../ops/backend.ts";
import { type BlockParts, norm } from "./blocks.ts";
import { copy, dropoutRate, isDropped } from "./dropout.ts";
import { checkPositions, embed } from "./embedding.ts";
import { type AttentionSettings, EncoderAttention } from "./encoder_attention.ts";
import type { TokenBatch } from "./inputs.ts";
import { type CrossAttention, projectMemory, runLayer, type WantedRows } from "./layer.ts";
import type { Encoded, PassOptions, TokenRows } from "./pass.ts";
import type { LengthGroup } from "./unequal_lengths.ts";

/** The encoder's output as a decoder's layers attend to it. */
export interface EncoderOutput {
  /** `[batch, rows, hidden_size]`. */
  readonly rows: Floats;
  /** `[batch, rows]`: 1 visible, 0 masked. */
  readonly mask: Integers;
}

/**
 * An encoder on a backend, or a decoder that reads whole sequences; {@linkcode loadParts} makes it.
 *
 * @example Rows of two tokens, on the backend
 * ```ts
 * import { readCheckpoint, resolveModelWeights } from "@lsg/core/checkpoint";
 * import { openCheckpoint } from "@lsg/core/hub";
 * import { loadParts } from "@lsg/core/models";
 * import { assertEquals } from "@std/assert";
 *
 * const { config, weights } = await readCheckpoint(await openCheckpoint("ccdv/lsg-base-4096"));
 * const own = resolveModelWeights(weights, config, "Model");
 * const { encoder, backend } = await loadParts(config, own, { device: "wasm" });
 * const [ids, mask] = [Int32Array.of(0, 5, 6, 2), Int32Array.of(1, 1, 1, 1)];
 * const zeros = new Int32Array(4);
 * const batch = { batch: 1, tokens: 4, ids, mask, typeIds: zeros, globalMask: zeros };
 * const { lastHiddenState } = await encoder.forward(batch, {}, [[1, 2]]);
 * assertEquals(lastHiddenState.dims, [1, 2, config.hidden_size]);
 * backend.dispose();
 * ```
 */
export class Encoder {
  readonly #parts: BlockParts;
  readonly #attention: EncoderAttention;
  readonly #computesPadding: boolean;

  /**
   * Puts an encoder together.
   *
   * @param parts Backend, weights, config, family.
   * @param attention Settings of its attention, or the attention of the same encoder elsewhere.
   * @param computesPadding Whether all rows of padding are computed; false if absent.
   * @throws {RangeError} If the settings or the family's positions do not fit the config.
   */
  constructor(
    parts: BlockParts,
    attention: AttentionSettings | EncoderAttention = {},
    computesPadding = false,
  ) {
    this.#parts = parts;
    this.#computesPadding = computesPadding;
    this.#attention = attention instanceof EncoderAttention
      ? attention
      : new EncoderAttention(parts, attention);
  }

  /**
   * The same encoder on a backend in front of its own.
   *
   * @param backend The backend that runs the operations.
   * @returns The encoder, whose weights and draws stay this one's: it is not disposed of.
   */
  on(backend: Backend): Encoder {
    const parts = { ...this.#parts, backend };
    return new Encoder(parts, this.#attention.on(backend), this.#computesPadding);
  }

  /**
   * The same encoder, which computes the rows of padding, too.
   *
   * @returns The encoder, whose weights and draws stay this one's: it is not disposed of.
   */
  withPadding(): Encoder {
    return new Encoder(this.#parts, this.#attention, true);
  }

  /**
   * Runs the encoder. Sequences that are much shorter than others run without them, so that their
   * padding costs nothing: rows of it are then zeros.
   *
   * @param batch Checked ids and masks.
   * @param options Whether hidden states are kept; the callback after each layer; the signal.
   * @param wanted Tokens whose rows are wanted; absent: all.
   * @param memory What a decoder attends to.
   * @returns Outputs on the backend: global tokens cut off, row 0 pooled.
   * @throws {RangeError} If the batch is longer than the position table, or does not fit the
   * backend's memory.
   */
  async forward(
    batch: TokenBatch,
    options: PassOptions = {},
    wanted?: TokenRows,
    memory?: EncoderOutput,
  ): Promise<Encoded> {
    // Without padding there is one group, of all.
    const unequal = !memory && !this.#computesPadding && batch.mask.includes(0)
      ? await import("./unequal_lengths.ts")
      : undefined;
    const groups = unequal ? this.#groups(unequal, batch, wanted) : [];
    if (groups.length === 0) return await this.#run(batch, options, wanted, memory);
    // What is too long is so with padding that is not computed too.
    checkPositions(this.#parts, batch);
    const { backend, config } = this.#parts;
    const passed = passesGlobalTokens(config) ? config.lsg!.num_global_tokens : 0;
    const rows = { all: passed + batch.tokens, width: config.hidden_size };
    const states = options.output_hidden_states ? config.num_hidden_layers + 1 : 0;
    return await unequal!.runGroups(
      backend,
      { batch, groups, options, wanted, states, rows },
      (part, options, wanted) => this.#run(part, options, wanted),
    );
  }

  /** Groups of sequences that run one after the other; empty if all run at once. */
  #groups(
    { groupLengths, visibleLengths }: typeof import("./unequal_lengths.ts"),
    batch: TokenBatch,
    wanted: TokenRows | undefined,
  ): LengthGroup[] {
    const { backend, config: { lsg }, family: { embeddings } } = this.#parts;
    // A tape's draws belong to the operations of a whole batch.
    if (backend.dropoutKey || this.#attention.dependsOnPadding) return [];
    // Of at most two blocks LSG is dense: the same keys, but not the same bits.
    const own = lsg && !embeddings.global ? lsg.num_global_tokens : 0;
    const fewest = lsg ? own + 2 * lsg.block_size + 1 : 1;
    const multiple = lsg && !lsg.adaptive ? lsg.block_size : 1;
    const lengths = visibleLengths(batch).map((visible, b) => {
      const read = wanted ? largest(wanted[wanted.length === 1 ? 0 : b]) + 1 : 0;
      const length = Math.max(fewest, visible, read);
      return Math.min(batch.tokens, Math.ceil(length / multiple) * multiple);
    });
    const groups = groupLengths(lengths);
    return groups.length === 1 && groups[0].tokens === batch.tokens ? [] : groups;
  }

  /** Runs all sequences at once. */
  async #run(
    batch: TokenBatch,
    options: PassOptions,
    wanted?: TokenRows,
    memory?: EncoderOutput,
  ): Promise<Encoded> {
    const { backend, family, config } = this.#parts;
    const { num_hidden_layers: layers } = config;
    const passesGlobals = passesGlobalTokens(config);
    const pooled = config.lsg?.pool_with_global === true && this.#globals > 0 &&
      !config.is_decoder && !passesGlobals;
    const { signal } = options;
    signal?.throwIfAborted();
    const hiddenStates: Floats[] = [];
    let x: Floats | undefined;
    let reserved: Floats[] = [];
    const attention = this.#attention.prepare(batch, options.self_extend);
    // The last layer computes the wanted rows alone; attention to a memory is computed of all.
    const last = wanted && !options.output_hidden_states && !memory
      ? this.#lastRows(wanted, batch, pooled)
      : undefined;
    try {
      if (options.output_hidden_states) reserved = this.#reserve(batch);
      const isKept = reserved.length > 0;
      for (let layer = 0; layer < layers; layer++) {
        const before = x;
        reserved.pop()?.dispose();
        const { output, hidden }: { output: Floats; hidden?: Floats } = backend.segment(() => {
          // The embedding goes with the first layer: if both do not fit, neither runs.
          const input = before ?? embed(this.#parts, batch);
          const names = family.layer(layer);
          const rows = layer === layers - 1 ? last : undefined;
          let output = isDropped(this.#parts)
            ? rows?.pick(input) ?? copy(backend, input)
            : runLayer(
              this.#parts,
              names,
              input,
              attention.layers[layer],
              memory && this.#crossAttention(names, memory),
              rows,
            );
          if (layer === layers - 1 && family.finalNorm) {
            output = norm(this.#parts, family.finalNorm, output);
          }
          return { output, ...(isKept && { hidden: this.#rows(input, batch, false) }) };
        });
        if (x !== hidden) x?.dispose();
        x = output;
        if (hidden) hiddenStates.push(hidden);
        await backend.settle();
        await options.layer_callback?.({ layer: layer + 1, layers });
        signal?.throwIfAborted();
      }
      const made = x!;
      reserved.pop()?.dispose();
      if (isKept) hiddenStates.push(this.#rows(made, batch, pooled));
      const lastHiddenState = last
        ? last.finish(made)
        : wanted
        ? this.#rows(made, batch, pooled, wanted)
        : hiddenStates.at(-1) ?? this.#rows(made, batch, pooled);
      if (made !== lastHiddenState && made !== hiddenStates.at(-1)) made.dispose();
      return { lastHiddenState, hiddenStates };
    } catch (error) {
      [...(x ? [x] : []), ...hiddenStates].forEach((tensor) => tensor.dispose());
      throw error;
    } finally {
      [...reserved, ...attention.tensors].forEach((tensor) => tensor.dispose());
    }
  }

  /** Disposes of the draws of its attention; the weights are the caller's. */
  dispose(): void {
    this.#attention.dispose();
  }

  /** Full attention to the encoder's output. */
  #crossAttention({ crossAttention }: LayerNames, { rows, mask }: EncoderOutput): CrossAttention {
    const { backend, config: { num_attention_heads: heads } } = this.#parts;
    return (query) => {
      const projected = projectMemory(this.#parts, crossAttention!, rows);
      const dropout = dropoutRate(this.#parts, "weights");
      return fullAttention(backend, { query, ...projected, mask, heads, dropout });
    };
  }

  /** Memory for all hidden states: a pass whose last layers will not fit fails before the first one runs. */
  #reserve({ batch, tokens }: TokenBatch): Floats[] {
    const { backend, config } = this.#parts;
    const count = config.num_hidden_layers + 1;
    const dims = [batch, tokens, config.hidden_size];
    try {
      return backend.scope(() => Array.from({ length: count }, () => backend.reserve(dims)));
    } catch (cause) {
      throw new RangeError(
        `Cannot keep ${count} hidden states of ${batch}·${tokens} tokens: ` +
          `${(cause as Error).message}, and so does output_hidden_states: false`,
        { cause },
      );
    }
  }

  /** The rows of tokens, all if absent; with `pooled` global token 0 stands in for the first one. */
  #rows(x: Floats, { tokens }: TokenBatch, pooled: boolean, wanted?: TokenRows): Floats {
    const { config } = this.#parts;
    if (!wanted && (this.#globals === 0 || passesGlobalTokens(config))) return x;
    const all = wanted ?? [Array.from({ length: tokens }, (_, token) => token)];
    return this.#gather(x, this.#rowNumbers(all, pooled), all);
  }

  /** The rows of tokens in a layer's output; −1 stays. */
  #rowNumbers(wanted: TokenRows, pooled: boolean): Int32Array {
    const globals = this.#globals;
    return Int32Array.from(wanted.flat(), (token) => {
      if (token <= 0 && (token < 0 || pooled)) return token;
      return globals + token;
    });
  }

  /** Global tokens in front of a text. */
  get #globals(): number {
    const { config: { lsg }, family: { embeddings } } = this.#parts;
    return lsg && embeddings.global ? lsg.num_global_tokens : 0;
  }

  #gather(x: Floats, rows: Int32Array, wanted: TokenRows): Floats {
    const { backend } = this.#parts;
    return backend.scope(() =>
      backend.gatherRows(x, backend.integers(rows, [wanted.length, wanted[0].length]))
    );
  }

  /**
   * Rows that the last layer computes alone; undefined if they are as many as there are.
   *
   * @returns Them, and what makes the wanted rows of that layer's output.
   */
  #lastRows(
    wanted: TokenRows,
    { tokens }: TokenBatch,
    pooled: boolean,
  ): WantedRows & { readonly finish: (output: Floats) => Floats } | undefined {
    const count = wanted[0].length;
    if (count >= tokens) return undefined;
    const rows = this.#rowNumbers(wanted, pooled);
    const there = rows.map((row) => Math.max(0, row)); // in place of a row of zeros, any row
    return {
      pick: (x) => this.#gather(x, there, wanted),
      until: there.reduce((a, b) => Math.max(a, b)) + 1,
      finish: (x) =>
        rows.includes(-1)
          ? this.#gather(x, rows.map((row, i) => row < 0 ? -1 : i % count), wanted)
          : x,
    };
  }
}

/** Whether a decoder sees the global tokens, which then stay in the encoder's output. */
export function passesGlobalTokens({ decoder, lsg }: ModelConfig): boolean {
  return decoder !== undefined && lsg?.pass_global_tokens_to_decoder === true;
}
