/**
 * The WebAssembly backend: records operations, runs them on one thread or several.
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
import { checkSelectShape } from "../cpu/select.ts";
import { checkDataType } from "../tensor/data_type.ts";
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
import type { Tensor } from "../tensor/tensor.ts";
import type { ScopeResult } from "../tensor/tensor_scope.ts";
import { activation } from "./activation.ts";
import { add } from "./add.ts";
import { attend, type Operand, type WasmAttendPart } from "./attend.ts";
import { attendFeatures, featureScratch } from "./attend_features.ts";
import { attendHashed, hashedScratch } from "./attend_hashed.ts";
import type { Command } from "./machine/commands.ts";
import { concatRows } from "./concat_rows.ts";
import { embed } from "./embed.ts";
import { feedForward } from "./feed_forward.ts";
import { gatherRows } from "./gather_rows.ts";
import { layerNorm } from "./layer_norm.ts";
import { linear } from "./linear.ts";
import { Machine, type MachineOptions } from "./machine/machine.ts";
import { rotate } from "./rotate.ts";
import { scatterRows } from "./scatter_rows.ts";
import { select, selectScratch, type SelectType } from "./select.ts";
import { Tensors } from "./tensors.ts";

/** How the backend is opened. */
export interface WasmOptions extends MachineOptions {
  /** In which form weights are held; 32-bit floats if absent. */
  readonly dtype?: DataType;
}

/** Runs operations as WebAssembly SIMD, on as many threads as the machine has cores. */
export class WasmBackend implements Backend {
  /** The name that `device` takes. */
  readonly name = "wasm";
  /** In which form weights are held. */
  readonly dtype: DataType;
  readonly #machine: Machine;
  readonly #tensors: Tensors;

  private constructor(machine: Machine, dtype: DataType) {
    this.#machine = machine;
    this.#tensors = new Tensors(machine, dtype);
    this.dtype = dtype;
  }

  /**
   * Opens the backend.
   *
   * @param options Threads, build and the form of weights.
   * @returns The backend.
   * @throws {RangeError} If there are fewer than 1 thread, there is no such form, or the engine lacks
   * WebAssembly SIMD.
   */
  static async open({ dtype, ...options }: WasmOptions = {}): Promise<WasmBackend> {
    const form = checkDataType(dtype);
    return new WasmBackend(await Machine.open(options), form);
  }

  floats(values: Float32Array, dims: readonly number[]): Floats {
    return this.#tensors.upload("float32", values, dims);
  }

  weight(values: Float32Array, dims: readonly number[]): Floats {
    return this.#tensors.weight(values, dims);
  }

  integers(values: Int32Array, dims: readonly number[]): Integers {
    return this.#tensors.upload("int32", values, dims);
  }

  reserve(dims: readonly number[]): Floats {
    return this.#tensors.make("float32", dims);
  }

