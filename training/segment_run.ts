/**
 * The first run of a part of a pass that runs again on the way back.
 *
 * @module
 */
import type { Wants } from "../ops/gradients/gradient_rule.ts";
import { ruleOf } from "../ops/gradients/rules.ts";
import type { Operation } from "../ops/operation.ts";
import type { DeviceStorage, Tensor } from "../tensor/tensor.ts";
import type { OperationNode, SegmentNode, SegmentStep } from "./tape_node.ts";
import { storageOf, tensorsIn } from "./tensors_in.ts";

/** A call, and what it reads, makes and, for its gradient, keeps. */
interface Call {
  readonly name: string;
  readonly result: unknown;
  readonly reads: readonly DeviceStorage[];
  readonly makes: readonly DeviceStorage[];
  readonly keeps: readonly DeviceStorage[];
}

/**
 * Holds the tensors that a segment reads and has not made, so that it can run again, and finds out
 * which of its calls have to: those that lead to what a gradient keeps.
 */
export class SegmentRun {
  readonly #made = new Set<DeviceStorage>();
  readonly #held = new Set<DeviceStorage>();
  /** Tensors that are read and computed again instead of held. */
  readonly #remade = new Map<DeviceStorage, OperationNode>();
  readonly #calls: Call[] = [];
  /** Cheap operations by their results, whose operands are held while the segment runs. */
  readonly #cheap = new Map<DeviceStorage, OperationNode>();
  /** Results of costly operations, and those of them that are held while the segment runs. */
  readonly #costly = new Set<DeviceStorage>();
  readonly #kept = new Set<DeviceStorage>();
  readonly #remakes: (storage: DeviceStorage) => OperationNode | undefined;
  readonly #keepsCostly: boolean;

  /**
   * Starts.
   *
   * @param remakes Gives the operation by which a tensor of an earlier segment is computed again.
   * @param keepsCostly Whether results of costly operations that a costly one's gradient reads are held
   * instead of computed again: the operands and the output of attention.
   */
  constructor(
    remakes: (storage: DeviceStorage) => OperationNode | undefined,
    keepsCostly = false,
  ) {
    this.#remakes = remakes;
    this.#keepsCostly = keepsCostly;
  }

  /**
   * Called with tensors that the segment makes.
   *
   * @param tensors The tensors.
   */
  made(tensors: readonly Tensor[]): void {
    for (const { storage } of tensors) if (storage) this.#made.add(storage);
  }

  /**
   * Called after each operation.
   *
   * @param operation The operation.
   * @param args Its arguments.
   * @param result What it made.
   * @param wants Tells which gradients are wanted; absent: none by its result.
   */
  ran(operation: Operation, args: readonly unknown[], result: unknown, wants?: Wants): void {
    const reads = tensorsIn(args).map(storageOf);
    reads.forEach((storage) => this.#read(storage));
    const made = tensorsIn(result);
    this.made(made);
    const rule = ruleOf(operation);
    const keeps = new Set<DeviceStorage>();
    if (wants) {
      for (const tensor of rule.keeps?.(wants, result, ...args) ?? []) {
        if (tensor) keeps.add(storageOf(tensor));
      }
    }
    const makes = made.map(storageOf);
    this.#calls.push({ name: operation.name, result, reads, makes, keeps: [...keeps] });
    if (wants && rule.isCostly && this.#keepsCostly) {
      makes.forEach((storage) => this.#costly.add(storage));
      for (const storage of keeps) {
        if (!this.#costly.has(storage) || this.#kept.has(storage)) continue;
        storage.retain!();
        this.#kept.add(storage);
      }
    }
    if (!wants || !rule.isCheap) return;
    keeps.forEach((storage) => storage.retain!());
    this.#cheap.set(makes[0], { operation, args, result, kept: [...keeps], remade: new Map() });
  }

  /**
   * Ends a run that has to be repeated. Where a cheap operation made a result, its operands are held,
   * so that neither they nor the result are computed again.
   *
   * @param result What the segment made.
   * @returns What is needed for it, whose memory the caller releases, and the cheap operations by
   * their results.
   */
  finish(
    result: unknown,
  ): Pick<SegmentNode, "kept" | "remade" | "steps"> & {
    readonly cheap: ReadonlyMap<DeviceStorage, OperationNode>;
  } {
    const cheap = new Map<DeviceStorage, OperationNode>();
    const held = new Set(this.#kept);
    for (const tensor of tensorsIn(result)) {
      const node = this.#cheap.get(storageOf(tensor));
      if (!node) continue;
      cheap.set(storageOf(tensor), node);
      for (const storage of node.kept) if (this.#made.has(storage)) held.add(storage);
    }
    for (const storage of held) {
      storage.retain!();
      this.#held.add(storage);
    }
    const steps = this.#steps(held);
    const kept = [...this.#held];
    this.#held.clear();
    return { kept, remade: this.#remade, steps, cheap };
  }

  /** Releases what is held. */
  release(): void {
    this.#held.forEach((storage) => storage.release!());
    this.#held.clear();
    this.#kept.forEach((storage) => storage.release!());
    this.#kept.clear();
    this.#cheap.forEach(({ kept }) => kept.forEach((storage) => storage.release!()));
    this.#cheap.clear();
  }

  #read(storage: DeviceStorage): void {
    if (this.#made.has(storage) || this.#held.has(storage)) return;
    const node = this.#remakes(storage);
    if (node) this.#remade.set(storage, node);
    else {
      storage.retain!();
      this.#held.add(storage);
    }
  }

  /** What becomes of each call when the segment runs again. */
  #steps(held: ReadonlySet<DeviceStorage>): SegmentStep[] {
    // Results of cheap operations are computed again from what these keep.
    const needed = new Set(
      this.#calls.flatMap(({ keeps }) => keeps.filter((storage) => !this.#cheap.has(storage))),
    );
    const steps = this.#calls.toReversed().map(({ name, result, reads, makes }): SegmentStep => {
      if (makes.length > 0 && makes.every((made) => held.has(made))) {
        return { name, result, action: "held" };
      }
      if (!makes.some((made) => needed.has(made))) return { name, result, action: "skip" };
      reads.forEach((read) => needed.add(read));
      return { name, result, action: "run" };
    });
    return steps.reverse();
  }
}
