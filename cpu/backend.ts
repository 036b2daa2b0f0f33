/**
 * The reference backend: wires the rooms of this floor to tensors.
 *
 * @module
 */
import type { AttendPart } from "../ops/attend_plan.ts";
import { attendSizes, featureSizes, hashedSizes } from "../ops/attention_shapes.ts";
import type {
  ActivationName,
  AttendOptions,
  Backend,
  DataType,
  Dense,
  FeatureOptions,
  Floats,
  Integers,
  Lookup,
  MemoryUse,
  SelectShape,
  SparseList,
} from "../ops/backend.ts";
import { checkDataType, checkLargest } from "../tensor/data_type.ts";
import { decodeFloat16, encodeFloat16 } from "../tensor/float16.ts";
import {
  addSizes,
  checkProjections,
  concatSizes,
  embedSizes,
  feedForwardSizes,
  layerNormSizes,
  linearSizes,
  rotateSizes,
  rowsSizes,
  selectSizes,
} from "../ops/shapes.ts";
import { Tensor, type TensorArrays } from "../tensor/tensor.ts";
import { type ScopeResult, TensorScopes } from "../tensor/tensor_scope.ts";
import { activation } from "./activation.ts";
import { add } from "./add.ts";
import { attend, type CpuAttendPart } from "./attend.ts";
import { attendFeatures } from "./attend_features.ts";
import { attendHashed } from "./attend_hashed.ts";
import { concatRows } from "./concat_rows.ts";
import { embed } from "./embed.ts";
import { feedForward } from "./feed_forward.ts";
import { gatherRows } from "./gather_rows.ts";
import { layerNorm } from "./layer_norm.ts";
import { linear } from "./linear.ts";
import { dequantizeWeights, type QuantizedWeights, quantizeWeights } from "./quantize.ts";
import { rotate } from "./rotate.ts";
import { scatterRows } from "./scatter_rows.ts";
import type { SelectShape as CpuSelectShape, SparseList as CpuSparseList } from "./select.ts";
import { selectBlockStride } from "./select_block_stride.ts";
import { selectBosPooling } from "./select_bos_pooling.ts";
import { selectLsh } from "./select_lsh.ts";
import { selectNorm } from "./select_norm.ts";
import { selectPooling } from "./select_pooling.ts";
import { selectStride } from "./select_stride.ts";
import { CpuStorage, weightOf } from "./storage.ts";

type Select = (
  keys: Float32Array,
  values: Float32Array,
  mask: Int32Array,
  shape: CpuSelectShape,
) => CpuSparseList;

/** Runs everything at once, in plain TypeScript, float64 sums rounded to float32. */
export class CpuBackend implements Backend {
  /** The name that `device` takes. */
  readonly name = "cpu";
  /** In which form weights are held. */
  readonly dtype: DataType;
  readonly #scopes = new TensorScopes();
  readonly #storages = new Set<CpuStorage>();
  #isDisposed = false;

  /**
   * Opens the backend.
   *
   * @param options The form of weights; 32-bit floats if absent.
   * @throws {RangeError} If there is no such form.
   */
  constructor({ dtype }: { readonly dtype?: DataType } = {}) {
    this.dtype = checkDataType(dtype);
  }

  floats(values: Float32Array, dims: readonly number[]): Floats {
    return this.#tensor("float32", values, dims);
  }

  weight(values: Float32Array, dims: readonly number[]): Floats {
    const { dtype } = this;
    if (dtype === "fp32") return this.floats(values, dims);
    checkLargest(dtype, values.reduce((size, value) => Math.max(size, Math.abs(value)), 0));
    if (dtype === "fp16") return this.floats(decodeFloat16(encodeFloat16(values)), dims);
    const quantized = quantizeWeights(values, dims[0], dims[1]);
    return this.#tensor("float32", dequantizeWeights(quantized), dims, quantized);
  }

  integers(values: Int32Array, dims: readonly number[]): Integers {
    return this.#tensor("int32", values, dims);
  }

  reserve(dims: readonly number[]): Floats {
    return this.floats(new Float32Array(dims.reduce((product, n) => product * n, 1)), dims);
  }

  embed(lookups: readonly Lookup[]): Floats {
    const sizes = embedSizes(lookups);
    const arrays = lookups.map(({ ids, table }) => ({ ids: ids.data, table: table.data }));
    return this.floats(embed(arrays, sizes), [sizes.batch, sizes.tokens, sizes.width]);
  }

  linear(x: Floats, weight: Floats, bias?: Floats, activation?: ActivationName): Floats {
    const { dims, ...sizes } = linearSizes(x, weight, bias);
    return this.floats(linear(x.data, weightOf(weight), bias?.data, sizes, activation), dims);
  }

  feedForward(x: Floats, up: Dense, activation: ActivationName, down: Dense): Floats {
    const { dims, ...sizes } = feedForwardSizes(x, up, down);
    const arrays = ({ weight, bias }: Dense) => ({ weight: weightOf(weight), bias: bias?.data });
    return this.floats(feedForward(x.data, arrays(up), activation, arrays(down), sizes), dims);
  }

  layerNorm(x: Floats, weight: Floats, bias: Floats, epsilon: number, residual?: Floats): Floats {
    layerNormSizes(x, weight, bias, residual);
    return this.floats(layerNorm(x.data, weight.data, bias.data, epsilon, residual?.data), x.dims);
  }

  activation(x: Floats, name: ActivationName): Floats {
    return this.floats(activation(x.data, name), x.dims);
  }

