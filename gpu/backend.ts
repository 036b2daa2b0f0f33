/**
 * The WebGPU backend: records operations, runs them on a graphics processor.
 *
 * @module
 */
import type { AttendPart } from "../attention/attend_plan.ts";
import type {
  ActivationName,
  AttendOptions,
  Backend,
  Dense,
  Floats,
  Integers,
  Lookup,
  MemoryUse,
  SelectShape,
  SparseList,
} from "../backend.ts";
import { checkMask } from "../cpu/checks.ts";
import { checkSelectShape, type SelectShape as FullSelectShape } from "../cpu/select.ts";
import {
  addSizes,
  attendSizes,
  concatSizes,
  embedSizes,
  feedForwardSizes,
  layerNormSizes,
  linearSizes,
  rotateSizes,
  rowsSizes,
  selectSizes,
} from "../shapes.ts";
import { Tensor, type TensorArrays } from "../tensor.ts";
import { type ScopeResult, TensorScopes } from "../tensor_scope.ts";
import { activation } from "./activation.ts";
import { add } from "./add.ts";
import { attend, type GpuAttendPart, type GpuMask, type GpuRows } from "./attend.ts";
import type { Command } from "./commands.ts";
import { concatRows } from "./concat_rows.ts";
import type { DeviceOptions, GpuDataType } from "./device.ts";
import { embed } from "./embed.ts";
import { chunkRows, feedForward } from "./feed_forward.ts";
import { gatherRows } from "./gather_rows.ts";
import { layerNorm } from "./layer_norm.ts";
import { linear } from "./linear.ts";
import { type GpuCounts, Machine } from "./machine.ts";
import { rotate } from "./rotate.ts";
import { scatterRows } from "./scatter_rows.ts";
import type { SelectBuffers, TakeScratch } from "./select.ts";
import { selectBlockStride } from "./select_block_stride.ts";
import { selectBosPooling } from "./select_bos_pooling.ts";
import { selectLsh } from "./select_lsh.ts";
import { selectNorm } from "./select_norm.ts";
import { selectPooling } from "./select_pooling.ts";
import { selectStride } from "./select_stride.ts";
import { GpuStorage, type Part } from "./storage.ts";

/** What `select` is called with. */
interface SelectOperands {
  readonly query?: Floats;
  readonly keys: Floats;
  readonly values: Floats;
  readonly mask: Integers;
}

/** One of the rooms `select_*`. */
type Select = (
  buffers: SelectBuffers,
  shape: FullSelectShape,
  entries: number,
  take: TakeScratch,
) => Command[];

/** Runs operations on a graphics processor, in Deno and in browsers. */
export class GpuBackend implements Backend {
  /** The name that `device` takes. */
  readonly name = "webgpu";
  readonly #machine: Machine;
  readonly #scopes = new TensorScopes();

  private constructor(machine: Machine) {
    this.#machine = machine;
  }

  /**
   * Opens the backend.
   *
   * @param options How values are stored, and in buffers of which size.
   * @returns The backend.
   * @throws {NoAdapterError} If there is no graphics processor that WebGPU can use.
   * @throws {RangeError} If the adapter cannot store values so.
   */
  static async open(options: DeviceOptions = {}): Promise<GpuBackend> {
    return new GpuBackend(await Machine.open(options));
  }

  /** How weights and activations are stored. */
  get dtype(): GpuDataType {
    return this.#machine.dtype;
  }

  /** What was launched, submitted and read back so far. */
  get counts(): GpuCounts {
    return this.#machine.counts;
  }

  floats(values: Float32Array, dims: readonly number[]): Floats {
    return this.#upload("float32", values, dims);
  }

  integers(values: Int32Array, dims: readonly number[]): Integers {
    return this.#upload("int32", values, dims);
  }

  weight(values: Float32Array, dims: readonly number[]): Floats {
    return this.#upload("float32", values, dims);
  }

  /** Holds nothing: WebGPU tells only later that memory is short, and what was held would add to it. */
  reserve(dims: readonly number[]): Floats {
    return this.#make("float32", [0, ...dims.slice(1)]);
  }

