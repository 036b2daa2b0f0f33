/**
 * The self-attention of an encoder's layers: the model's own, or one that replaces it.
 *
 * @module
 */
import { withinRange } from "../ops/checks.ts";
import type { EncoderShape, ReplacedAttention } from "../attention/baselines/replaced_attention.ts";
import { scoresOf } from "../attention/full/byte_keys.ts";
import { fullAttention } from "../attention/full/full_attention.ts";
import type { LsgParameters } from "../attention/lsg/lsg_parameters.ts";
import type { SelfExtendOption } from "../attention/self_extend/self_extend_settings.ts";
import type { Backend, Floats, Integers } from "../ops/backend.ts";
import { type BlockParts, linear } from "./blocks.ts";
import type { TokenBatch } from "./inputs.ts";
import type { LateAttentions } from "./late_attentions.ts";
import { projectMemory, type SelfAttention } from "./layer.ts";
import type { ResolvedSettings } from "./settings.ts";

/** Settings of an encoder's attention. */
export type AttentionSettings = Pick<
  ResolvedSettings,
  "seed" | "lsh_projections" | "attention" | "self_extend"
>;

/** The attentions of one pass. */
export interface PreparedAttention {
  /** One function a layer. */
  readonly layers: readonly SelfAttention[];
  /** The tensors that they use; the caller disposes of them after the pass. */
  readonly tensors: readonly (Floats | Integers)[];
}

/** The self-attention of an encoder. */
export class EncoderAttention {
  readonly #parts: BlockParts;
  readonly #settings: AttentionSettings;
  /** For `lsh`: each layer's projections. */
  #projections: readonly (readonly Floats[])[] = [];
  readonly #late: LateAttentions;
  readonly #replacement: ReplacedAttention | undefined;