  embed(lookups: readonly Lookup[]): Floats {
    const sizes = embedSizes(lookups);
    lookups.forEach(({ ids, table }) => this.#tensors.checkRange("embed", ids, 0, table.dims[0]));
    const addresses = lookups.map(({ ids, table }) => {
      const { address, size } = this.#tensors.table(table);
      return { ids: this.#address(ids), count: ids.size, table: address, size };
    });
    return this.#record(
      [sizes.batch, sizes.tokens, sizes.width],
      (y) => embed(addresses, y, sizes),
    );
  }

  linear(x: Floats, weight: Floats, bias?: Floats, activation?: ActivationName): Floats {
    const { dims, ...sizes } = linearSizes(x, weight, bias);
    const packed = this.#tensors.packed(weight);
    const at = bias ? this.#address(bias) : 0;
    return this.#record(dims, (y) => linear(this.#address(x), packed, at, y, sizes, activation));
  }

  feedForward(x: Floats, up: Dense, activation: ActivationName, down: Dense): Floats {
    const { dims, ...sizes } = feedForwardSizes(x, up, down);
    const addresses = ({ weight, bias }: Dense) => ({
      weight: this.#tensors.packed(weight),
      bias: bias ? this.#address(bias) : 0,
    });
    const [wide, narrow] = [addresses(up), addresses(down)];
    if (wide.weight.size !== narrow.weight.size) {
      return this.scope(() =>
        this.linear(this.linear(x, up.weight, up.bias, activation), down.weight, down.bias)
      );
    }
    return this.#record(
      dims,
      (y) => feedForward(this.#address(x), wide, activation, narrow, y, sizes),
    );
  }

  layerNorm(x: Floats, weight: Floats, bias: Floats, epsilon: number, residual?: Floats): Floats {
    const { rows, width } = layerNormSizes(x, weight, bias, residual);
    const operands = {
      x: this.#address(x),
      weight: this.#address(weight),
      bias: this.#address(bias),
      residual: residual ? this.#address(residual) : 0,
    };
    return this.#record(x.dims, (y) => layerNorm({ ...operands, y }, rows, width, epsilon));
  }

  activation(x: Floats, name: ActivationName): Floats {
    return this.#record(x.dims, (y) => activation(this.#address(x), y, x.size, name));
  }

  add(x: Floats, y: Floats): Floats {
    const { count, repeat } = addSizes(x, y);
    return this.#record(
      x.dims,
      (result) => add(this.#address(x), this.#address(y), result, count, repeat),
    );
  }

  concatRows(x: Floats, y: Floats): Floats {
    const sizes = concatSizes(x, y);
    const { batch, xRows, yRows, width } = sizes;
    const shared = x.dims[0] === 1;
    return this.#record(
      [batch, xRows + yRows, width],
      (result) => concatRows(this.#address(x), this.#address(y), result, sizes, shared),
    );
  }

  gatherRows(x: Floats, rows: Integers): Floats {
    const sizes = rowsSizes(x, rows);
    const { batch, picked, width } = sizes;
    this.#tensors.checkRange("gatherRows", rows, -1, sizes.rows);
    return this.#record(
      [batch, picked, width],
      (y) => gatherRows(this.#address(x), this.#address(rows), y, sizes, rows.size),
    );
  }

  scatterRows(x: Floats, rows: Integers, y: Floats): Floats {
    const sizes = rowsSizes(x, rows, y);
    this.#tensors.checkRange("scatterRows", rows, -1, sizes.rows);
    const operands = [this.#address(x), this.#address(rows), this.#address(y)] as const;
    return this.#record(x.dims, (result) => scatterRows(...operands, result, sizes));
  }

  rotate(x: Floats, positions: Integers, heads: number, theta: number): Floats {
    const shape = { ...rotateSizes(x, positions, heads), heads, theta };
    return this.#record(
      x.dims,
      (y) => rotate(this.#address(x), this.#address(positions), y, shape),
    );
  }

  selectNorm(keys: Floats, values: Floats, mask: Integers, shape: SelectShape): SparseList {
    return this.#select("norm", keys, values, mask, shape);
  }

  selectStride(keys: Floats, values: Floats, mask: Integers, shape: SelectShape): SparseList {
    return this.#select("stride", keys, values, mask, shape);
  }

  selectBlockStride(keys: Floats, values: Floats, mask: Integers, shape: SelectShape): SparseList {
    return this.#select("block_stride", keys, values, mask, shape);
  }

  selectPooling(keys: Floats, values: Floats, mask: Integers, shape: SelectShape): SparseList {
    return this.#select("pooling", keys, values, mask, shape);
  }

  selectBosPooling(
    query: Floats,
    keys: Floats,
    values: Floats,
    mask: Integers,
    shape: SelectShape,
  ): SparseList {
    return this.#select("bos_pooling", keys, values, mask, shape, query);
  }

  selectLsh(
    keys: Floats,
    values: Floats,
    mask: Integers,
    projections: readonly Floats[],
    shape: SelectShape,
  ): SparseList {
    checkProjections(keys, projections, shape);
    return this.#select("lsh", keys, values, mask, shape, undefined, projections);
  }

  attend(
    query: Floats,
    parts: readonly AttendPart<Floats, Integers>[],
    options: AttendOptions<Integers>,
  ): Floats {
    const sizes = attendSizes(query, parts, options);
    const operand = (tensor: Tensor): Operand => ({
      address: this.#address(tensor),
      dims: tensor.dims,
    });
    for (const { mask } of parts.flatMap(({ sources }) => sources)) {
      if (mask) this.#tensors.checkMask("attend", "mask", mask);
    }
    if (options.queryMask) this.#tensors.checkMask("attend", "queryMask", options.queryMask);
    const addressed: WasmAttendPart[] = parts.map((part) => ({
      ...part,
      sources: part.sources.map(({ query, keys, values, mask, ...rest }) => ({
        ...rest,
        keys: operand(keys),
        values: operand(values),
        ...(mask && { mask: operand(mask) }),
        ...(query && { query: operand(query) }),
      })),
    }));
    const queryMask = options.queryMask ? this.#address(options.queryMask) : 0;
    const shape = { ...sizes, heads: options.heads, queryMask };
    return this.#record(query.dims, (y) => attend(this.#address(query), y, addressed, shape));
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
    this.#tensors.checkMask("attendFeatures", "mask", mask);
    const operands = {
      query: this.#address(query),
      key: this.#address(key),
      value: this.#address(value),
      mask: this.#address(mask),
      projection: projection ? this.#address(projection) : 0,
    };
    return this.#record(query.dims, (y) => {
      const scratch = this.#borrow(featureScratch(shape));
      return attendFeatures({ ...operands, y, scratch }, shape);
    });
  }