  embed(lookups: readonly Lookup[]): Floats {
    const sizes = embedSizes(lookups);
    lookups.forEach(({ ids, table }) => this.#checkRange("embed", ids, 0, table.dims[0]));
    const operands = lookups.map(({ ids, table }) => ({
      ids: this.#buffer(ids),
      count: ids.size,
      table: this.#parts(table, table.dims[0], sizes.width),
    }));
    return this.#record(
      [sizes.batch, sizes.tokens, sizes.width],
      (y) => embed(operands, y.buffer, sizes),
    );
  }

  linear(x: Floats, weight: Floats, bias?: Floats, activation?: ActivationName): Floats {
    const { dims, ...sizes } = linearSizes(x, weight, bias);
    const operands = {
      x: this.#parts(x, sizes.rows, sizes.inputs),
      weight: this.#parts(weight, sizes.outputs, sizes.inputs),
      bias: bias && this.#buffer(bias),
    };
    return this.#record(
      dims,
      ({ parts }) => linear({ ...operands, y: parts }, sizes, this.#machine.isEmulated, activation),
    );
  }

  feedForward(x: Floats, up: Dense, activation: ActivationName, down: Dense): Floats {
    const { dims, ...sizes } = feedForwardSizes(x, up, down);
    const dense = ({ weight, bias }: Dense) => ({
      weight: this.#parts(weight, weight.dims[0], weight.dims[1]),
      bias: bias && this.#buffer(bias),
    });
    const [wide, narrow] = [dense(up), dense(down)];
    const from = this.#parts(x, sizes.rows, sizes.inputs);
    const rows = chunkRows(sizes.rows, sizes.inner);
    return this.#record(dims, ({ parts }) => {
      const inner = { buffer: this.#scratch(rows * sizes.inner), rows };
      return feedForward(
        from,
        wide,
        activation,
        narrow,
        parts,
        inner,
        sizes,
        this.#machine.isEmulated,
      );
    });
  }

  layerNorm(x: Floats, weight: Floats, bias: Floats, epsilon: number, residual?: Floats): Floats {
    const { rows, width } = layerNormSizes(x, weight, bias, residual);
    const operands = {
      x: this.#buffer(x),
      weight: this.#buffer(weight),
      bias: this.#buffer(bias),
      residual: residual && this.#buffer(residual),
    };
    return this.#record(
      x.dims,
      ({ buffer }) => [layerNorm({ ...operands, y: buffer }, rows, width, epsilon)],
    );
  }

  activation(x: Floats, name: ActivationName): Floats {
    const from = this.#buffer(x);
    return this.#record(x.dims, ({ buffer }) => [activation(from, buffer, x.size, name)]);
  }

  add(x: Floats, y: Floats): Floats {
    const { count, repeat } = addSizes(x, y);
    const operands = [this.#buffer(x), this.#buffer(y)] as const;
    return this.#record(x.dims, ({ buffer }) => [add(...operands, buffer, count, repeat)]);
  }

  concatRows(x: Floats, y: Floats): Floats {
    const sizes = concatSizes(x, y);
    const { batch, xRows, yRows, width } = sizes;
    const operands = [this.#buffer(x), this.#buffer(y)] as const;
    return this.#record(
      [batch, xRows + yRows, width],
      ({ buffer }) => [concatRows(...operands, buffer, sizes, x.dims[0] === 1)],
    );
  }

  gatherRows(x: Floats, rows: Integers): Floats {
    const sizes = rowsSizes(x, rows);
    const { batch, picked, width } = sizes;
    this.#checkRange("gatherRows", rows, -1, sizes.rows);
    const operands = [this.#buffer(x), this.#buffer(rows)] as const;
    return this.#record(
      [batch, picked, width],
      ({ buffer }) => [gatherRows(...operands, buffer, sizes, rows.size)],
    );
  }

  scatterRows(x: Floats, rows: Integers, y: Floats): Floats {
    const sizes = rowsSizes(x, rows, y);
    this.#checkRange("scatterRows", rows, -1, sizes.rows);
    const operands = [this.#buffer(x), this.#buffer(rows), this.#buffer(y)] as const;
    return this.#record(x.dims, ({ buffer }) => [scatterRows(...operands, buffer, sizes)]);
  }

  rotate(x: Floats, positions: Integers, heads: number, theta: number): Floats {
    const shape = { ...rotateSizes(x, positions, heads), heads, theta };
    const operands = [this.#buffer(x), this.#buffer(positions)] as const;
    return this.#record(x.dims, ({ buffer }) => [rotate(...operands, buffer, shape)]);
  }

  selectNorm(keys: Floats, values: Floats, mask: Integers, shape: SelectShape): SparseList {
    return this.#select("selectNorm", selectNorm, { keys, values, mask }, shape);
  }

  selectStride(keys: Floats, values: Floats, mask: Integers, shape: SelectShape): SparseList {
    return this.#select("selectStride", selectStride, { keys, values, mask }, shape);
  }

  selectBlockStride(keys: Floats, values: Floats, mask: Integers, shape: SelectShape): SparseList {
    return this.#select("selectBlockStride", selectBlockStride, { keys, values, mask }, shape);
  }

  selectPooling(keys: Floats, values: Floats, mask: Integers, shape: SelectShape): SparseList {
    return this.#select("selectPooling", selectPooling, { keys, values, mask }, shape);
  }

  selectBosPooling(
    query: Floats,
    keys: Floats,
    values: Floats,
    mask: Integers,
    shape: SelectShape,
  ): SparseList {
    const select: Select = (...operands) => selectBosPooling(this.#buffer(query), ...operands);
    return this.#select("selectBosPooling", select, { query, keys, values, mask }, shape);
  }

  selectLsh(
    keys: Floats,
    values: Floats,
    mask: Integers,
    projections: readonly Floats[],
    shape: SelectShape,
  ): SparseList {
    const rounds = projections.map((projection) => this.#buffer(projection));
    const select: Select = (buffers, ...sizes) => selectLsh(buffers, rounds, ...sizes);
    return this.#select("selectLsh", select, { keys, values, mask }, shape);
  }

  attend(
    query: Floats,
    parts: readonly AttendPart<Floats, Integers>[],
    options: AttendOptions<Integers>,
  ): Floats {
    const sizes = attendSizes(query, parts, options);
    for (const { mask } of parts.flatMap(({ sources }) => sources)) {
      if (mask) this.#checkMask("attend", "mask", mask);
    }
    if (options.queryMask) this.#checkMask("attend", "queryMask", options.queryMask);
    const rowsOf = (x: Floats): GpuRows => ({ buffer: this.#buffer(x), rows: x.dims[1] });
    const maskOf = (mask: Integers): GpuMask => ({
      buffer: this.#buffer(mask),
      isPerHead: mask.dims.length === 3,
    });
    const bound: GpuAttendPart[] = parts.map((part) => ({
      ...part,
      sources: part.sources.map(({ query, keys, values, mask, ...rest }) => ({
        ...rest,
        keys: rowsOf(keys),
        values: rowsOf(values),
        ...(mask && { mask: maskOf(mask) }),
        ...(query && { query: rowsOf(query) }),
      })),
    }));
    const from = this.#buffer(query);
    const queryMask = options.queryMask && this.#buffer(options.queryMask);
    const shape = { ...sizes, heads: options.heads, queryMask };
    return this.#record(
      query.dims,
      ({ buffer }) => attend(from, buffer, bound, shape, (values) => this.#floatScratch(values)),
    );
  }

  /**
   * Has no kernel on this floor.
   *
   * @throws {RangeError} Always.
   */
  attendFeatures(): Floats {
    throw new RangeError("Cannot attend by features on webgpu: wanted the device wasm or cpu");
  }

  /**
   * Has no kernel on this floor.
   *
   * @throws {RangeError} Always.
   */
  attendHashed(): Floats {
    throw new RangeError("Cannot attend in hash buckets on webgpu: wanted the device wasm or cpu");
  }

  scope<Result extends ScopeResult>(body: () => Result): Result {
    return this.#scopes.run(body);
  }

  settle(): Promise<void> {
    return this.#machine.settle();
  }

  memory(): MemoryUse {
    return this.#machine.memory();
  }

  dispose(): void {
    this.#machine.dispose();
  }

  #select(
    room: string,
    select: Select,
    { query, keys, values, mask }: SelectOperands,
    shape: SelectShape,
  ): SparseList {
    const { entries, ...sizes } = selectSizes(keys, values, mask, shape, query);
    const full = { ...shape, ...sizes };
    checkSelectShape(room, full);
    this.#checkMask(room, "mask", mask);
    const rowWidth = shape.heads * sizes.width;
    const list = {
      keys: this.#make("float32", [sizes.batch, entries, rowWidth]),
      values: this.#make("float32", [sizes.batch, entries, rowWidth]),
      mask: this.#make("int32", [sizes.batch, shape.heads, entries]),
    };
    const buffers = {
      mask: this.#buffer(mask),
      keys: this.#buffer(keys),
      values: this.#buffer(values),
      keysOut: this.#buffer(list.keys),
      valuesOut: this.#buffer(list.values),
      maskOut: this.#buffer(list.mask),
    };
    const taken: GPUBuffer[] = [];
    const take: TakeScratch = (numbers) => {
      const buffer = this.#machine.take(numbers * 4, false);
      taken.push(buffer);
      return buffer;
    };
    this.#machine.record(...select(buffers, full, entries, take));
    // Operations that are recorded after these may have the same memory.
    taken.forEach((buffer) => this.#machine.buffers.giveBack(buffer));
    return list;
  }

  /** A tensor that the operations fill. */
  #record(dims: readonly number[], operations: (y: GpuStorage) => readonly Command[]): Floats {
    const tensor = this.#make("float32", dims);
    try {
      this.#machine.record(...operations(this.#storage(tensor)));
    } catch (error) {
      tensor.dispose();
      throw error;
    }
    return tensor;
  }

  /** Room for values between the operations of one call: those recorded later may have it. */
  #scratch(values: number): GPUBuffer {
    const { buffers, dtype } = this.#machine;
    const buffer = buffers.take(values * (dtype === "fp16" ? 2 : 4), false);
    buffers.giveBack(buffer);
    return buffer;
  }

  /** The same for sums, which are 32-bit floats whatever tensors are. */
  #floatScratch(values: number): GPUBuffer {
    const { buffers } = this.#machine;
    const buffer = buffers.take(values * 4, false);
    buffers.giveBack(buffer);
    return buffer;
  }

  #make<Type extends "float32" | "int32">(type: Type, dims: readonly number[]): Tensor<Type> {
    return this.#track(type, new GpuStorage(this.#machine, type, dims), dims);
  }

  #upload<Type extends "float32" | "int32">(
    type: Type,
    values: TensorArrays[Type],
    dims: readonly number[],
  ): Tensor<Type> {
    new Tensor<Type>(type, values, dims); // checks type and size before memory is taken
    return this.#track(type, new GpuStorage(this.#machine, type, dims, values), dims);
  }

  #track<Type extends "float32" | "int32">(
    type: Type,
    storage: GpuStorage,
    dims: readonly number[],
  ): Tensor<Type> {
    const tensor = new Tensor<Type>(type, storage, dims);
    this.#scopes.track(tensor);
    return tensor;
  }

  #buffer(tensor: Tensor): GPUBuffer {
    return this.#storage(tensor).buffer;
  }

  /** A tensor's parts as rows of a width. */
  #parts(tensor: Tensor, rows: number, width: number): readonly Part[] {
    return this.#storage(tensor).partsOf(rows, width);
  }

  #storage(tensor: Tensor): GpuStorage {
    const { storage } = tensor;
    if (storage instanceof GpuStorage && storage.machine === this.#machine) return storage;
    throw new TypeError("Cannot compute with a tensor that belongs to another backend");
  }

  /** What a kernel makes as a mask holds 0 and 1; what comes from the host is checked. */
  #checkMask(room: string, name: string, tensor: Integers): void {
    const storage = this.#storage(tensor);
    if (storage.isFromHost) checkMask(room, name, storage.hostIntegers, tensor.dims);
  }

  /** Kernels do not check indices; all that they get come from the host. */
  #checkRange(room: string, tensor: Integers, lowest: number, count: number): void {
    const values = this.#storage(tensor).hostIntegers;
    const at = values.findIndex((value) => value < lowest || value >= count);
    if (at === -1) return;
    throw new RangeError(
      `${room}: index ${values[at]} at place ${at}, wanted ${lowest} … ${count - 1}`,
    );
  }
}
