/**
 * Keys and values of rows that grow, in slots of tensors that are written in place.
 *
 * @module
 */
import type { Backend, Floats } from "../ops/backend.ts";

/** Keys and values of a layer, `[1, capacity, keyHeads·width]` each. */
export interface LayerSlots {
  /** Keys. */
  readonly keys: Floats;
  /** Values. */
  readonly values: Floats;
}

/** Slots for keys and values of each layer; a row is a list of slots. */
export class SlotStore {
  readonly #backend: Backend;
  readonly #layers: number;
  readonly #width: number;
  #slots: LayerSlots[] = [];
  /** Which slots are taken. */
  #taken: Uint8Array;
  #free: number;
  #next = 0;

  /**
   * Makes an empty store; memory is allocated with the first slot.
   *
   * @param backend Backend of the tensors.
   * @param layers Number of layers.
   * @param width `keyHeads·width`.
   * @param capacity Slots at first; beyond it everything is copied into twice as many.
   */
  constructor(backend: Backend, layers: number, width: number, capacity: number) {
    this.#backend = backend;
    this.#layers = layers;
    this.#width = width;
    this.#taken = new Uint8Array(capacity);
    this.#free = capacity;
  }

  /**
   * The keys and values of a layer.
   *
   * @param layer The layer.
   * @returns Tensors that stay as long as no slots are allocated.
   */
  layer(layer: number): LayerSlots {
    return this.#slots[layer];
  }

  /**
   * Takes free slots, one behind the other where possible.
   *
   * @param count How many.
   * @returns Their numbers.
   */
  allocate(count: number): number[] {
    this.#reserve(count);
    const found: number[] = [];
    while (found.length < count) {
      if (this.#next >= this.#taken.length) this.#next = 0;
      const slot = this.#next++;
      if (this.#taken[slot] === 1) continue;
      this.#taken[slot] = 1;
      found.push(slot);
    }
    this.#free -= count;
    return found;
  }

  /**
   * Frees slots that a failed step has taken.
   *
   * @param slots Their numbers.
   */
  release(slots: Iterable<number>): void {
    for (const slot of slots) {
      this.#free += this.#taken[slot];
      this.#taken[slot] = 0;
      // The next ones stand where these did, so that rows stay in one piece.
      this.#next = Math.min(this.#next, slot);
    }
  }

  /**
   * Frees all slots but some.
   *
   * @param rows Lists of the slots that stay.
   */
  keepOnly(rows: readonly (readonly number[])[]): void {
    this.#taken.fill(0);
    this.#free = this.#taken.length;
    for (const row of rows) {
      for (const slot of row) {
        this.#free -= 1 - this.#taken[slot];
        this.#taken[slot] = 1;
      }
    }
  }

  /** Releases all memory. */
  dispose(): void {
    this.#slots.forEach(({ keys, values }) => [keys, values].forEach((each) => each.dispose()));
    this.#slots = [];
  }

  #reserve(count: number): void {
    const before = this.#taken.length;
    if (this.#slots.length > 0 && count <= this.#free) return;
    const more = count <= this.#free ? 0 : Math.max(before, count - this.#free);
    const backend = this.#backend;
    const slots: LayerSlots[] = [];
    backend.scope(() => {
      const grow = (held: Floats | undefined) => {
        const rest = backend.empty([1, held ? more : before + more, this.#width]);
        return held ? backend.concatRows(held, rest) : rest;
      };
      for (let layer = 0; layer < this.#layers; layer++) {
        const held: Partial<LayerSlots> = this.#slots[layer] ?? {};
        slots.push({ keys: grow(held.keys), values: grow(held.values) });
      }
      return slots.flatMap(({ keys, values }) => [keys, values]);
    });
    this.dispose();
    this.#slots = slots;
    const taken = new Uint8Array(before + more);
    taken.set(this.#taken);
    this.#taken = taken;
    this.#free += more;
    if (more > 0) this.#next = before;
  }
}
