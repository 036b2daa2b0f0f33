/**
 * Self-attention of rows that grow, to keys and values that are kept.
 *
 * @module
 */
import { ropeRotation } from "../attention/rotary/rope.ts";
import { rotaryTurns, type Rotation } from "../attention/rotary/rotation.ts";
import { largest } from "../base/largest.ts";
import type { Backend, Floats, Integers } from "../ops/backend.ts";
import { attendCached } from "../ops/attend_cached.ts";
import { writeRows } from "../ops/write_rows.ts";
import type { BlockParts } from "./blocks.ts";
import type { SelfAttention } from "./layer.ts";
import { SlotSources } from "./slot_sources.ts";
import { SlotStore } from "./slot_store.ts";

/** Where a row's keys and values are; lists differ from attention to attention. */
export interface RowSlots {
  /** A slot for each id. */
  readonly slots: readonly number[];
  /** Slots of second copies of the last ids, where an attention needs them. */
  readonly near: readonly number[];
}

/** A row with new ids, which are its last ones. */
export interface GrownRow extends RowSlots {
  /** How many are new. */
  readonly count: number;
}

/** Self-attention of rows of ids, and the cache behind it. */
export interface RowAttention {
  /**
   * Takes slots for new ids of a row.
   *
   * @param row The row.
   * @param count How many.
   * @returns The row with them.
   */
  grow(row: RowSlots, count: number): GrownRow;
  /**
   * Makes the attention of each layer to new ids of some rows, in the open scope.
   *
   * @param rows The rows; their new ids are the queries, one behind the other.
   * @returns The attention of each layer.
   */
  prepare(rows: readonly GrownRow[]): (layer: number) => SelfAttention;
  /**
   * Frees what a failed step has taken.
   *
   * @param rows The rows that it made.
   */
  release(rows: readonly GrownRow[]): void;
  /**
   * Drops what no new id of any row needs.
   *
   * @param rows The rows that stay.
   * @returns The rows as they are kept.
   */
  settle<Row extends RowSlots>(rows: readonly Row[]): readonly Row[];
  /** Releases all memory. */
  dispose(): void;
}

/** New ids of a row from which on keys are read by ranges, not by lists. */
const MANY_IDS = 8;

/** Attention to all ids of a row up to each, or to the last of them. */
export class FullRowAttention implements RowAttention {
  readonly #parts: BlockParts;
  readonly #store: SlotStore;
  readonly #rotation: Rotation | undefined;

  /**
   * Starts without rows.
   *
   * @param parts Backend, config.
   * @param capacity Slots at first.
   * @param longest The longest that rows become, for rotary positions.
   */
  constructor(parts: BlockParts, capacity: number, longest: number) {
    const { backend, config } = parts;
    this.#parts = parts;
    this.#rotation = config.rope && ropeRotation(config.rope, longest);
    const width = config.num_key_value_heads * config.head_dim;
    this.#store = new SlotStore(backend, config.num_hidden_layers, width, capacity);
  }

