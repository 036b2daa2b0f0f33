/** An item of a call that waits or runs. */
interface CallItem {
  /** Number of its call. */
  readonly call: number;
}

/** The calls of a model that are not answered, and which of them are cancelled. */
export class OpenCalls<Item extends CallItem> {
  /** Items of each call that are not settled. */
  readonly #left = new Map<number, number>();
  /** Calls that were cancelled while they waited or ran. */
  readonly #cancelled = new Set<number>();
  /** Items that were taken from the queue and are not settled. */
  readonly #taken = new Set<Item>();

  /**
   * Adds a call.
   *
   * @param call Its number.
   * @param items Number of its items.
   */
  add(call: number, items: number): void {
    this.#left.set(call, items);
  }

  /**
   * Notes that items have left the queue: they are settled even if their call is cancelled.
   *
   * @param items The items.
   */
  take(items: readonly Item[]): void {
    for (const item of items) this.#taken.add(item);
  }

  /**
   * Tells whether nobody waits for a call any more.
   *
   * @param call Its number.
   * @returns True until the last of its items is settled.
   */
  isCancelled(call: number): boolean {
    return this.#cancelled.has(call);
  }

  /**
   * Notes that an item was answered, or given up.
   *
   * @param call Its call.
   * @param item The item, if it was taken from the queue.
   * @returns Whether somebody waits for the answer.
   */
  settle(call: number, item?: Item): boolean {
    const isWanted = !this.#cancelled.has(call);
    if (item) this.#taken.delete(item);
    this.#keep(call, (this.#left.get(call) ?? 1) - 1);
    return isWanted;
  }

  /**
   * Cancels a call.
   *
   * @param call Its number.
   * @param sweep Removes cancelled items from the queue; they are not settled.
   */
  cancel(call: number, sweep: () => void): void {
    if (!this.#left.has(call)) return;
    this.#cancelled.add(call);
    sweep();
    this.#keep(call, [...this.#taken].filter((item) => item.call === call).length);
  }

  #keep(call: number, left: number): void {
    if (left > 0) {
      this.#left.set(call, left);
      return;
    }
    this.#left.delete(call);
    this.#cancelled.delete(call);
  }
}
