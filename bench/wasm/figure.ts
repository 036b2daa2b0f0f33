/**
 * Figures of the wasm backend, and the rows that show them.
 *
 * @module
 */

/** A group of measurements that are compared. */
export interface Figure {
  /** Name for `--only`. */
  readonly name: string;
  /**
   * Measures the figure.
   *
   * @param limit Peak GFLOPS of one thread.
   * @returns Rows of the table.
   */
  readonly run: (limit: number) => Promise<Row[]>;
}

/** A row of the table. */
export type Row = readonly [
  what: string,
  threads: string,
  seconds: string,
  gflops: string,
  reached: string,
  wanted: string,
];

/** Headings of the table. */
export const HEADINGS = ["operation", "threads", "seconds", "GFLOPS", "reached", "wanted"];

/** A measured time. */
export interface Speed {
  /** Description of the operation. */
  readonly what: string;
  /** Number of threads. */
  readonly threads: number;
  /** Duration. */
  readonly seconds: number;
  /** Multiplications and additions of matrix products. */
  readonly flop: number;
}

/**
 * Formats a time relative to the peak speed of its threads.
 *
 * @param speed The time.
 * @param limit Peak GFLOPS of one thread.
 * @param wanted Target share of the peak in percent; absent if there is none.
 * @returns The row.
 */
export function formatSpeed(
  { what, threads, seconds, flop }: Speed,
  limit: number,
  wanted?: number,
): Row {
  const gflops = flop / seconds / 1e9;
  const share = formatPercent(gflops / (limit * threads));
  const goal = wanted === undefined ? "" : `≥ ${wanted} %`;
  return [what, String(threads), seconds.toFixed(3), gflops.toFixed(1), share, goal];
}

/**
 * Formats a ratio of times.
 *
 * @param what Description of the ratio.
 * @param reached The ratio.
 * @param wanted Target of the ratio.
 * @returns The row.
 */
export function formatRatio(what: string, reached: string, wanted: string): Row {
  return [`  ${what}`, "", "", "", reached, wanted];
}

/**
 * Formats a share in percent.
 *
 * @param share A fraction; 1 is 100 %.
 * @returns The percentage.
 */
export function formatPercent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
