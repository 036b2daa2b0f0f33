/**
 * Self-Extend of rows that grow.
 *
 * @module
 */
import { ropeRotation } from "../attention/rotary/rope.ts";
import type { Rotation } from "../attention/rotary/rotation.ts";
import type { SelfExtendSettings } from "../attention/self_extend/self_extend_settings.ts";
import { writeRows } from "../ops/write_rows.ts";
import type { BlockParts } from "./blocks.ts";
import type { SelfAttention } from "./layer.ts";
import {
  type GrownRow,
  newSlots,
  partsOf,
  type RowAttention,
  type RowSlots,
  turnsOf,
} from "./row_attention.ts";
import { SlotSources } from "./slot_sources.ts";
import { SlotStore } from "./slot_store.ts";

/**
 * Near keys at ordinary positions, far ones at grouped ones. A key is kept rotated to its group for
 * good, as only the query of a far pair carries the shift; the last `window − 1` keys are kept at
 * their ordinary positions as well. So nothing is rotated again, whatever the pieces in which ids
 * come.
 */
export class ExtendedRowAttention implements RowAttention {
  readonly #parts: BlockParts;
  readonly #far: SlotStore;
  readonly #near: SlotStore;
  readonly #rotation: Rotation;
  readonly #group: number;
  readonly #window: number;

  /**
   * Starts without rows.
   *
   * @param parts Backend, config.
   * @param capacity Slots at first.
   * @param longest The longest that rows become.
   * @param settings Group and window.
   */
  constructor(
    parts: BlockParts,
    capacity: number,
    longest: number,
    { group_size, window_size }: SelfExtendSettings,
  ) {
    const { backend, config } = parts;
    this.#parts = parts;
    this.#group = group_size;
    this.#window = window_size;
    this.#rotation = ropeRotation(config.rope!, longest);
    const width = config.num_key_value_heads * config.head_dim;
    const layers = config.num_hidden_layers;
    this.#far = new SlotStore(backend, layers, width, capacity);
    this.#near = new SlotStore(backend, layers, width, Math.min(capacity, window_size + 64));
  }

  /** Takes slots for new ids of a row. */
  grow({ slots, near }: RowSlots, count: number): GrownRow {
    return {
      slots: slots.concat(this.#far.allocate(count)),
      near: near.concat(this.#near.allocate(count)),
      count,
    };
  }

  /** Makes the attention of each layer. */
  prepare(rows: readonly GrownRow[]): (layer: number) => SelfAttention {
    const { backend, config } = this.#parts;
    const { num_attention_heads: heads, num_key_value_heads: keyHeads } = config;
    const [group, window] = [this.#group, this.#window];
    const shift = window - Math.floor(window / group);
    const turns = (positionOf: (number: number) => number) =>
      turnsOf(backend, rows, this.#rotation, positionOf);
    const ordinary = turns((number) => number);
    const grouped = turns((number) => Math.floor(number / group));
    const shifted = turns((number) => Math.floor(number / group) + shift);
    const written = {
      far: newSlots(backend, rows, ({ slots }) => slots),
      near: newSlots(backend, rows, ({ near }) => near),
    };
    const sources = rows.map(({ slots, near, count }) => {
      const position = slots.length - count;
      const range = { slots: near, first: slots.length - near.length };
      return {
        near: new SlotSources(backend, range, count, position, { from: 0, to: window - 1 }),
        far: new SlotSources(backend, { slots, first: 0 }, count, position, {
          from: window,
          to: Infinity,
        }),
      };
    });
    return (layer) => ({ query, key, value }) => {
      const [far, near] = [this.#far.layer(layer), this.#near.layer(layer)];
      backend.run(writeRows, far.keys, written.far, backend.rotate(key, grouped, keyHeads));
      backend.run(writeRows, far.values, written.far, value);
      backend.run(writeRows, near.keys, written.near, backend.rotate(key, ordinary, keyHeads));
      backend.run(writeRows, near.values, written.near, value);
      const nearQuery = backend.rotate(query, ordinary, heads);
      const farQuery = backend.rotate(query, shifted, heads);
      [query, key, value].forEach((tensor) => tensor.dispose());
      const parts = partsOf(rows, (row) => [
        ...sources[row].near.of(near),
        ...sources[row].far.of(far, farQuery),
      ]);
      return backend.attend(nearQuery, parts, { heads, keyHeads });
    };
  }

  /** Frees what a failed step has taken. */
  release(rows: readonly GrownRow[]): void {
    const taken = (slots: readonly number[], count: number) => slots.slice(slots.length - count);
    this.#far.release(rows.flatMap(({ slots, count }) => taken(slots, count)));
    this.#near.release(rows.flatMap(({ near, count }) => taken(near, count)));
  }

  /**
   * Frees the slots of rows that are gone, and ordinary keys that are `window` or more behind the next
   * id of every row.
   */
  settle<Row extends RowSlots>(rows: readonly Row[]): readonly Row[] {
    const trimmed = rows.map((row) => {
      const kept = Math.min(row.near.length, this.#window - 1);
      return { ...row, near: row.near.slice(row.near.length - kept) };
    });
    this.#near.keepOnly(trimmed.map(({ near }) => near));
    this.#far.keepOnly(trimmed.map(({ slots }) => slots));
    return trimmed;
  }

  /** Releases all memory. */
  dispose(): void {
    this.#far.dispose();
    this.#near.dispose();
  }
}