  /**
   * Prepares everything that does not depend on the batch.
   *
   * @param parts Backend, weights, config and family.
   * @param settings Seed, projections, replacement.
   * @param drawn The projections of the same attention on another backend, for `lsh`.
   * @param late What few attentions need, as `importAttentions` gives it.
   * @throws {RangeError} If the projections or rotary positions do not fit the config.
   */
  constructor(
    parts: BlockParts,
    settings: AttentionSettings,
    drawn?: readonly (readonly Floats[])[],
    late: LateAttentions = {},
  ) {
    this.#parts = parts;
    this.#settings = settings;
    this.#late = late;
    const { seed = 0, lsh_projections: given, attention } = settings;
    const { backend, config, family } = parts;
    const { lsg, num_attention_heads: heads, num_hidden_layers: layers } = config;
    const shape = { layers, heads, width: config.head_dim };
    if (family.positions === "rotary") imported(late.rotary).checkRotary(parts, attention?.type);
    if (attention) {
      const { ReplacedAttention } = imported(late.replaced);
      this.#replacement = new ReplacedAttention(backend, attention, shape, seed);
    }
    if (given) checkProjections(given, lsg, shape, late);
    if (lsg?.sparsity_type !== "lsh") return;
    if (drawn) {
      this.#projections = drawn;
      return;
    }
    const { lshColumns, lshProjections } = imported(late.lsh);
    const columns = lshColumns(lsg);
    // If memory does not last for all, none is left.
    backend.scope(() => {
      this.#projections = Array.from({ length: layers }, (_, layer) => {
        const rounds = given?.[layer] ?? lshProjections(lsg, { ...shape, layer, seed });
        return rounds.map((values, round) =>
          backend.floats(values, [heads, shape.width, columns[round]])
        );
      });
      return this.#projections.flat();
    });
  }

  /**
   * The same attention, with the same draws, on a backend in front of its own.
   *
   * @param backend The backend that runs the operations.
   * @returns The attention; the projections stay this one's.
   */
  on(backend: Backend): EncoderAttention {
    const parts = { ...this.#parts, backend };
    return new EncoderAttention(
      parts,
      this.#settings,
      this.#projections,
      this.#late,
    );
  }

  /**
   * Makes the layers' attentions for a batch.
   *
   * @param batch Sizes and masks.
   * @param selfExtend The call's choice, for rotary positions; absent: the settings'.
   * @returns Functions and their tensors.
   */
  prepare(
    batch: TokenBatch,
    selfExtend: SelfExtendOption | undefined = this.#settings.self_extend,
  ): PreparedAttention {
    let layers: readonly SelfAttention[] = [];
    const tensors: (Floats | Integers)[] = [];
    this.#parts.backend.scope(() => {
      layers = this.#layers(batch, (tensor) => {
        tensors.push(tensor);
        return tensor;
      }, selfExtend);
      return tensors;
    });
    return { layers, tensors };
  }

  /** Whether what a token gives may depend on the padding behind its sequence. */
  get dependsOnPadding(): boolean {
    return this.#replacement !== undefined;
  }

  /** Disposes of the projections; the weights are the caller's. */
  dispose(): void {
    this.#projections.flat().forEach((tensor) => tensor.dispose());
  }

  #layers(
    batch: TokenBatch,
    keep: <Kept extends Floats | Integers>(tensor: Kept) => Kept,
    selfExtend?: SelfExtendOption,
  ): readonly SelfAttention[] {
    const { backend, config } = this.#parts;
    const { lsg, attention_window, is_decoder: causal } = config;
    const integers = (values: Int32Array) =>
      keep(backend.integers(values, [batch.batch, values.length / batch.batch]));
    const mask = withinRange(
      integers(
        lsg?.mask_first_token
          ? imported(this.#late.lsg).maskFirstTokens(batch.mask, batch.tokens)
          : batch.mask,
      ),
      0,
      1,
    );
    if (this.#replacement) {
      return this.#replacement.prepare(batch, keep)
        .map((attend) => (projected) => attend({ ...projected, mask }));
    }
    if (attention_window) {
      const { longformerAttention, longformerRows } = imported(this.#late.longformer);
      const rows = longformerRows(batch.mask, batch.globalMask, batch.batch);
      const masks = {
        visible: mask,
        local: integers(rows.local),
        globalRows: integers(rows.globalRows),
        globalMask: integers(rows.globalMask),
      };
      return attention_window.map((window, layer) => (projected, input) => {
        const global = this.#projectGlobal(layer, input, masks.globalRows);
        return longformerAttention(backend, { ...projected, global, masks }, window);
      });
    }
    if (this.#parts.family.positions === "rotary") {
      const { rotaryAttention } = imported(this.#late.rotary);
      const pass = { batch, mask, keep, selfExtend, projections: this.#projections };
      return rotaryAttention(this.#parts, pass);
    }
    const scores = scoresOf(backend, causal);
    return Array.from({ length: config.num_hidden_layers }, (_, layer) => (projected) => {
      if (!lsg) return fullAttention(backend, { ...projected, mask, scores }, causal);
      const [globals, projections] = [lsg.num_global_tokens, this.#projections[layer]];
      const input = { ...projected, mask, globals, causal, projections, scores };
      return imported(this.#late.lsg).lsgAttention(backend, input, lsg);
    });
  }

  /** Longformer's second projections: queries of the global rows, keys and values of all. */
  #projectGlobal(layer: number, input: Floats, globalRows: Integers) {
    const { backend, family } = this.#parts;
    const { global: names } = family.layer(layer).attention;
    if (!names || globalRows.dims[1] === 0) return undefined;
    const query = linear(this.#parts, names.query, backend.gatherRows(input, globalRows));
    return { query, ...projectMemory(this.#parts, names, input) };
  }
}

/** Asserts that what an attention needs was imported. */
function imported<Module>(module: Module | undefined): Module {
  if (module) return module;
  throw new Error("Cannot attend: what the attention needs was not imported");
}

function checkProjections(
  projections: readonly (readonly Float32Array[])[],
  lsg: LsgParameters | undefined,
  { layers, ...head }: EncoderShape,
  { lsh }: LateAttentions,
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
    imported(lsh).checkLshProjections(rounds, lsg, head, `lsh_projections of layer ${layer}`)
  );
}
