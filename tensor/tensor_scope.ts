/**
 * Who gives a backend's tensors back, and when.
 *
 * @module
 */
import type { Tensor } from "./tensor.ts";

/** What a scope may return: its tensors outlive it. */
export type ScopeResult = Tensor | readonly Tensor[] | { readonly [name: string]: Tensor };

/**
 * Keeps the tensors that were made while a scope was open and disposes of them when it closes.
 *
 * Scopes nest; what one returns belongs to the next one out, or to the caller.
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

  /** Hands a new tensor to the innermost scope; without one it stays the caller's. */
  track(tensor: Tensor): void {
    this.#open.at(-1)?.add(tensor);
  }

  /**
   * Runs `body` and disposes of the tensors that it made and does not return.
   *
   * @param body What makes tensors; not asynchronous.
   * @returns What `body` returns.
   */
  run<Result extends ScopeResult>(body: () => Result): Result {
    const made = new Set<Tensor>();
    this.#open.push(made);
    // By storage: a reshaped tensor that is returned keeps the one that was made.
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