  /** Takes slots for new ids of a row. */
  grow({ slots }: RowSlots, count: number): GrownRow {
    return { slots: slots.concat(this.#store.allocate(count)), near: [], count };
  }

  /** Makes the attention of each layer. */
  prepare(rows: readonly GrownRow[]): (layer: number) => SelfAttention {
    const { backend, config } = this.#parts;
    const { num_attention_heads: heads, num_key_value_heads: keyHeads, sliding_window } = config;
    const written = newSlots(backend, rows, ({ slots }) => slots);
    const turns = this.#rotation && turnsOf(backend, rows, this.#rotation, (position) => position);
    const to = (sliding_window ?? Infinity) - 1;
    const isLong = rows.some(({ count }) => count > MANY_IDS);
    const sources = isLong
      ? rows.map(({ slots, count }) =>
        new SlotSources(backend, { slots, first: 0 }, count, slots.length - count, { from: 0, to })
      )
      : [];
    const seen = isLong ? undefined : seenSlots(backend, rows, to + 1);
    return (layer) => ({ query, key, value }) => {
      const store = this.#store.layer(layer);
      const [turnedQuery, turnedKey] = turns
        ? [backend.rotate(query, turns, heads), backend.rotate(key, turns, keyHeads)]
        : [query, key];
      backend.run(writeRows, store.keys, written, turnedKey);
      backend.run(writeRows, store.values, written, value);
      [key, turnedKey, value].forEach((tensor) => tensor.dispose());
      if (turns) query.dispose();
      if (seen) {
        return backend.run(attendCached, turnedQuery, store.keys, store.values, seen, { heads });
      }
      const parts = partsOf(rows, (row) => sources[row].of(store));
      return backend.attend(turnedQuery, parts, { heads, keyHeads });
    };
  }

  /** Frees what a failed step has taken. */
  release(rows: readonly GrownRow[]): void {
    this.#store.release(rows.flatMap(({ slots, count }) => slots.slice(slots.length - count)));
  }

  /** Frees the slots of rows that are gone. */
  settle<Row extends RowSlots>(rows: readonly Row[]): readonly Row[] {
    this.#store.keepOnly(rows.map(({ slots }) => slots));
    return rows;
  }

  /** Releases all memory. */
  dispose(): void {
    this.#store.dispose();
  }
}

/**
 * Makes the parts of an attention, one a row.
 *
 * @param rows The rows.
 * @param sourcesOf The sources that a row's new ids see.
 * @returns The parts.
 */
export function partsOf<Source>(
  rows: readonly GrownRow[],
  sourcesOf: (row: number) => readonly Source[],
): { first: number; count: number; sources: readonly Source[] }[] {
  let next = 0;
  return rows.map(({ count }, row) => {
    const first = next;
    next += count;
    return { first, count, sources: sourcesOf(row) };
  });
}

/**
 * The slots of new ids.
 *
 * @param backend Their backend.
 * @param rows The rows.
 * @param slotsOf A row's list of slots, of which the last are new.
 * @returns `[1, ids]`.
 */
export function newSlots(
  backend: Backend,
  rows: readonly GrownRow[],
  slotsOf: (row: GrownRow) => readonly number[],
): Integers {
  const slots = rows.flatMap((row) => slotsOf(row).slice(slotsOf(row).length - row.count));
  return backend.integers(Int32Array.from(slots), [1, slots.length]);
}

/**
 * The turns of new ids.
 *
 * @param backend Their backend.
 * @param rows The rows.
 * @param rotation Angles of the positions.
 * @param positionOf The position of the id of a number.
 * @returns `[1, ids, 2·pairs]`.
 */
export function turnsOf(
  backend: Backend,
  rows: readonly GrownRow[],
  rotation: Rotation,
  positionOf: (number: number) => number,
): Floats {
  const positions = rows.flatMap(({ slots, count }) =>
    Array.from({ length: count }, (_, i) => positionOf(slots.length - count + i))
  );
  const turns = rotaryTurns(Int32Array.from(positions), rotation);
  return backend.floats(turns, [1, positions.length, 2 * rotation.frequencies.length]);
}

/** `[1, ids, longest]`: the slots that each new id sees, those of its row's last ids up to itself. */
function seenSlots(backend: Backend, rows: readonly GrownRow[], window: number): Integers {
  const longest = Math.min(window, largest(rows.map(({ slots }) => slots.length)));
  const count = rows.reduce((sum, { count }) => sum + count, 0);
  const seen = new Int32Array(count * longest).fill(-1);
  let row = 0;
  for (const { count, slots } of rows) {
    for (let i = 1; i <= count; i++, row++) {
      const after = slots.length - count + i;
      const first = Math.max(0, after - longest);
      for (let j = first; j < after; j++) seen[row * longest + j - first] = slots[j];
    }
  }
  return backend.integers(seen, [1, count, longest]);
}
