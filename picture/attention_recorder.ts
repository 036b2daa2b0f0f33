/**
 * A backend that records which keys queries see. Attention itself runs on it, so that no pattern
 * is defined a second time for its picture.
 *
 * @module
 */
import { rotate as rotateKernel } from "../cpu/rotate.ts";
import { scatterRows as scatterRowsKernel } from "../cpu/scatter_rows.ts";
import { LSG_OPERATIONS } from "../functional/lsg_operations.ts";
import { openSome } from "../functional/some_operations.ts";
import type { AttendPart } from "../ops/attend_plan.ts";
import type { AttendOptions, Backend, Floats, Integers } from "../ops/backend.ts";
import { rotate } from "../ops/rotate.ts";
import { scatterRows } from "../ops/scatter_rows.ts";
import type { Span } from "../ops/span.ts";

/** A list of keys; each query sees ranges of it. */
export interface RecordedSource {
  /** Rules for the range of entries that a query sees. */
  readonly spans: readonly Span[];
  /** `[entries]`: value of each entry, which is its column unless tokens are averaged. */
  readonly columns: Float32Array;
  /** `[entries]`: 1 visible, 0 masked. */
  readonly visible: Int32Array;
}

/** Queries that see the same sources. */
export interface RecordedPart {
  /** `[queries]`: value of each query, which is its row in the picture. */
  readonly rows: Float32Array;
  /** Position of the first query, as spans count queries. */
  readonly position: number;
  /** The keys that they see. */
  readonly sources: readonly RecordedSource[];
}

/** What patterns ask of a backend besides attention. */
const OPERATIONS = {
  ...LSG_OPERATIONS,
  rotate: [rotate, rotateKernel],
  scatterRows: [scatterRows, scatterRowsKernel],
} as const;

/**
 * The reference with an `attend` that records one head of its arguments and returns zeros.
 *
 * Queries and values must hold their own row number: in `[1, rows, heads·width]` every column of
 * row `r` is `r`.
 */
export class AttentionRecorder {
  /** The backend that patterns run on; it has the operations that they need. */
  readonly backend: Backend;
  /** Parts of all calls, in order. */
  readonly parts: RecordedPart[] = [];
  #head: number;

  /**
   * Creates a recorder without parts.
   *
   * @param head The head to record.
   */
  constructor(head: number) {
    this.#head = head;
    const attend: Backend["attend"] = (...call) => this.#record(...call);
    this.backend = Object.assign(openSome(OPERATIONS), { attend });
  }

  /** Appends to {@linkcode AttentionRecorder.parts}. */
  #record(
    query: Floats,
    parts: readonly AttendPart<Floats, Integers>[],
    options: AttendOptions<Integers>,
  ): Floats {
    const ofHead = (rows: Floats, first: number, count: number) => {
      const [, , rowWidth] = rows.dims;
      const column = this.#head * rowWidth / options.heads;
      return Float32Array.from(
        { length: count },
        (_, i) => rows.data[(first + i) * rowWidth + column],
      );
    };
    for (const { first, count, position = 0, sources } of parts) {
      const recorded = sources.map((source) => ({
        spans: source.spans,
        columns: ofHead(source.values, source.first, source.count),
        visible: this.#visible(source.count, source.mask),
      }));
      this.parts.push({ rows: ofHead(query, first, count), position, sources: recorded });
    }
    return this.backend.floats(new Float32Array(query.size), query.dims);
  }

  #visible(count: number, mask?: Integers): Int32Array {
    if (!mask) return new Int32Array(count).fill(1);
    const start = mask.size === count ? 0 : this.#head * count;
    return mask.data.slice(start, start + count);
  }
}

/**
 * Makes rows that hold their own number.
 *
 * @param count Number of rows.
 * @param width Columns of each.
 * @param first Number of the first row.
 * @returns `[count, width]`.
 */
export function numberedRows(count: number, width: number, first = 0): Float32Array {
  return Float32Array.from({ length: count * width }, (_, i) => first + Math.floor(i / width));
}