  add(x: Floats, y: Floats): Floats {
    addSizes(x, y);
    return this.floats(add(x.data, y.data), x.dims);
  }

  concatRows(x: Floats, y: Floats): Floats {
    const sizes = concatSizes(x, y);
    const { batch, xRows, yRows, width } = sizes;
    return this.floats(concatRows(x.data, y.data, sizes), [batch, xRows + yRows, width]);
  }

  gatherRows(x: Floats, rows: Integers): Floats {
    const sizes = rowsSizes(x, rows);
    const { batch, picked, width } = sizes;
    return this.floats(gatherRows(x.data, rows.data, sizes), [batch, picked, width]);
  }

  scatterRows(x: Floats, rows: Integers, y: Floats): Floats {
    return this.floats(scatterRows(x.data, rows.data, y.data, rowsSizes(x, rows, y)), x.dims);
  }

  rotate(x: Floats, positions: Integers, heads: number, theta: number): Floats {
    const shape = { ...rotateSizes(x, positions, heads), heads, theta };
    return this.floats(rotate(x.data, positions.data, shape), x.dims);
  }

  selectNorm(keys: Floats, values: Floats, mask: Integers, shape: SelectShape): SparseList {
    return this.#select(selectNorm, keys, values, mask, shape);
  }

  selectStride(keys: Floats, values: Floats, mask: Integers, shape: SelectShape): SparseList {
    return this.#select(selectStride, keys, values, mask, shape);
  }

  selectBlockStride(keys: Floats, values: Floats, mask: Integers, shape: SelectShape): SparseList {
    return this.#select(selectBlockStride, keys, values, mask, shape);
  }

  selectPooling(keys: Floats, values: Floats, mask: Integers, shape: SelectShape): SparseList {
    return this.#select(selectPooling, keys, values, mask, shape);
  }

  selectBosPooling(
    query: Floats,
    keys: Floats,
    values: Floats,
    mask: Integers,
    shape: SelectShape,
  ): SparseList {
    const select: Select = (...rest) => selectBosPooling(query.data, ...rest);
    return this.#select(select, keys, values, mask, shape);
  }

  selectLsh(
    keys: Floats,
    values: Floats,
    mask: Integers,
    projections: readonly Floats[],
    shape: SelectShape,
  ): SparseList {
    checkProjections(keys, projections, shape);
    const select: Select = (k, v, m, s) => selectLsh(k, v, m, projections.map((p) => p.data), s);
    return this.#select(select, keys, values, mask, shape);
  }

  attend(
    query: Floats,
    parts: readonly AttendPart<Floats, Integers>[],
    options: AttendOptions<Integers>,
  ): Floats {
    const sizes = attendSizes(query, parts, options);
    const arrays: CpuAttendPart[] = parts.map((part) => ({
      ...part,
      sources: part.sources.map((source) => ({
        ...source,
        keys: source.keys.data,
        values: source.values.data,
        mask: source.mask?.data,
        query: source.query?.data,
      })),
    }));
    const shape = { ...options, ...sizes, queryMask: options.queryMask?.data };
    return this.floats(attend(query.data, arrays, shape), query.dims);
  }

  attendFeatures(
    query: Floats,
    key: Floats,
    value: Floats,
    mask: Integers,
    options: FeatureOptions<Floats>,
  ): Floats {
    const { heads, map, projection } = options;
    const shape = { ...featureSizes(query, key, value, mask, options), heads, map };
    const [q, k, v] = [query, key, value].map(({ data }) => data);
    return this.floats(attendFeatures(q, k, v, mask.data, projection?.data, shape), query.dims);
  }

  attendHashed(
    query: Floats,
    value: Floats,
    mask: Integers,
    projection: Floats,
    chunk: number,
  ): Floats {
    const shape = { ...hashedSizes(query, value, mask, projection, chunk), chunk };
    const output = attendHashed(query.data, value.data, mask.data, projection.data, shape);
    return this.floats(output, query.dims);
  }

  scope<Result extends ScopeResult>(body: () => Result): Result {
    return this.#scopes.run(body);
  }

  settle(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 0));
  }

  memory(): MemoryUse {
    const sizes = [...this.#storages].map(({ bytes }) => bytes);
    return { tensors: sizes.length, bytes: sizes.reduce((a, b) => a + b, 0) };
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const storage of this.#storages) storage.dispose();
  }

  #select(
    select: Select,
    keys: Floats,
    values: Floats,
    mask: Integers,
    shape: SelectShape,
  ): SparseList {
    const { batch, rows, width, entries } = selectSizes(keys, values, mask, shape);
    const list = select(keys.data, values.data, mask.data, { ...shape, batch, rows, width });
    const rowWidth = shape.heads * width;
    return {
      keys: this.floats(list.keys, [batch, entries, rowWidth]),
      values: this.floats(list.values, [batch, entries, rowWidth]),
      mask: this.integers(list.mask, [batch, shape.heads, entries]),
    };
  }

  #tensor<Type extends "float32" | "int32">(
    type: Type,
    values: TensorArrays[Type],
    dims: readonly number[],
    quantized?: QuantizedWeights,
  ): Tensor<Type> {
    if (this.#isDisposed) throw new Error("Cannot make a tensor: the cpu backend was disposed");
    new Tensor<Type>(type, values, dims); // checks type and size before anything is counted
    const storage = new CpuStorage(this.#storages, values, quantized);
    const tensor = new Tensor<Type>(type, storage, dims);
    this.#scopes.track(tensor);
    return tensor;
  }
}
