/**
 * The gradients of an operation that a tape recorded.
 *
 * @module
 */
import type { Backend, Floats } from "../ops/backend.ts";
import type { Gradient, GradientContext } from "../ops/gradients/gradient_rule.ts";
import { ruleOf } from "../ops/gradients/rules.ts";
import type { Operation } from "../ops/operation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { OperationNode } from "./tape_node.ts";
import { replaceTensors } from "./tensors_in.ts";

/** What the gradients of a node depend on beside it. */
export interface NodeContext {
  /** The gradient by its result. */
  readonly upstream: unknown;
  /** Tells which gradients are wanted. */
  readonly wants: (tensor: Tensor | undefined) => boolean;
  /** Tells of how many rows. */
  readonly wantedRows: (tensor: Tensor | undefined) => number;
  /** A tensor to add gradients to in place. */
  readonly sumOf: (tensor: Floats) => Floats;
}

/**
 * Computes the gradients by the operands of an operation.
 *
 * @param backend The backend that computes.
 * @param node The operation, whose kept tensors are there.
 * @param context The gradient by its result; which gradients are wanted; where they are added.
 * @returns The gradients that are wanted.
 */
export function nodeGradients(
  backend: Backend,
  node: OperationNode,
  { upstream, wants, wantedRows, sumOf }: NodeContext,
): Gradient[] {
  const run = (operation: Operation, ...args: readonly unknown[]) =>
    backend.run(operation, ...args);
  /** The tensors that were not kept, by those that are computed again in their place. */
  const originals = new Map<Tensor, Tensor>();
  const argsOf = ({ args, remade }: OperationNode): readonly unknown[] =>
    remade.size === 0 ? args : args.map((value) =>
      replaceTensors(value, (tensor) => {
        const cheap = tensor.storage && remade.get(tensor.storage);
        if (!cheap) return tensor;
        const again = (run(cheap.operation, ...argsOf(cheap)) as Floats).reshape(tensor.dims);
        originals.set(again, tensor);
        return again;
      })
    );
  const originalOf = <Kind extends Tensor>(tensor: Kind | undefined) =>
    (tensor && originals.get(tensor) as Kind | undefined) ?? tensor;
  const context = {
    run,
    floats: (values: Float32Array, dims: readonly number[]) => backend.floats(values, dims),
    integers: (values: Int32Array, dims: readonly number[]) => backend.integers(values, dims),
    wants: (tensor: Tensor | undefined) => wants(originalOf(tensor)),
    wantedRows: (tensor: Tensor | undefined) => wantedRows(originalOf(tensor)),
    sumOf: (tensor: Floats) => sumOf(originalOf(tensor)!),
    upstream,
    result: node.result,
  } as unknown as GradientContext;
  return ruleOf(node.operation).gradient!(context, ...argsOf(node))
    .map(([operand, gradient]) => [originalOf(operand)!, gradient] as const)
    .filter(([operand]) => wants(operand));
}
