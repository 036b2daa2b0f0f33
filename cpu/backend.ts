/**
 * The reference backend: wires the rooms of this floor to tensors.
 *
 * @module
 */
import type { AttendPart } from "../attention/attend_plan.ts";
import type {
  ActivationName,
  AttendOptions,
  Backend,
  Floats,
  Integers,
  Lookup,
  MemoryUse,
  SelectShape,
  SparseList,
} from "../backend.ts";
import { type DeviceStorage, Tensor, type TensorArrays } from "../tensor.ts";
import { type ScopeResult, TensorScopes } from "../tensor_scope.ts";
import { activation } from "./activation.ts";
import { add } from "./add.ts";
import { attend, type CpuAttendPart } from "./attend.ts";
import { concatRows } from "./concat_rows.ts";
import { embed } from "./embed.ts";
import { gatherRows } from "./gather_rows.ts";
import { layerNorm } from "./layer_norm.ts";
import { linear } from "./linear.ts";
import { rotate } from "./rotate.ts";
import { scatterRows } from "./scatter_rows.ts";
import type { SelectShape as CpuSelectShape, SparseList as CpuSparseList } from "./select.ts";
import { selectBlockStride } from "./select_block_stride.ts";
import { selectBosPooling } from "./select_bos_pooling.ts";
import { selectLsh } from "./select_lsh.ts";
import { selectNorm } from "./select_norm.ts";
import { selectPooling } from "./select_pooling.ts";
import { selectStride } from "./select_stride.ts";

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
  #scopes = new TensorScopes();
  #tensors = 0;
  #bytes = 0;
  #disposed = false;

  floats(values: Float32Array, dims: readonly number[]): Floats {
    return this.#tensor("float32", values, dims);
  }

  integers(values: Int32Array, dims: readonly number[]): Integers {
    return this.#tensor("int32", values, dims);
  }

  embed(lookups: readonly Lookup[]): Floats {
    const [batch, tokens] = [0, 1].map((i) => Math.max(...lookups.map(({ ids }) => ids.dims[i])));
    const width = lookups[0].table.dims[1];
    const arrays = lookups.map(({ ids, table }) => ({ ids: ids.data, table: table.data }));
    const result = embed(arrays, { batch, tokens, width });
    return this.floats(result, [batch, tokens, width]);
  }

  linear(x: Floats, weight: Floats, bias?: Floats, activation?: ActivationName): Floats {
    const [outputs, inputs] = weight.dims;
    const shape = { rows: x.size / x.dims[x.dims.length - 1], inputs, outputs };
    const result = linear(x.data, weight.data, bias?.data, shape, activation);
    return this.floats(result, [...x.dims.slice(0, -1), outputs]);
  }

  layerNorm(x: Floats, weight: Floats, bias: Floats, epsilon: number, residual?: Floats): Floats {
    return this.floats(layerNorm(x.data, weight.data, bias.data, epsilon, residual?.data), x.dims);
  }

  activation(x: Floats, name: ActivationName): Floats {
    return this.floats(activation(x.data, name), x.dims);
  }

  add(x: Floats, y: Floats): Floats {
    return this.floats(add(x.data, y.data), x.dims);
  }

  concatRows(x: Floats, y: Floats): Floats {
    const [batch, yRows, width] = y.dims;
    const shape = { batch, xRows: x.dims[1], yRows, width };
    return this.floats(concatRows(x.data, y.data, shape), [batch, shape.xRows + yRows, width]);
  }

  gatherRows(x: Floats, rows: Integers): Floats {
    const [batch, count, width] = x.dims;
    const picked = rows.dims[1];
    const result = gatherRows(x.data, rows.data, { batch, rows: count, picked, width });
    return this.floats(result, [batch, picked, width]);
  }

  scatterRows(x: Floats, rows: Integers, y: Floats): Floats {
    const [batch, count, width] = x.dims;
    const shape = { batch, rows: count, picked: rows.dims[1], width };
    return this.floats(scatterRows(x.data, rows.data, y.data, shape), x.dims);
  }

  rotate(x: Floats, positions: Integers, heads: number, theta: number): Floats {
    const [batch, tokens, rowWidth] = x.dims;
    const shape = { batch, tokens, heads, width: headWidth(rowWidth, heads), theta };
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
    const select: Select = (k, v, m, s) => selectLsh(k, v, m, projections.map((p) => p.data), s);
    return this.#select(select, keys, values, mask, shape);
  }

  attend(
    query: Floats,
    parts: readonly AttendPart<Floats, Integers>[],
    options: AttendOptions<Integers>,
  ): Floats {
    const [batch, rows, rowWidth] = query.dims;
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
    const width = headWidth(rowWidth, options.heads);
    const shape = { ...options, batch, rows, width, queryMask: options.queryMask?.data };
    return this.floats(attend(query.data, arrays, shape), query.dims);
  }

  scope<Result extends ScopeResult>(body: () => Result): Result {
    return this.#scopes.run(body);
  }

  settle(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 0));
  }

  memory(): MemoryUse {
    return { tensors: this.#tensors, bytes: this.#bytes };
  }

  dispose(): void {
    this.#disposed = true;
  }

  #select(
    select: Select,
    keys: Floats,
    values: Floats,
    mask: Integers,
    shape: SelectShape,
  ): SparseList {
    const [batch, rows, rowWidth] = keys.dims;
    const width = headWidth(rowWidth, shape.heads);
    const list = select(keys.data, values.data, mask.data, { ...shape, batch, rows, width });
    const entries = list.mask.length / (batch * shape.heads);
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
  ): Tensor<Type> {
    if (this.#disposed) throw new Error("Cannot make a tensor: the cpu backend was disposed");
    new Tensor<Type>(type, values, dims); // checks type and size before anything is counted
    this.#tensors++;
    this.#bytes += values.byteLength;
    const storage = new CpuStorage(values, () => {
      this.#tensors--;
      this.#bytes -= values.byteLength;
    });
    const tensor = new Tensor<Type>(type, storage, dims);
    this.#scopes.track(tensor);
    return tensor;
  }
}

function headWidth(rowWidth: number, heads: number): number {
  if (rowWidth % heads === 0) return rowWidth / heads;
  throw new RangeError(`Cannot divide rows of width ${rowWidth} into ${heads} heads`);
}

/** A typed array until it is given back. */
class CpuStorage implements DeviceStorage {
  array: Float32Array | Int32Array | undefined;
  #released: () => void;

  constructor(array: Float32Array | Int32Array, released: () => void) {
    this.array = array;
    this.#released = released;
  }

  read(): Promise<Float32Array | Int32Array> {
    if (this.array) return Promise.resolve(this.array);
    return Promise.reject(new Error("Cannot read a tensor that was disposed"));
  }

  dispose(): void {
    if (this.array) this.#released();
    this.array = undefined;
  }
}
