/**
 * What a tape has recorded.
 *
 * @module
 */
import { ruleOf } from "../ops/gradients/rules.ts";
import type { Operation } from "../ops/operation.ts";
import type { DeviceStorage, Tensor } from "../tensor/tensor.ts";
import type { OperationNode, SegmentNode, TapeNode } from "./tape_node.ts";
import { storageOf, tensorsIn } from "./tensors_in.ts";

/** Operations and segments in the order in which they ran, with the memory that they hold. */
export class TapeNodes {
  #nodes: TapeNode[] = [];
  /** The nodes of results that are computed again instead of kept. */
  #cheap = new WeakMap<DeviceStorage, OperationNode>();

  /** Number of operations and segments. */
  get count(): number {
    return this.#nodes.filter((node) => node !== "settle").length;
  }

  /**
   * Records an operation, and holds what its gradient will read.
   *
   * @param operation The operation.
   * @param args Its arguments.
   * @param result What it made.
   * @param wants Tells by which tensors gradients are wanted.
   */
  record(
    operation: Operation,
    args: readonly unknown[],
    result: unknown,
    wants: (tensor: Tensor | undefined) => boolean,
  ): void {
    const kept = new Set<DeviceStorage>();
    const remade = new Map<DeviceStorage, OperationNode>();
    const { keeps, isCheap } = ruleOf(operation);
    for (const tensor of keeps?.(wants, result, ...args) ?? []) {
      if (!tensor) continue;
      const storage = storageOf(tensor);
      const cheap = this.#cheap.get(storage);
      if (cheap) remade.set(storage, cheap);
      else kept.add(storage);
    }
    kept.forEach((storage) => storage.retain!());
    const node = { operation, args, result, kept: [...kept], remade };
    if (isCheap) this.#cheap.set(storageOf(result as Tensor), node);
    this.#nodes.push(node);
  }

  /**
   * Records a segment, which holds its memory already.
   *
   * @param node The segment.
   * @param cheap Operations by which its results are computed again, from memory that it holds.
   */
  add(node: SegmentNode, cheap: ReadonlyMap<DeviceStorage, OperationNode>): void {
    this.#nodes.push(node);
    cheap.forEach((operation, storage) => this.#cheap.set(storage, operation));
  }

  /** The operation by which a result is computed again instead of kept. */
  remakes(storage: DeviceStorage): OperationNode | undefined {
    return this.#cheap.get(storage);
  }

  /** Records a place where other tasks ran. */
  settle(): void {
    if (this.#nodes.length > 0 && this.#nodes.at(-1) !== "settle") this.#nodes.push("settle");
  }

  /** Takes the last node out; its memory is the caller's to release. */
  pop(): TapeNode | undefined {
    return this.#nodes.pop();
  }

  /** Tells whether a node holds the memory of a tensor. */
  keeps({ storage }: Tensor): boolean {
    return this.#nodes.some((node) => node !== "settle" && node.kept.includes(storage!));
  }

  /** Tells whether a tensor is the result of a node. */
  made({ storage }: Tensor): boolean {
    return this.#nodes.some((node) =>
      node !== "settle" && tensorsIn(node.result).some((each) => each.storage === storage)
    );
  }

  /** Forgets all of them and releases what they hold. */
  clear(): void {
    for (const node of this.#nodes) {
      if (node !== "settle") node.kept.forEach((storage) => storage.release!());
    }
    this.#nodes = [];
    this.#cheap = new WeakMap();
  }
}
