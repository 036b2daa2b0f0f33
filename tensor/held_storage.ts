/**
 * Memory that several parts of the library hold.
 *
 * @module
 */

/** Memory of a tensor that has one owner and any number of others that hold it. */
export abstract class HeldStorage {
  #holds = 0;
  #isDisposed = false;

  /** Holds the memory, also after its owner has disposed of it, until {@linkcode release}. */
  retain(): void {
    this.#holds++;
  }

  /**
   * Ends one {@linkcode retain}; the last one frees the memory if its owner has disposed of it.
   *
   * @throws {Error} If nothing holds it.
   */
  release(): void {
    if (this.#holds === 0) throw new Error("Cannot release a tensor that nothing holds");
    this.#holds--;
    if (this.#holds === 0 && this.#isDisposed) this.free();
  }

  /** Ends the ownership. A second call does nothing. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    if (this.#holds === 0) this.free();
  }

  /** Frees the memory whoever holds it: its backend is disposed of. */
  destroy(): void {
    this.#isDisposed = true;
    this.free();
  }

  /** Frees the memory. A second call does nothing. */
  protected abstract free(): void;
}
