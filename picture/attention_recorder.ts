/**
 * Which keys queries really see: an attention is run on a backend that writes down what the
 * kernel is asked to do, so there is no second definition of any pattern.
 *
 * @module
 */
import { CpuBackend } from "../cpu/backend.ts";
import type { AttendPart } from "../ops/attend_plan.ts";
import type { AttendOptions, Floats, Integers } from "../ops/backend.ts";
import type { Span } from "../ops/span.ts";

/** Keys that some queries see ranges of. */
export interface RecordedSource {
  /** Which entries a query sees. */
  readonly spans: readonly Span[];
  /** `[entries]`: the value of each entry, which is its column where tokens are not averaged. */
  readonly columns: Float32Array;
  /** `[entries]`: 1 visible, 0 masked. */
  readonly visible: Int32Array;
}

/** Queries that see the same sources. */
export interface RecordedPart {
  /** `[queries]`: the query of each row, which is its row in the picture. */
  readonly rows: Float32Array;
  /** The place of the first query in the spans' count. */
  readonly place: number;
  /** What they see. */
  readonly sources: readonly RecordedSource[];
}

/**
 * A reference backend whose `attend` records one head of its parts and returns zeros.
 *
 * Give it queries and values that hold their own row: of `[1, rows, heads·width]` each row `r` is
 * `r` throughout.
 */
export class AttentionRecorder extends CpuBackend {
  /** The parts of all calls, in order. */
  readonly parts: RecordedPart[] = [];
  #head: number;

  /**
   * Starts with no parts.
   *
   * @param head The head to record.
   */
  constructor(head: number) {
    super();
    this.#head = head;
    this.attend = (...call) => this.#record(...call);
  }

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
    for (const { first, count, place = 0, sources } of parts) {
      const recorded = sources.map((source) => ({
        spans: source.spans,
        columns: ofHead(source.values, source.first, source.count),
        visible: this.#visible(source.count, source.mask),
      }));
      this.parts.push({ rows: ofHead(query, first, count), place, sources: recorded });
    }
    return this.floats(new Float32Array(query.size), query.dims);
  }

  #visible(count: number, mask?: Integers): Int32Array {
    if (!mask) return new Int32Array(count).fill(1);
    const start = mask.size === count ? 0 : this.#head * count;
    return mask.data.slice(start, start + count);
  }
}

/**
 * Rows that hold their own number.
 *
 * @param count How many.
 * @param width Columns of each.
 * @param first The number of the first row.
 * @returns `[count, width]`.
 */
export function numberedRows(count: number, width: number, first = 0): Float32Array {
  return Float32Array.from({ length: count * width }, (_, i) => first + Math.floor(i / width));
}