  attendHashed(
    query: Floats,
    value: Floats,
    mask: Integers,
    projection: Floats,
    chunk: number,
  ): Floats {
    const shape = { ...hashedSizes(query, value, mask, projection, chunk), chunk };
    this.#tensors.checkMask("attendHashed", "mask", mask);
    const operands = {
      query: this.#address(query),
      value: this.#address(value),
      mask: this.#address(mask),
      projection: this.#address(projection),
    };
    return this.#record(query.dims, (y) => {
      const scratch = this.#borrow(hashedScratch(shape));
      return attendHashed({ ...operands, y, scratch }, shape);
    });
  }

  scope<Result extends ScopeResult>(body: () => Result): Result {
    const start = this.#machine.mark();
    try {
      return this.#tensors.scope(body);
    } catch (error) {
      this.#machine.forget(start);
      throw error;
    }
  }

  settle(): Promise<void> {
    return this.#machine.run();
  }

  memory(): MemoryUse {
    return this.#machine.memory();
  }

  dispose(): void {
    this.#machine.dispose();
  }

  /** How many threads run the operations. */
  get threads(): number {
    return this.#machine.threads;
  }

  #select(
    type: SelectType,
    keys: Floats,
    values: Floats,
    mask: Integers,
    shape: SelectShape,
    query?: Floats,
    projections: readonly Floats[] = [],
  ): SparseList {
    const { entries, ...sizes } = selectSizes(keys, values, mask, shape, query);
    const full = { ...shape, ...sizes };
    checkSelectShape(`select ${type}`, full);
    this.#tensors.checkMask(`select ${type}`, "mask", mask);
    const rowWidth = shape.heads * sizes.width;
    return this.scope(() => { // gives back what was made, should there be no room for the rest
      const list = {
        keys: this.#tensors.make("float32", [sizes.batch, entries, rowWidth]),
        values: this.#tensors.make("float32", [sizes.batch, entries, rowWidth]),
        mask: this.#tensors.make("int32", [sizes.batch, shape.heads, entries]),
      };
      const scratchBytes = selectScratch(type, full);
      const scratch = this.#borrow(scratchBytes);
      this.#machine.record(select(
        type,
        {
          keys: this.#address(keys),
          values: this.#address(values),
          mask: this.#address(mask),
          query: query ? this.#address(query) : 0,
          keysOut: this.#address(list.keys),
          valuesOut: this.#address(list.values),
          maskOut: this.#address(list.mask),
          projections: projections.map((projection) => this.#address(projection)),
          scratch,
          scratchBytes,
        },
        full,
        entries,
      ));
      return list;
    });
  }

  /**
   * Memory of the threads' own for the next operation; those that are recorded later may have the
   * same, as they run later. The operation's result must be made before.
   */
  #borrow(bytes: number): number {
    const scratch = this.#machine.take(bytes * this.threads, false);
    this.#machine.giveBack(scratch);
    return scratch;
  }

  /** A tensor that the operation fills. */
  #record(dims: readonly number[], operation: (y: number) => Command): Floats {
    const tensor = this.#tensors.make("float32", dims);
    try {
      this.#machine.record(operation(this.#address(tensor)));
    } catch (error) {
      tensor.dispose();
      throw error;
    }
    return tensor;
  }

  #address(tensor: Tensor): number {
    return this.#tensors.address(tensor);
  }
}
