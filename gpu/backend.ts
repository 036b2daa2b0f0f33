/**
 * The WebGPU backend: records operations, runs them on a graphics processor.
 *
 * @module
 */
import type { AttendPart } from "../ops/attend_plan.ts";
import { attendSizes, featureSizes, hashedSizes } from "../ops/attention_shapes.ts";
import type {
  ActivationName,
  AttendOptions,
  Backend,
  Dense,
  FeatureOptions,
  Floats,
  Integers,
  Lookup,
  MemoryUse,
  SelectShape,
  SparseList,
} from "../ops/backend.ts";
import { checkSelectShape, type SelectShape as FullSelectShape } from "../cpu/select.ts";
import { checkLargest } from "../tensor/data_type.ts";
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
import type { ScopeResult } from "../tensor/tensor_scope.ts";
import { activation } from "./activation.ts";
import { add } from "./add.ts";
import { attend, type GpuAttendPart, type GpuMask, type GpuRows } from "./attend.ts";
import { attendFeatures } from "./attend_features.ts";
import { attendHashed, seenTokens } from "./attend_hashed.ts";
import type { TakeScratch } from "./machine/buffers.ts";
import type { Command } from "./machine/commands.ts";
import { concatRows } from "./concat_rows.ts";
import type { DeviceOptions, GpuDataType } from "./machine/device.ts";
import { embed } from "./embed.ts";
import { headsAtOnce } from "./exponentials.ts";
import { chunkRows, feedForward } from "./feed_forward.ts";
import { gatherRows } from "./gather_rows.ts";
import { layerNorm } from "./layer_norm.ts";
import { linear } from "./linear.ts";
import { type GpuCounts, Machine } from "./machine/machine.ts";
import { rotate } from "./rotate.ts";
import { scatterRows } from "./scatter_rows.ts";
import type { SelectBuffers } from "./select.ts";
import { selectBlockStride } from "./select_block_stride.ts";
import { selectBosPooling } from "./select_bos_pooling.ts";
import { selectLsh } from "./select_lsh.ts";
import { selectNorm } from "./select_norm.ts";
import { selectPooling } from "./select_pooling.ts";
import { selectStride } from "./select_stride.ts";
import type { GpuStorage } from "./machine/storage.ts";
import { Tensors } from "./tensors.ts";

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
  readonly #tensors: Tensors;

  private constructor(machine: Machine) {
    this.#machine = machine;
    this.#tensors = new Tensors(machine);
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
    return this.#tensors.upload("float32", values, dims);
  }

  integers(values: Int32Array, dims: readonly number[]): Integers {
    return this.#tensors.upload("int32", values, dims);
  }

  weight(values: Float32Array, dims: readonly number[]): Floats {
    if (this.dtype === "fp16") {
      checkLargest("fp16", values.reduce((size, value) => Math.max(size, Math.abs(value)), 0));
    }
    return this.#tensors.upload("float32", values, dims);
  }

  /** Holds nothing: WebGPU tells only later that memory is short, and what was held would add to it. */
  reserve(dims: readonly number[]): Floats {
    return this.#tensors.make("float32", [0, ...dims.slice(1)]);
  }

  embed(lookups: readonly Lookup[]): Floats {
    const sizes = embedSizes(lookups);
    lookups.forEach(({ ids, table }) => this.#tensors.checkRange("embed", ids, 0, table.dims[0]));
    const operands = lookups.map(({ ids, table }) => ({
      ids: this.#tensors.buffer(ids),
      count: ids.size,
      table: this.#tensors.parts(table, table.dims[0], sizes.width),
    }));
    return this.#record(
      [sizes.batch, sizes.tokens, sizes.width],
      ({ buffer }) => embed(operands, buffer, sizes),
    );
  }

  linear(x: Floats, weight: Floats, bias?: Floats, activation?: ActivationName): Floats {
    const { dims, ...sizes } = linearSizes(x, weight, bias);
    const operands = {
      x: this.#tensors.parts(x, sizes.rows, sizes.inputs),
      weight: this.#tensors.parts(weight, sizes.outputs, sizes.inputs),
      bias: bias && this.#tensors.buffer(bias),
    };
    return this.#record(
      dims,
      ({ parts }) => linear({ ...operands, y: parts }, sizes, this.#machine.isEmulated, activation),
    );
  }

  feedForward(x: Floats, up: Dense, activation: ActivationName, down: Dense): Floats {
    const { dims, ...sizes } = feedForwardSizes(x, up, down);
    const dense = ({ weight, bias }: Dense) => ({
      weight: this.#tensors.parts(weight, weight.dims[0], weight.dims[1]),
      bias: bias && this.#tensors.buffer(bias),
    });
    const [wide, narrow] = [dense(up), dense(down)];
    const from = this.#tensors.parts(x, sizes.rows, sizes.inputs);
    const rows = chunkRows(sizes.rows, sizes.inner);
    return this.#record(dims, ({ parts }, take) => {
      const inner = { buffer: take(rows * sizes.inner * this.#machine.floatBytes / 4), rows };
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
      x: this.#tensors.buffer(x),
      weight: this.#tensors.buffer(weight),
      bias: this.#tensors.buffer(bias),
      residual: residual && this.#tensors.buffer(residual),
    };
    return this.#record(
      x.dims,
      ({ buffer }) => [layerNorm({ ...operands, y: buffer }, rows, width, epsilon)],
    );
  }

  activation(x: Floats, name: ActivationName): Floats {
    const from = this.#tensors.buffer(x);
    return this.#record(x.dims, ({ buffer }) => [activation(from, buffer, x.size, name)]);
  }

  add(x: Floats, y: Floats): Floats {
    const { count, repeat } = addSizes(x, y);
    const operands = [this.#tensors.buffer(x), this.#tensors.buffer(y)] as const;
    return this.#record(x.dims, ({ buffer }) => [add(...operands, buffer, count, repeat)]);
  }

  concatRows(x: Floats, y: Floats): Floats {
    const sizes = concatSizes(x, y);
    const { batch, xRows, yRows, width } = sizes;
    const operands = [this.#tensors.buffer(x), this.#tensors.buffer(y)] as const;
    return this.#record(
      [batch, xRows + yRows, width],
      ({ buffer }) => [concatRows(...operands, buffer, sizes, x.dims[0] === 1)],
    );
  }

  gatherRows(x: Floats, rows: Integers): Floats {
    const sizes = rowsSizes(x, rows);
    const { batch, picked, width } = sizes;
    this.#tensors.checkRange("gatherRows", rows, -1, sizes.rows);
    const operands = [this.#tensors.buffer(x), this.#tensors.buffer(rows)] as const;
    return this.#record(
      [batch, picked, width],
      ({ buffer }) => [gatherRows(...operands, buffer, sizes, rows.size)],
    );
  }

  scatterRows(x: Floats, rows: Integers, y: Floats): Floats {
    const sizes = rowsSizes(x, rows, y);
    this.#tensors.checkRange("scatterRows", rows, -1, sizes.rows);
    const operands = [
      this.#tensors.buffer(x),
      this.#tensors.buffer(rows),
      this.#tensors.buffer(y),
    ] as const;
    return this.#record(x.dims, ({ buffer }) => [scatterRows(...operands, buffer, sizes)]);
  }

  rotate(x: Floats, positions: Integers, heads: number, theta: number): Floats {
    const shape = { ...rotateSizes(x, positions, heads), heads, theta };
    const operands = [this.#tensors.buffer(x), this.#tensors.buffer(positions)] as const;
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
    const from = this.#tensors.buffer(query);
    const select: Select = (...operands) => selectBosPooling(from, ...operands);
    return this.#select("selectBosPooling", select, { query, keys, values, mask }, shape);
  }

  selectLsh(
    keys: Floats,
    values: Floats,
    mask: Integers,
    projections: readonly Floats[],
    shape: SelectShape,
  ): SparseList {
    checkProjections(keys, projections, shape);
    const rounds = projections.map((projection) => this.#tensors.buffer(projection));
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
      if (mask) this.#tensors.checkMask("attend", "mask", mask);
    }
    if (options.queryMask) this.#tensors.checkMask("attend", "queryMask", options.queryMask);
    const rowsOf = (x: Floats): GpuRows => ({ buffer: this.#tensors.buffer(x), rows: x.dims[1] });
    const maskOf = (mask: Integers): GpuMask => ({
      buffer: this.#tensors.buffer(mask),
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
    const from = this.#tensors.buffer(query);
    const queryMask = options.queryMask && this.#tensors.buffer(options.queryMask);
    const shape = { ...sizes, heads: options.heads, queryMask };
    return this.#record(
      query.dims,
      ({ buffer }, take) => attend(from, buffer, bound, shape, take),
    );
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
      query: this.#tensors.buffer(query),
      key: this.#tensors.buffer(key),
      value: this.#tensors.buffer(value),
      mask: this.#tensors.buffer(mask),
      projection: projection && this.#tensors.buffer(projection),
    };
    const atOnce = headsAtOnce(shape.batch * heads, shape.tokens * shape.features);
    return this.#record(
      query.dims,
      ({ buffer }, take) => attendFeatures({ ...operands, y: buffer }, shape, atOnce, take),
    );
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
      query: this.#tensors.buffer(query),
      value: this.#tensors.buffer(value),
      mask: this.#tensors.buffer(mask),
      projection: this.#tensors.buffer(projection),
    };
    const { batch, heads, tokens } = shape;
    const atOnce = headsAtOnce(batch * heads, tokens * seenTokens(tokens, chunk));
    return this.#record(
      query.dims,
      ({ buffer }, take) => attendHashed({ ...operands, y: buffer }, shape, atOnce, take),
    );
  }

  scope<Result extends ScopeResult>(body: () => Result): Result {
    return this.#tensors.scope(body);
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
    this.#tensors.checkMask(room, "mask", mask);
    const operands = {
      mask: this.#tensors.buffer(mask),
      keys: this.#tensors.buffer(keys),
      values: this.#tensors.buffer(values),
    };
    const rowWidth = shape.heads * sizes.width;
    return this.scope(() => {
      const list = {
        keys: this.#tensors.make("float32", [sizes.batch, entries, rowWidth]),
        values: this.#tensors.make("float32", [sizes.batch, entries, rowWidth]),
        mask: this.#tensors.make("int32", [sizes.batch, shape.heads, entries]),
      };
      const buffers = {
        ...operands,
        keysOut: this.#tensors.buffer(list.keys),
        valuesOut: this.#tensors.buffer(list.values),
        maskOut: this.#tensors.buffer(list.mask),
      };
      this.#run((take) => select(buffers, full, entries, take));
      return list;
    });
  }

  /** A tensor that operations fill. */
  #record(
    dims: readonly number[],
    operations: (y: GpuStorage, take: TakeScratch) => readonly Command[],
  ): Floats {
    return this.scope(() => {
      const y = this.#tensors.make("float32", dims);
      this.#run((take) => operations(this.#tensors.storage(y), take));
      return y;
    });
  }

  /** Records operations. */
  #run(operations: (take: TakeScratch) => readonly Command[]): void {
    this.#machine.buffers.lend((take) => this.#machine.record(...operations(take)));
  }
}
