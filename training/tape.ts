/**
 * A backend that remembers what it computes, and goes back through it.
 *
 * @module
 */
import { checkOptions } from "../base/check_options.ts";
import type {
  Backend,
  BackendName,
  Calls,
  DataType,
  Floats,
  Integers,
  MemoryLimits,
  MemoryUse,
} from "../ops/backend.ts";
import type { Gradient, Run } from "../ops/gradients/gradient_rule.ts";
import type { AnyCall, Operation } from "../ops/operation.ts";
import { ruleOf } from "../ops/gradients/rules.ts";
import { dropoutSettings, nextDropout } from "../ops/dropout.ts";
import * as operations from "../ops/operations.ts";
import { wordAt } from "../tensor/counter_words.ts";
import { type DeviceStorage, Tensor } from "../tensor/tensor.ts";
import type { ScopeResult } from "../tensor/tensor_scope.ts";
import { DropoutKeys } from "./dropout_keys.ts";
import { GradientSums } from "./gradient_sums.ts";
import { nodeGradients } from "./node_gradients.ts";
import { SegmentReplay } from "./segment_replay.ts";
import { SegmentRun } from "./segment_run.ts";
import {
  CHECKPOINTING,
  type Checkpointing,
  type OperationNode,
  type SegmentNode,
  type TapeOptions,
} from "./tape_node.ts";
import { TapeNodes } from "./tape_nodes.ts";
import { storageOf, tensorsIn } from "./tensors_in.ts";

/**
 * A backend in front of another: models run on it as they are, and it keeps what the gradients will
 * need. Only operations with an operand that is trained, or was computed from one, are recorded, and
 * of them only the tensors that the wanted gradients read.
 *
 * Tensors that a model disposes of keep their memory while the tape holds it; {@linkcode backward}
 * gives it back as it goes.
 *
 * @example A step by hand: all parameters, layers that run again, dropout
 * ```ts
 * import { AutoModelForSequenceClassification, openBackend } from "@lsg/core";
 * import { AdamW, lossOf, selectTrainable, Tape } from "@lsg/core/training";
 * import { assert } from "@std/assert";
 *
 * using backend = await openBackend("wasm");
 * using model = await AutoModelForSequenceClassification.from_pretrained(
 *   "google-bert/bert-base-uncased",
 *   { num_labels: 2, device: backend },
 * );
 * const parameters = selectTrainable(model, "all");
 * using tape = new Tape(backend, parameters.map(([, tensor]) => tensor), {
 *   checkpoint: true,
 *   dropout: { seed: 42 },
 * });
 * const optimizer = new AdamW(backend, parameters);
 *
 * const result = await lossOf(model.on(tape), { input_ids: [[2, 5, 6, 3]], labels: [1] });
 * await tape.backward(...result.seeds);
 * await optimizer.step(tape.gradients, 1e-3);
 * tape.zero();
 * result.dispose();
 * optimizer.dispose();
 * assert(result.loss > 0);
 * ```
 */
export class Tape implements Backend {
  readonly #backend: Backend;
  /** Tensors by which gradients are wanted: those that are trained, and what came of them. */
  readonly #wanted = new WeakSet<DeviceStorage>();
  /** Of how many rows, where not of all, and in which shape. */
  readonly #wantedRows = new WeakMap<DeviceStorage, Pick<Floats, "dims"> & { rows: number }>();
  readonly #trained: Floats[] = [];
  readonly #sums: GradientSums;
  readonly #checkpoints: Checkpointing;
  readonly #keys: DropoutKeys | undefined;
  readonly #nodes = new TapeNodes();
  /** The open segment; while there is one, nothing is recorded. */
  #run: SegmentRun | undefined;
  /** The segment that runs again. */
  #replay: SegmentReplay | undefined;
  #isGoingBack = false;
  /** Tells whether the gradient by a tensor is wanted. */
  readonly #wants = (tensor: Tensor | undefined): boolean =>
    tensor?.storage !== undefined && this.#wanted.has(tensor.storage);
  /** Tells of how many of its first rows. */
  readonly #rowsOf = (tensor: Tensor | undefined): number => {
    if (!tensor || !this.#wants(tensor)) return 0;
    const some = this.#wantedRows.get(tensor.storage!);
    return some && String(some.dims) === String(tensor.dims) ? some.rows : Infinity;
  };

