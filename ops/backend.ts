/**
 * The interface between models and what computes: one method a room, the same names on each floor.
 *
 * Letters: `b` batch, `t` tokens, `n` rows of any kind, `h` heads, `d` width of a head,
 * `w = h·d` width of a row, `e` entries of a sparse list.
 *
 * Calls record work and return at once; {@linkcode Tensor.getData} runs it and reads back. The
 * tensors that go in stay the caller's, those that come out belong to the innermost
 * {@linkcode Backend.scope}, or to the caller outside of one.
 *
 * @module
 */
import type { AttendPart } from "./attend_plan.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { ScopeResult } from "../tensor/tensor_scope.ts";

/** Backends by the name that `device` takes. */
export type BackendName = "cpu" | "wasm" | "webgpu";

/**
 * In which form a backend holds weights: 32-bit floats, half precision (half the memory), or 8-bit
 * integers (a quarter), by which rows are multiplied as 11-bit integers.
 */
export type DataType = "fp32" | "fp16" | "q8";

/** Functions that apply to each value by itself. */
export type ActivationName = "gelu" | "gelu_new" | "relu" | "silu" | "tanh";

/** A tensor of 32-bit floats. */
export type Floats = Tensor<"float32">;

/** A tensor of 32-bit integers. */
export type Integers = Tensor<"int32">;

/** A sparse list: what `select` makes of the tokens. */
export type SparseList = {
  /** `[b, e, w]`. */
  readonly keys: Floats;
  /** `[b, e, w]`. */
  readonly values: Floats;
  /** `[b, h, e]`: 1 visible, 0 masked. */
  readonly mask: Integers;
};

/** What each `select` needs beside keys and values. */
export interface SelectShape {
  /** `h`. */
  readonly heads: number;
  /** The row of keys and values that holds the first token. */
  readonly first: number;
  /** Tokens, without padding to blocks. */
  readonly tokens: number;
  /** Tokens a block; the last one is filled up with masked tokens. */
  readonly block: number;
  /** Tokens an entry; divides the block. */
  readonly factor: number;
  /** Tokens that `norm` and `lsh` choose from at a time; divides the block. */
  readonly chunk: number;
}

/** One table of an embedding and the row that each place takes from it. */
export interface Lookup {
  /** `[b, t]`, or `[1, t]` for the same rows in each batch. */
  readonly ids: Integers;
  /** `[rows, w]`. */
  readonly table: Floats;
}

/** Weights of a linear layer. */
export interface Dense {
  /** `[out, in]`. */
  readonly weight: Floats;
  /** `[out]`. */
  readonly bias?: Floats;
}

/** What a backend holds. */
export interface MemoryUse {
  /** Tensors that were made and not given back. */
  readonly tensors: number;
  /** Their size in bytes. */
  readonly bytes: number;
}

/** What computes. */
export interface Backend {
  /** The name that `device` takes. */
  readonly name: BackendName;
  /** In which form {@linkcode Backend.weight} holds weights. */
  readonly dtype: DataType;

  /** A tensor of this backend with the given values. */
  floats(values: Float32Array, dims: readonly number[]): Floats;
  /**
   * Weights `[out, in]` or a table `[rows, w]` in the form that `dtype` asks for. Only `linear`,
   * `feedForward` and `embed` read them; {@linkcode Tensor.getData} gives the rounded values.
   *
   * @throws {RangeError} If a value is too large for the form, or is none.
   */
  weight(values: Float32Array, dims: readonly number[]): Floats;
  /** A tensor of this backend with the given values. */
  integers(values: Int32Array, dims: readonly number[]): Integers;

  /**
   * Room for results of that size; the caller gives it back right before they are made. So what
   * will not fit in the end fails before anything runs.
   *
   * @throws {RangeError} If there is no such room.
   */
  reserve(dims: readonly number[]): Floats;

