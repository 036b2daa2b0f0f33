/**
 * Scopes that own a backend's tensors.
 *
 * @module
 */
import type { Tensor } from "./tensor.ts";

/** Result of a scope; its tensors outlive the scope. */
export type ScopeResult = Tensor | readonly Tensor[] | { readonly [name: string]: Tensor };

/**
 * Tracks the tensors that are made while a scope is open and disposes of them when it closes.
 *
 * Scopes nest; returned tensors belong to the enclosing scope, or to the caller.
 *
 * @example
 * ```ts
 * import { openBackend } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = await openBackend("cpu");
 * const x = backend.floats(new Float32Array([-1, 2]), [2]);
 * const y = backend.scope(() => backend.activation(backend.add(x, x), "relu"));
 * assertEquals(y.tolist(), [0, 4]);
 * assertEquals(backend.memory().tensors, 2); // x and y; the sum is gone
 * ```
 */
export class TensorScopes {
  #open: Set<Tensor>[] = [];

  /** Adds a new tensor to the innermost scope; without one it belongs to the caller. */
  track(tensor: Tensor): void {
    this.#open.at(-1)?.add(tensor);
  }

  /**
   * Runs `body` and disposes of the tensors that it made and does not return.
   *
   * @param body Function that makes tensors; not asynchronous.
   * @returns The result of `body`.
   */
  run<Result extends ScopeResult>(body: () => Result): Result {
    const made = new Set<Tensor>();
    this.#open.push(made);
    // Compared by storage: returning a reshaped tensor keeps the original, too.
    let kept: readonly unknown[] = [];
    try {
      const result = body();
      kept = tensorsOf(result).map(({ storage }) => storage);
      return result;
    } finally {
      this.#open.pop();
      for (const tensor of made) {
        if (kept.includes(tensor.storage)) this.track(tensor);
        else tensor.dispose();
      }
    }
  }
}

function tensorsOf(result: ScopeResult): readonly Tensor[] {
  if (Array.isArray(result)) return result;
  return "dims" in result ? [result as Tensor] : Object.values(result);
}