  /**
   * Puts a tape in front of a backend, which stays its owner's.
   *
   * @param backend The backend that computes.
   * @param trained The tensors by which gradients are wanted; {@linkcode train} adds others.
   * @param options How what the gradients need is held, and what dropouts draw from.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   * @throws {RangeError} If the backend stores activations as float16, in which gradients vanish, or
   * dropouts cannot be drawn so.
   */
  constructor(backend: Backend, trained: Iterable<Floats> = [], options: TapeOptions = {}) {
    const { checkpoint = false, dropout } = checkOptions("Cannot make a tape", { ...options }, {
      checkpoint: CHECKPOINTING,
      dropout: { type: "object", wanted: "{ seed, call }" },
    });
    if (backend.dtype !== "fp32" && backend.name === "webgpu") {
      throw new RangeError(
        `Cannot train on ${backend.name} with dtype "${backend.dtype}": wanted "fp32"`,
      );
    }
    this.#checkpoints = checkpoint;
    this.#keys = dropout && new DropoutKeys(dropout);
    this.#backend = backend;
    this.#sums = new GradientSums(backend);
    for (const tensor of trained) this.train(tensor);
  }

  /** The name of the backend that computes. */
  get name(): BackendName {
    return this.#backend.name;
  }

  /** The data type of its weights. */
  get dtype(): DataType {
    return this.#backend.dtype;
  }

  /** The memory that it can hold. */
  get limits(): MemoryLimits {
    return this.#backend.limits;
  }