  /** Sum of table rows: `[b, t, w]`. */
  embed(lookups: readonly Lookup[]): Floats;
  /** `x·Wᵀ + bias`, then the activation: x `[…, in]`, weight `[out, in]`, bias `[out]` → `[…, out]`. */
  linear(x: Floats, weight: Floats, bias?: Floats, activation?: ActivationName): Floats;
  /**
   * `linear(linear(x, up, activation), down)`, where a fast floor never holds the inner rows of all
   * tokens: x `[…, in]`, up `[inner, in]`, down `[out, inner]` → `[…, out]`.
   */
  feedForward(x: Floats, up: Dense, activation: ActivationName, down: Dense): Floats;
  /** `(x + residual)` to mean 0 and variance 1 over the last dimension, times weight, plus bias. */
  layerNorm(x: Floats, weight: Floats, bias: Floats, epsilon: number, residual?: Floats): Floats;
  /** The function of each value. */
  activation(x: Floats, name: ActivationName): Floats;
  /** `x + y`; y `[b, n, w]` like x, or `[1, n, w]` for the same rows in each batch. */
  add(x: Floats, y: Floats): Floats;
  /** Rows of y after rows of x: `[b, n, w]`, `[b, m, w]` → `[b, n + m, w]`; x may be `[1, n, w]`. */
  concatRows(x: Floats, y: Floats): Floats;
  /** Chosen rows: x `[b, n, w]`, rows `[b, m]` or `[1, m]` → `[b, m, w]`; row −1 gives zeros. */
  gatherRows(x: Floats, rows: Integers): Floats;
  /** A copy of x `[b, n, w]` with `y[i]` in row `rows[i]`: y `[b, m, w]`, rows `[b, m]`; −1 skips. */
  scatterRows(x: Floats, rows: Integers, y: Floats): Floats;
  /** Rotary positions: x `[b, t, h·d]` turned by positions `[t]`. */
  rotate(x: Floats, positions: Integers, heads: number, theta: number): Floats;

  /** The `chunk / factor` tokens of each chunk with the longest keys; mask `[b, t]`. */
  selectNorm(keys: Floats, values: Floats, mask: Integers, shape: SelectShape): SparseList;
  /** Every `factor`-th token, starting at another one in each head. */
  selectStride(keys: Floats, values: Floats, mask: Integers, shape: SelectShape): SparseList;
  /** A contiguous part of each block, another one in each head. */
  selectBlockStride(keys: Floats, values: Floats, mask: Integers, shape: SelectShape): SparseList;
  /** Means over groups of `factor` tokens. */
  selectPooling(keys: Floats, values: Floats, mask: Integers, shape: SelectShape): SparseList;
  /** Means over groups, weighted by the first token's query: query `[b, n, w]` beside keys. */
  selectBosPooling(
    query: Floats,
    keys: Floats,
    values: Floats,
    mask: Integers,
    shape: SelectShape,
  ): SparseList;
  /** Means over hash buckets; projections: one `[h, d, ⌊buckets/2⌋]` a round. */
  selectLsh(
    keys: Floats,
    values: Floats,
    mask: Integers,
    projections: readonly Floats[],
    shape: SelectShape,
  ): SparseList;

  /** Softmax attention: query `[b, n, w]` → `[b, n, w]`; see {@linkcode AttendOptions}. */
  attend(
    query: Floats,
    parts: readonly AttendPart<Floats, Integers>[],
    options: AttendOptions<Integers>,
  ): Floats;

  /**
   * Attention by features, linear in the tokens: `φ(q)·Σφ(k)vᵀ / φ(q)·Σφ(k)`; mask `[b, t]`; see
   * {@linkcode FeatureOptions}.
   */
  attendFeatures(
    query: Floats,
    key: Floats,
    value: Floats,
    mask: Integers,
    options: FeatureOptions<Floats>,
  ): Floats;
  /**
   * Softmax attention inside hash buckets, with keys `q/|q|`: query and value `[b, t, w]`, mask
   * `[b, t]`, projection `[h, d, buckets/2]`; chunks of `chunk` tokens see each other and the one
   * before.
   */
  attendHashed(
    query: Floats,
    value: Floats,
    mask: Integers,
    projection: Floats,
    chunk: number,
  ): Floats;

  /** Runs `body` and gives back every tensor that it made but does not return. */
  scope<Result extends ScopeResult>(body: () => Result): Result;
  /** Lets other tasks of the process run, and may run what is recorded; models call it between layers. */
  settle(): Promise<void>;
  /** What the backend holds now. */
  memory(): MemoryUse;
  /** Gives everything back; the backend cannot be used any more. */
  dispose(): void;
}

/** What holds for all parts of an attention. */
export interface AttendOptions<Mask> {
  /** `h`. */
  readonly heads: number;
  /** Heads of keys and values, where queries have more; `heads` if absent. */
  readonly keyHeads?: number;
  /** Factor of `q·k`; `1/√d` if absent. */
  readonly scale?: number;
  /** `[b, n]`: query rows with 0 give zeros. */
  readonly queryMask?: Mask;
}

/**
 * How rows become features: `elu` is `elu(x) + 1`; `softmax` the softmax of a query over its width
 * and of keys over the tokens; `random` `exp(ωx̃ − |x̃|²/2)` with `x̃ = x/d^¼`.
 */
export type FeatureMap = "elu" | "softmax" | "random";

/** What an attention by features needs beside its operands. */
export interface FeatureOptions<Projection> {
  /** `h`. */
  readonly heads: number;
  /** The map. */
  readonly map: FeatureMap;
  /** For `random`: `ω`, `[features, d]`. */
  readonly projection?: Projection;
}
