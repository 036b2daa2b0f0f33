/**
 * Slots of a row as sources of keys for an attention.
 *
 * @module
 */
import type { KeySource } from "../ops/attend_plan.ts";
import type { Backend, Floats, Integers } from "../ops/backend.ts";
import type { LayerSlots } from "./slot_store.ts";

/** Most pieces of a row that an attention reads where they are; more are gathered into one. */
const MOST_PIECES = 4;

/** Slots of successive ids of a row. */
export interface SlotRange {
  /** The slots, one an id. */
  readonly slots: readonly number[];
  /** Number of the first id in its row. */
  readonly first: number;
}

/** Which ids new ids of a row see, by how far these are behind them. */
export interface Reach {
  /** The least distance; 0 is the id itself. */
  readonly from: number;
  /** The greatest; Infinity: all before. */
  readonly to: number;
}

/** Slots one behind the other, or a list that is gathered. */
interface Piece {
  readonly start: number;
  /** Number of its first id in the row. */
  readonly first: number;
  readonly count: number;
  readonly gathered?: Integers;
}

/** Makes the sources of a row for each layer, whose lists of slots are uploaded once. */
export class SlotSources {
  readonly #backend: Backend;
  readonly #pieces: readonly Piece[];
  readonly #position: number;
  readonly #reach: Reach;
  readonly #count: number;

  /**
   * Finds the pieces.
   *
   * @param backend Backend of the keys.
   * @param range The row's ids, as far as the new ones can see them.
   * @param count How many ids are new: the row's last ones.
   * @param position Number of the first new id in its row.
   * @param reach How far new ids see.
   */
  constructor(
    backend: Backend,
    range: SlotRange,
    count: number,
    position: number,
    reach: Reach,
  ) {
    this.#backend = backend;
    this.#count = count;
    this.#position = position;
    this.#reach = reach;
    // What no new id sees is left out.
    const after = position + count - reach.from;
    const before = Math.max(range.first, position - reach.to);
    const seen = range.slots.slice(before - range.first, Math.max(0, after - range.first));
    this.#pieces = this.#join(piecesOf(seen, before), seen, before);
  }

  /**
   * The sources for a layer.
   *
   * @param slots The layer's keys and values.
   * @param query Queries for these sources alone.
   * @returns The sources that new ids see; none if they see no id.
   */
  of({ keys, values }: LayerSlots, query?: Floats): KeySource<Floats, Integers>[] {
    const { from, to } = this.#reach;
    return this.#pieces.map(({ start, first, count, gathered }) => {
      const shift = this.#position - first;
      const span = {
        block: 1,
        stride: 1,
        start: to === Infinity ? -count - this.#count : shift - to,
        end: shift - from + 1,
        causal: false,
      };
      const gather = (x: Floats) => gathered ? this.#backend.gatherRows(x, gathered) : x;
      return {
        keys: gather(keys),
        values: gather(values),
        first: gathered ? 0 : start,
        count,
        spans: [span],
        query,
      };
    });
  }

  /** The first piece as it is, all others gathered, if there are too many. */
  #join(pieces: readonly Piece[], seen: readonly number[], first: number): readonly Piece[] {
    if (pieces.length <= MOST_PIECES) return pieces;
    const [head] = pieces;
    const rest = Int32Array.from(seen.slice(head.count));
    const gathered = this.#backend.integers(rest, [1, rest.length]);
    return [head, { start: 0, first: first + head.count, count: rest.length, gathered }];
  }
}

/** Splits slots where the next one is not the one behind. */
function piecesOf(slots: readonly number[], first: number): Piece[] {
  const pieces: Piece[] = [];
  for (let i = 0; i < slots.length;) {
    let end = i + 1;
    while (end < slots.length && slots[end] === slots[end - 1] + 1) end++;
    pieces.push({ start: slots[i], first: first + i, count: end - i });
    i = end;
  }
  return pieces;
}