  /** The tensors that are trained and have a gradient, each with the sum of its gradients. */
  get gradients(): readonly Gradient[] {
    return this.#trained.flatMap((tensor) => {
      const sum = this.#sums.get(tensor);
      return sum ? [[tensor, sum] as const] : [];
    });
  }

  /** Number of operations and segments that wait for {@linkcode backward}. */
  get recorded(): number {
    return this.#nodes.count;
  }

  /**
   * Asks for the gradient by a tensor in everything that is computed from now on.
   *
   * @param tensor A tensor of the backend.
   */
  train(tensor: Floats): void {
    const storage = storageOf(tensor);
    if (this.#wanted.has(storage)) return;
    this.#wanted.add(storage);
    this.#trained.push(tensor);
  }

  /** A tensor of the backend with the given values. */
  floats(values: Float32Array, dims: readonly number[]): Floats {
    return this.#made(this.#backend.floats(values, dims));
  }

  /** A tensor of the backend with the given values. */
  integers(values: Int32Array, dims: readonly number[]): Integers {
    return this.#made(this.#backend.integers(values, dims));
  }

  /** Weights or a table in the data type of the backend. */
  weight(values: Parameters<Backend["weight"]>[0], dims: readonly number[]): Floats {
    return this.#made(this.#backend.weight(values, dims));
  }

  /** A tensor of the dimensions of another and held as it is. */
  like(tensor: Floats, values?: Float32Array): Floats {
    return this.#made(this.#backend.like(tensor, values));
  }

  /** A tensor whose values are not set yet. */
  empty(dims: readonly number[]): Floats {
    return this.#made(this.#backend.empty(dims));
  }

  /** Memory for results that come later. */
  reserve(dims: readonly number[]): Floats {
    return this.#made(this.#backend.reserve(dims));
  }

  /** Runs `body` and disposes of what it made but does not return; the tape may still hold it. */
  scope<Result extends ScopeResult>(body: () => Result): Result {
    return this.#backend.scope(body);
  }

  /**
   * Runs `body` in a scope. With checkpoints nothing of it is recorded but the tensors that it reads,
   * if anything trained leads to its result; on the way back it runs again.
   *
   * @param body Makes the same tensors each time it is called.
   * @returns Its result.
   * @throws {TypeError} If it changes a tensor in place, with checkpoints.
   */
  segment<Result extends ScopeResult>(body: () => Result): Result {
    if (!this.#checkpoints || this.#run || this.#replay) return this.scope(body);
    const run = new SegmentRun(
      (storage) => this.#nodes.remakes(storage),
      this.#checkpoints === "attention",
    );
    const site = this.#keys?.site ?? 0;
    this.#run = run;
    try {
      const result = this.scope(body);
      if (tensorsIn(result).some(this.#wants)) {
        const { cheap, ...node } = run.finish(result);
        this.#nodes.add({ body, result, site, ...node }, cheap);
      }
      return result;
    } finally {
      this.#run = undefined;
      run.release();
    }
  }

  /**
   * Number of passes that the training has gone back through, those before this tape included: what
   * dropouts draw from, 0 without dropout.
   */
  get calls(): number {
    return this.#keys?.call ?? 0;
  }

  /** Key of the words of the next dropout; undefined if the tape drops nothing. */
  dropoutKey(): number | undefined {
    return this.#keys?.next();
  }

  /**
   * Draws whether the next layer of a pass is dropped (LayerDrop, Fan et al., 2020).
   *
   * @param rate The probability.
   * @returns Whether its input passes unchanged; false if the tape drops nothing.
   */
  dropsLayer(rate: number): boolean {
    const drawn = nextDropout(this, rate);
    return drawn !== undefined &&
      wordAt(drawn.key, 0) < dropoutSettings("layerdrop", drawn).threshold;
  }

  /** Lets other tasks run; on the way back, too. */
  settle(): Promise<void> {
    this.#nodes.settle();
    return this.#backend.settle();
  }

  /** The memory that the backend holds now, with what the tape holds. */
  memory(): MemoryUse {
    return this.#backend.memory();
  }

  /**
   * Goes back from losses to the tensors that are trained, adds to {@linkcode gradients}, and gives
   * back everything that was kept.
   *
   * @param losses Tensors of one value, or tensors with the gradients by them.
   * @throws {TypeError} If a loss has several values and no gradient, or another shape than that.
   * @throws {Error} If it is already going back, or what led to a loss is forgotten: it has gone back
   * since.
   */
  async backward(...losses: readonly (Floats | Gradient)[]): Promise<void> {
    if (this.#isGoingBack) throw new Error("Cannot go back: the tape is on its way back already");
    this.#isGoingBack = true;
    try {
      this.#backend.scope(() => {
        for (const loss of losses) this.#start(loss);
        return [];
      });
      for (let node = this.#nodes.pop(); node; node = this.#nodes.pop()) {
        if (node === "settle") await this.#backend.settle();
        else if ("body" in node) this.#runAgain(node);
        else this.#back(node);
      }
      await this.#backend.settle();
      this.#keys?.endPass();
    } finally {
      this.#isGoingBack = false;
      this.clear();
    }
  }

  /** Forgets what is recorded; the gradients stay. */
  clear(): void {
    this.#nodes.clear();
    if (this.#keys) this.#keys.site = 0;
    const trained = new Set(this.#trained.map(storageOf));
    this.#sums.drop((storage) => !trained.has(storage));
  }

  /** Gives the gradients back, for the next sums. */
  zero(): void {
    this.#sums.drop(() => true);
  }

  /** Gives back all that the tape holds; the backend stays. */
  dispose(): void {
    this.clear();
    this.zero();
  }

  /** Gives it back at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Runs an operation, and records it if a gradient will pass it. */
  run<Call extends AnyCall>(
    operation: Operation<Call>,
    ...args: Parameters<Call>
  ): ReturnType<Call> {
    const tensors = tensorsIn(args);
    const { decompose, gradient, rows } = ruleOf(operation);
    let isWanted = tensors.some(this.#wants);
    if (isWanted && decompose) {
      const run = ((other: Operation, ...rest: readonly unknown[]) =>
        this.run(other, ...rest)) as unknown as Run;
      let made: unknown;
      this.scope(() => {
        made = decompose(run, ...args);
        return made === undefined ? [] : made as ScopeResult;
      });
      if (made !== undefined) {
        return made as ReturnType<Call>;
      }
    }
    if (isWanted && !gradient) {
      throw new TypeError(`Cannot train through ${operation.name}: it has no gradient`);
    }
    const wantedRows = isWanted ? rows?.(this.#rowsOf, ...args) ?? Infinity : 0;
    isWanted = wantedRows > 0;
    const run = (args: readonly unknown[]) =>
      this.#backend.run(operation, ...args as Parameters<Call>);
    const result = this.#replay ? this.#replay.call(operation, args, run) : run(args);
    if (result === undefined) this.#checkUnread(operation, tensors);
    if (isWanted) {
      for (const tensor of tensorsIn(result)) {
        if (tensor.type !== "float32") continue;
        const { dims } = tensor, storage = storageOf(tensor);
        this.#wanted.add(storage);
        if (wantedRows < Infinity) this.#wantedRows.set(storage, { dims, rows: wantedRows });
      }
    }
    if (this.#run) this.#run.ran(operation, args, result, isWanted ? this.#wants : undefined);
    else if (isWanted) this.#nodes.record(operation, args, result, this.#wants);
    return result as ReturnType<Call>;
  }

  /** Notes a tensor that an open segment made. */
  #made<Made extends Tensor>(tensor: Made): Made {
    this.#run?.made([tensor]);
    return tensor;
  }

  /** Asserts that an operation in place changed nothing that a gradient will read. */
  #checkUnread({ name }: Operation, tensors: readonly Tensor[]): void {
    if (this.#run) {
      throw new TypeError(`Cannot train: ${name} changed a tensor in a segment, which runs again`);
    }
    if (!tensors.slice(0, 1).some((tensor) => this.#nodes.keeps(tensor))) return;
    throw new TypeError(`Cannot train: ${name} changed a tensor that a gradient needs`);
  }

  #start(loss: Floats | Gradient): void {
    const [tensor, gradient] = loss instanceof Tensor ? [loss, undefined] : loss;
    if (!gradient && tensor.size !== 1) {
      throw new TypeError(`Cannot go back from [${tensor.dims}]: wanted one value, or a gradient`);
    }
    if (gradient && gradient.size !== tensor.size) {
      throw new TypeError(
        `Cannot go back from [${tensor.dims}] with a gradient of [${gradient.dims}]`,
      );
    }
    if (!this.#wants(tensor)) return; // nothing that is trained led to it
    if (
      !this.#trained.some(({ storage }) => storage === tensor.storage) && !this.#nodes.made(tensor)
    ) {
      throw new Error(
        "Cannot go back a second time: what led to the loss is forgotten; wanted one backward with " +
          "all losses, or another pass",
      );
    }
    this.#sums.add(tensor, gradient ?? this.#backend.floats(new Float32Array([1]), tensor.dims));
  }

  /** Runs a segment again, recorded, and hands the gradients by its result on. */
  #runAgain({ body, result, kept, site, remade, steps }: SegmentNode): void {
    const upstream = this.#sums.take(result);
    try {
      if (upstream === undefined) return; // no loss was computed from it
      this.scope(() => {
        if (this.#keys) this.#keys.site = site;
        const read = new Map<DeviceStorage, Tensor>();
        for (const [storage, { operation, args }] of remade) {
          read.set(storage, this.#backend.run(operation, ...args) as Tensor);
        }
        this.#replay = new SegmentReplay(steps, read);
        const again = body();
        if (again instanceof Tensor) this.#sums.add(again as Floats, upstream.gradient as Floats);
        else {
          const gradients = upstream.gradient as Record<string, Floats | undefined>;
          for (const [name, tensor] of Object.entries(again as Record<string, Floats>)) {
            if (gradients[name]) this.#sums.add(tensor, gradients[name]);
          }
        }
        return [];
      });
    } finally {
      this.#replay = undefined;
      upstream?.release();
      kept.forEach((storage) => storage.release!());
    }
  }

  #back(node: OperationNode): void {
    const upstream = this.#sums.take(node.result);
    try {
      if (upstream === undefined) return; // no loss was computed from it
      this.#backend.scope(() => {
        const sumOf = (tensor: Floats) => this.#sums.sumOf(tensor);
        const [wants, wantedRows] = [this.#wants, this.#rowsOf];
        const context = { upstream: upstream.gradient, wants, wantedRows, sumOf };
        for (const gradient of nodeGradients(this.#backend, node, context)) {
          this.#sums.add(...gradient);
        }
        return [];
      });
    } finally {
      upstream?.release();
      node.kept.forEach((storage) => storage.release!());
    }
  }
}

/** The operations as methods, recorded. */
export interface Tape extends Calls {}

for (const operation of Object.values<Operation>(operations)) {
  Object.defineProperty(Tape.prototype, operation.name, {
    value(this: Tape, ...args: unknown[]) {
      return this.run(operation, ...args);
    },
    writable: true,
    configurable: true,
  });
}
