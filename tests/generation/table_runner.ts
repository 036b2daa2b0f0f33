/** A decoder that is a table, as in tools/make_generation_goldens.py. */
import type { NextRow, SequenceRunner } from "../../models/sequence_runner.ts";
import type { Backend, Floats } from "../../ops/backend.ts";

/** What the logits are made from. */
export interface Table {
  readonly seed: number;
  readonly vocabulary: number;
  /** The largest logit. */
  readonly scale: number;
  /** Ids whose logits are raised. */
  readonly ends: readonly number[];
  /** By how much. */
  readonly bias: number;
}

function mix(state: number, word: number): number {
  state = Math.imul(state ^ word, 0x9e3779b1) >>> 0;
  state = (state ^ (state >>> 15)) >>> 0;
  state = Math.imul(state, 0x85ebca77) >>> 0;
  return (state ^ (state >>> 13)) >>> 0;
}

/** Hashes ids, such as those of an encoder's input. */
export function hashIds(seed: number, ids: readonly number[]): number {
  return ids.reduce(mix, seed);
}

/** The logits after the last two ids of a row. */
export function tableRow(table: Table, context: number, ids: readonly number[]): Float64Array {
  const size = table.vocabulary;
  const [before, last] = [size, size, ...ids].slice(-2);
  const state = mix(mix(context, before), last);
  return Float64Array.from({ length: size }, (_, id) => {
    const uniform = ((mix(state, id) >>> 8) + 0.5) * 2 ** -24;
    return table.scale * uniform + (table.ends.includes(id) ? table.bias : 0);
  });
}

/** Runs a table on rows; counts the rows that it ran. */
export class TableRunner implements SequenceRunner {
  readonly vocabulary: number;
  readonly limit: number;
  /** Rows that ran, and their ids. */
  ran: number[][] = [];
  /** Rows that each call had. */
  held: number[] = [];
  disposed = false;
  #rows: { readonly context: number; readonly ids: readonly number[] }[] = [];

  /**
   * @param backend The backend of the logits.
   * @param table What they are made from.
   * @param contexts The hash of each sequence's encoder input, or the table's seed.
   */
  constructor(
    readonly backend: Backend,
    readonly table: Table,
    readonly contexts: readonly number[],
    limit = 64,
  ) {
    this.vocabulary = table.vocabulary;
    this.limit = limit;
  }

  start(prompts: readonly (readonly number[])[]): Promise<Floats> {
    if (this.#rows.length > 0) throw new Error("started twice");
    this.#rows = prompts.map((_, b) => ({ context: this.contexts[b], ids: [] }));
    return this.step(prompts.map((ids, parent) => ({ parent, ids })));
  }

  step(rows: readonly NextRow[]): Promise<Floats> {
    if (this.disposed) throw new Error("disposed");
    this.#rows = rows.map(({ parent, ids }) => {
      const { context, ids: before } = this.#rows[parent];
      const row = { context, ids: [...before, ...ids] };
      if (row.ids.length > this.limit) throw new Error("too long");
      return row;
    });
    this.held.push(rows.length);
    const running = this.#rows.filter((_, i) => rows[i].ids.length > 0);
    this.ran.push(...rows.filter(({ ids }) => ids.length > 0).map(({ ids }) => [...ids]));
    const values = new Float32Array(running.length * this.vocabulary);
    running.forEach(({ context, ids }, i) =>
      values.set(tableRow(this.table, context, ids), i * this.vocabulary)
    );
    return Promise.resolve(this.backend.floats(values, [running.length, this.vocabulary]));
  }

  dispose(): void {
    this.disposed = true;
    this.#rows = [];
  }
}
